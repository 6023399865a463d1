// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// An advisory lock that the kernel lets go when its holder ends, however it ends.
struct FileLock: ~Copyable {
    private let descriptor: FileDescriptor

    /// Runs `body` while holding the lock of a file, which is made if it is not there.
    static func held<Value: Sendable>(
        at path: String, for name: String, progress: BuildProgress, _ body: () async throws(BuildError) -> Value
    ) async throws(BuildError) -> Value {
        let lock = try FileLock(opening: path)
        try await lock.acquire(path: path, name: name, progress: progress)
        let value = try await body()
        lock.release()
        return value
    }

    /// Runs `body` while holding the lock, if nobody holds it now; nil if somebody does.
    static func heldIfFree<Value>(
        at path: String, _ body: () throws(BuildError) -> Value
    ) throws(BuildError) -> Value? {
        let lock = try FileLock(opening: path)
        guard flock(lock.descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else { return nil }
        let value = try body()
        lock.release()
        return value
    }

    private init(opening path: String) throws(BuildError) {
        do {
            descriptor = try FileDescriptor.open(
                FilePath(path), .readWrite, options: [.create, .closeOnExec], permissions: .ownerReadWrite)
        } catch {
            throw .fileSystem(.lock, path: path, reason: "\(error)")
        }
    }

    /// Polled, not blocked on: a blocking `flock` would hold a thread of the task pool and could not be cancelled.
    private borrowing func acquire(path: String, name: String, progress: BuildProgress) async throws(BuildError) {
        var announced = false
        while flock(descriptor.rawValue, LOCK_EX | LOCK_NB) != 0 {
            let error = Errno(rawValue: errno)
            guard error == .wouldBlock || error == .interrupted else {
                throw .fileSystem(.lock, path: path, reason: "\(error)")
            }
            if !announced { progress(.waiting(for: name)) }
            announced = true
            do { try await Task.sleep(for: .milliseconds(100)) } catch { throw .cancelled }
        }
    }

    private consuming func release() {}

    deinit {
        // The lock goes with the descriptor; there is nothing to do about a failing close.
        try? descriptor.close()
    }
}
