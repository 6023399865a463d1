// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

extension CodeWriter {
    /// How many threads are asked to stand still.
    private static let threads = 16

    /// Writes bytes to a process that runs; where the kernel lets only a tracer write, a thread is stopped meanwhile.
    ///
    /// - Throws: The call that failed.
    static func write(
        _ bytes: [UInt8], at address: RemoteAddress, of memory: borrowing ProcessMemory
    ) throws(SystemError) {
        do throws(SystemError) {
            try memory.write(bytes, at: address)
        } catch {
            guard isRefusal(error) else { throw error }
            try writeStopped(bytes, at: address, of: memory)
        }
    }

    private static func writeStopped(
        _ bytes: [UInt8], at address: RemoteAddress, of memory: borrowing ProcessMemory
    ) throws(SystemError) {
        let alarm = try WaitAlarm()
        var last = SystemError("ptrace(SEIZE)", .noSuchProcess, on: .process(memory.process))
        for thread in try ProcessDirectory.threads(of: memory.process).prefix(Self.threads) {
            do throws(SystemError) {
                var tracee = try Tracee(seizing: thread)
                guard let stop = try tracee.interrupt(within: alarm, .milliseconds(50)), stop != .ended
                else { continue }
                // Before anything else: the call that it waited in must not end with an EINTR for our sake.
                let registers = try thread.registers()
                if let settled = InterruptedCall.withoutSpuriousInterrupt(registers) {
                    try thread.setRegisters(settled)
                }
                return try poke(bytes, at: address, of: memory, through: thread)
            } catch {
                last = error
            }
        }
        throw last
    }
}
