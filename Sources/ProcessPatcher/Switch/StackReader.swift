// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

/// Reads the stacks of stopped threads, into memory that is allocated before they stop.
@safe struct StackReader: ~Copyable {
    // Safety: allocated in `init`, freed in `deinit`, never handed out beyond a call.
    private let buffer: UnsafeMutableRawBufferPointer
    private var map: MemoryMap
    private let threads: Set<ThreadID>

    /// How much is read at once.
    private static let chunk = 256 << 10
    /// How far a stack may go on: the usual limit is half of it. Beyond it a check would take too long.
    private static let limit: UInt64 = 16 << 20

    /// Prepares for the threads that a process has now.
    ///
    /// A thread that begins later may have its stack where something else was.
    init(of memory: borrowing ProcessMemory) throws(PatchError) {
        let process = memory.process
        let threads = try about(process) { () throws(SystemError) in try ProcessDirectory.threads(of: process) }
        let map = try about(process) { () throws(SystemError) in
            try MemoryMap(of: process, through: memory.thread)
        }
        self.threads = Set(threads)
        self.map = map
        unsafe buffer = .allocate(byteCount: Self.chunk, alignment: 16)
    }

    deinit {
        unsafe buffer.deallocate()
    }

    /// Which of the code a stopped thread executes or will return to.
    ///
    /// - Throws: ``PatchError/stackUnknown(thread:stackPointer:)`` if its stack pointer is on no mapping, or far from
    ///   its end.
    mutating func use(
        of code: ActiveCode, by thread: ThreadID, _ registers: Registers, _ memory: borrowing ProcessMemory
    ) throws(PatchError) -> ActiveCode.Use? {
        if let use = code.use(at: registers.instructionPointer) { return use }
        let stackPointer = registers.stackPointer
        if !threads.contains(thread) || map.mapping(containing: stackPointer) == nil {
            map = try about(memory.process) { () throws(SystemError) in
                try MemoryMap(of: memory.process, through: memory.thread)
            }
        }
        let (start, overflow) = stackPointer.rawValue.addingReportingOverflow(7)
        guard !overflow, let end = map.mapping(containing: stackPointer)?.range.upperBound.rawValue,
            end - stackPointer.rawValue <= Self.limit
        else { throw .stackUnknown(thread: thread, stackPointer: stackPointer) }
        var address = start & ~7
        while address < end {
            let count = Int(min(end - address, UInt64(Self.chunk)))
            // Safety: `count` is at most the buffer's size.
            let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
            let read: Int
            do throws(SystemError) {
                read = unsafe try memory.read(into: part, at: RemoteAddress(address))
            } catch {
                throw error.meansGone ? .exited(memory.process) : .stackUnknown(thread: thread, stackPointer: stackPointer)
            }
            guard read > 0 else { throw .stackUnknown(thread: thread, stackPointer: stackPointer) }
            if let use = unsafe code.use(in: UnsafeRawBufferPointer(rebasing: part[..<(read & ~7)])) { return use }
            // What was unmapped since the map was read is no stack any more.
            guard read == count else { return nil }
            address += UInt64(count)
        }
        return nil
    }
}
