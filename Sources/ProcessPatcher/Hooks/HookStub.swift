// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

/// The code that calls a hook and gives the thread back everything that it had, whether or not the patcher lives.
///
/// The thread comes in with the hook's stack. Signals are blocked, the extended state is saved, the hook is called, and
/// all is restored from the ``HookFrame``. Behind ``leaveOffset`` the way back begins that a thread also takes when its
/// hook is given up; a shadow stack is unwound there to where it was. The thread's own stack is never written to, its red
/// zone included, and is its stack again before signals are let in, so that a handler finds what it would have found.
struct HookStub {
    /// The code.
    let bytes: [UInt8]
    /// Where the way back begins, in bytes from the code's start.
    let leaveOffset: UInt64
    /// Behind the system call with which signals are blocked.
    let enteredOffset: UInt64
    /// Behind the system call with which signals are let in again: only general registers are left to restore.
    let leftOffset: UInt64

    /// Assembles the code for its place.
    ///
    /// - Parameters:
    ///   - area: Where it will lie.
    ///   - usesXSAVE: Whether the extended state is more than `FXSAVE` saves.
    init(for area: HookArea, usesXSAVE: Bool) {
        var code = HookStubAssembler(area)
        code.setSignals(to: .hookSignals)
        enteredOffset = code.offset
        code.add([0x31, 0xc0, 0xf3, 0x48, 0x0f, 0x1e, 0xc8])  // xor %eax, %eax; rdsspq %rax, no operation without one
        code.add([0x48, 0x89, 0x05], .shadowStack)  // mov %rax, …
        code.selectAllComponents()
        // xsave64, fxsave64
        code.add([0x48, 0x0f, 0xae, usesXSAVE ? 0x25 : 0x05], distanceTo: area.state)
        code.add([0xdb, 0xe3])  // fninit
        code.add([0x0f, 0xae, 0x15], .roundingMode)  // ldmxcsr
        code.add([0x31, 0xc0])  // xor %eax, %eax
        code.add([0x3e, 0xff, 0x15], .hook)  // notrack call *…
        code.add([0x48, 0x98])  // cltq
        code.add([0x48, 0x89, 0x05], .result)  // mov %rax, …
        leaveOffset = code.offset
        code.unwindShadowStack()
        code.selectAllComponents()
        // xrstor64, fxrstor64
        code.add([0x48, 0x0f, 0xae, usesXSAVE ? 0x2d : 0x0d], distanceTo: area.state)
        code.add([0xff, 0x35], .flags)  // push …
        code.add([0x9d])  // popf
        code.add([0x48, 0x8b, 0x25], .stackPointer)  // mov …, %rsp
        // From here on nothing changes the flags.
        code.setSignals(to: .signals)
        leftOffset = code.offset
        for number in 0..<16 as Range<UInt8> where number != 4 {
            code.load(number)
        }
        code.add([0x3e, 0xff, 0x25], .continuation)  // notrack jmp *…
        code.add([0xcc])
        bytes = code.bytes
    }
}

/// Puts the stub's instructions together.
private struct HookStubAssembler {
    private let area: HookArea
    private(set) var bytes: [UInt8] = []

    init(_ area: HookArea) { self.area = area }

    var offset: UInt64 { UInt64(bytes.count) }

    mutating func add(_ instruction: [UInt8]) { bytes += instruction }

    /// An instruction whose last operand is memory, by its distance from the instruction's end.
    mutating func add(_ instruction: [UInt8], distanceTo address: RemoteAddress) {
        bytes += instruction
        let end = area.code.lowerBound.advanced(by: offset + 4)
        bytes += littleEndian(Int32(truncatingIfNeeded: end.distance(to: address)))
    }

    mutating func add(_ instruction: [UInt8], _ field: HookFrame.Field) {
        add(instruction, distanceTo: area.frame.advanced(by: field.offset))
    }

    /// `mov …, register`.
    mutating func load(_ register: UInt8) {
        add(
            [register < 8 ? 0x48 : 0x4c, 0x8b, 0x05 | (register & 7) << 3],
            distanceTo: area.frame.advanced(by: HookFrame.offset(ofRegister: register)))
    }

    /// `rt_sigprocmask(SIG_SETMASK, field, NULL, 8)`.
    mutating func setSignals(to field: HookFrame.Field) {
        add([0xb8, 14, 0, 0, 0, 0xbf, 2, 0, 0, 0])  // mov $14, %eax; mov $2, %edi
        add([0x48, 0x8d, 0x35], field)  // lea …, %rsi
        add([0xba, 0, 0, 0, 0, 0x41, 0xba, 8, 0, 0, 0])  // mov $0, %edx; mov $8, %r10d
        add([0x0f, 0x05])  // syscall
    }

    /// What `XSAVE` and `XRSTOR` are to handle: all that is enabled.
    mutating func selectAllComponents() {
        add([0xb8, 0xff, 0xff, 0xff, 0xff, 0xba, 0xff, 0xff, 0xff, 0xff])  // mov $-1, %eax; mov $-1, %edx
    }

    /// Takes the return addresses of a hook that was given up from the shadow stack, at most 255 at a time (Intel SDM
    /// volume 2, INCSSPQ).
    mutating func unwindShadowStack() {
        add([0x31, 0xc0, 0xf3, 0x48, 0x0f, 0x1e, 0xc8])  // xor %eax, %eax; rdsspq %rax
        add([0x48, 0x85, 0xc0, 0x74, 14 + 27])  // test %rax, %rax; je to the end
        add([0x48, 0x8b, 0x0d], .shadowStack)  // mov …, %rcx
        add([0x48, 0x29, 0xc1])  // sub %rax, %rcx
        add([0x48, 0xc1, 0xe9, 3])  // shr $3, %rcx
        let loop: [UInt8] = [
            0x48, 0x85, 0xc9, 0x74, 22,  // test %rcx, %rcx; je to the end
            0xba, 0xff, 0, 0, 0,  // mov $255, %edx
            0x48, 0x39, 0xd1, 0x48, 0x0f, 0x42, 0xd1,  // cmp %rdx, %rcx; cmovb %rcx, %rdx
            0xf3, 0x48, 0x0f, 0xae, 0xea,  // incsspq %rdx
            0x48, 0x29, 0xd1, 0xeb, 0xe5,  // sub %rdx, %rcx; jmp to the test
        ]
        add(loop)
    }
}
