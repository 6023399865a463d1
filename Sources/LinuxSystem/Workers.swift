// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Synchronization

/// Threads of this program's own that share work which blocks: tracing binds a traced thread to the one that traces it,
/// and waits, which no thread of Swift's pool may do.
package enum Workers {
    /// Does work for each of some items, and waits until all is done.
    ///
    /// - Parameters:
    ///   - items: What there is to do, taken in order.
    ///   - limit: How many threads there may be; the calling one is one of them, and the only one if there are no more.
    ///   - work: What is done for an item.
    package static func perform<Item: Sendable>(
        _ items: [Item], threads limit: Int, _ work: @escaping @Sendable (Item) -> Void
    ) {
        let share = Share(items, work)
        var threads: [pthread_t] = []
        for _ in 1..<max(1, min(limit, items.count)) {
            var thread = pthread_t()
            let reference = unsafe Unmanaged.passRetained(share as Shared)
            // Safety: the new thread takes over the reference that was retained for it.
            let result = unsafe pthread_create(
                &thread, nil,
                { argument in
                    guard let argument = unsafe argument else { return nil }
                    unsafe Unmanaged<Shared>.fromOpaque(argument).takeRetainedValue().run()
                    return nil
                }, reference.toOpaque())
            guard result == 0 else {
                unsafe reference.release()
                break
            }
            threads.append(thread)
        }
        share.run()
        for thread in threads { pthread_join(thread, nil) }
    }

    /// How many threads are of use to work that is in the kernel most of the time: two for each processor, at most 16.
    package static var suitable: Int { min(16, max(2, 2 * sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}

/// Work that threads share.
// Safe to send: it has no state. Unchecked, since a class that others inherit from cannot be checked.
private class Shared: @unchecked Sendable {
    func run() {}
}

// Safe to send: it has constants, and a number that a mutex guards. Unchecked, as what it inherits from is.
private final class Share<Item: Sendable>: Shared, @unchecked Sendable {
    private let items: [Item]
    private let work: @Sendable (Item) -> Void
    private let next = Mutex(0)

    init(_ items: [Item], _ work: @escaping @Sendable (Item) -> Void) {
        self.items = items
        self.work = work
    }

    override func run() {
        while true {
            let index = next.withLock { next in
                next += 1
                return next - 1
            }
            guard index < items.count else { return }
            work(items[index])
        }
    }
}
