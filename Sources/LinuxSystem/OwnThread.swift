// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Does work that blocks on a thread of its own, and waits for it without keeping a thread of Swift's pool.
package func onOwnThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        let reference = unsafe Unmanaged.passRetained(Errand { continuation.resume(returning: work()) })
        var thread = pthread_t()
        // Safety: the new thread takes over the reference that was retained for it.
        let result = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Errand>.fromOpaque(argument).takeRetainedValue().work()
                return nil
            }, reference.toOpaque())
        guard result == 0 else {
            // Without another thread, this one does it.
            return unsafe reference.takeRetainedValue().work()
        }
        pthread_detach(thread)
    }
}

/// Work in a box, since C knows references only.
private final class Errand: Sendable {
    let work: @Sendable () -> Void
    init(_ work: @escaping @Sendable () -> Void) { self.work = work }
}
