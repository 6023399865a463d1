// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The memory of another process, through `/proc/PID/mem`.
///
/// The file stays bound to the memory that the process had when it was opened: after an `execve` reads and writes meet
/// nothing, never the new program. Writes ignore page protections where the kernel allows it (`FOLL_FORCE`), so that
/// text is never made writable.
package struct ProcessMemory: ~Copyable, Sendable {
    /// Whose memory it is.
    package let process: ProcessID
    /// The thread through which it is reached, the first one if that lives.
    package let thread: ThreadID
    private let file: OwnedDescriptor

    /// Opens the memory of a process.
    ///
    /// - Throws: The `open` that failed: the process is gone, or may not be traced.
    package init(
        of process: ProcessID, through thread: ThreadID? = nil, writable: Bool
    ) throws(SystemError) {
        self.process = process
        self.thread = thread ?? process.leader
        file = try OwnedDescriptor(
            opening: "/proc/\(process)/task/\(self.thread)/mem", for: writable ? .readWrite : .read)
    }

    /// Reads bytes, all of them.
    ///
    /// - Throws: `EIO` if some of the addresses are not mapped, or the memory is gone.
    package func read(_ count: Int, at address: RemoteAddress) throws(SystemError) -> [UInt8] {
        let bytes = try readAvailable(count, at: address)
        guard bytes.count == count else { throw SystemError("read", .inputOutput, on: subject(address, count)) }
        return bytes
    }

    /// Reads bytes up to the first address that is not mapped.
    package func readAvailable(_ count: Int, at address: RemoteAddress) throws(SystemError) -> [UInt8] {
        var failure: SystemError?
        // Safety: the array has room for `count` bytes; those that the read counts are initialized.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            do throws(SystemError) {
                initialized = unsafe try read(into: UnsafeMutableRawBufferPointer(buffer), at: address)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Reads into memory of this process, up to the first address that is not mapped; allocates nothing.
    ///
    /// - Returns: How many bytes were read.
    package func read(
        into buffer: UnsafeMutableRawBufferPointer, at address: RemoteAddress
    ) throws(SystemError) -> Int {
        var done = 0
        let count = buffer.count
        while done < count {
            // Safety: `done` is below the buffer's length, so that the rest is within it.
            let result = unsafe pread(
                file.rawValue, buffer.baseAddress?.advanced(by: done), count - done,
                off_t(truncatingIfNeeded: address.rawValue &+ UInt64(done)))
            guard result != 0 else { return done }
            if result > 0 {
                done += result
                continue
            }
            let number = ErrorNumber.current
            if number == .interrupted { continue }
            // Not mapped from the first byte on, or memory such as [vvar] that only the process itself can read.
            guard done == 0, number != .inputOutput else { return done }
            throw SystemError("read", number, on: subject(address, count))
        }
        return done
    }

    /// Writes bytes, all of them, whatever the pages' protection.
    ///
    /// - Throws: `EIO` or `EFAULT` if the memory is not mapped, is gone, or the kernel forbids writing to it here.
    package func write(_ bytes: [UInt8], at address: RemoteAddress) throws(SystemError) {
        var failure: SystemError?
        // Safety: the buffer is the array's, alive for the call, which reads it.
        unsafe bytes.withUnsafeBytes { buffer in
            do throws(SystemError) { unsafe try write(buffer, at: address) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Writes from memory of this process; allocates nothing.
    package func write(_ buffer: UnsafeRawBufferPointer, at address: RemoteAddress) throws(SystemError) {
        var done = 0
        let count = buffer.count
        while done < count {
            // Safety: `done` is below the buffer's length, so that the rest is within it.
            let result = unsafe pwrite(
                file.rawValue, buffer.baseAddress?.advanced(by: done), count - done,
                off_t(truncatingIfNeeded: address.rawValue &+ UInt64(done)))
            if result > 0 {
                done += result
                continue
            }
            let number = result == 0 ? .inputOutput : ErrorNumber.current
            guard number == .interrupted else { throw SystemError("write", number, on: subject(address, count)) }
        }
    }

    private func subject(_ address: RemoteAddress, _ count: Int) -> SystemError.Subject {
        .memory(process, address, count: count)
    }
}
