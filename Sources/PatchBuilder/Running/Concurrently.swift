// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// Work on many things with as many at once as there are processors.
enum Concurrently {
    /// Calls `body` for every item, with its number from 1; the first failure ends the rest.
    static func forEach<Item: Sendable>(
        _ items: [Item], _ body: @escaping @Sendable (Int, Item) async throws(BuildError) -> Void
    ) async throws(BuildError) {
        @Sendable func attempt(_ number: Int, _ item: Item) async -> BuildError? {
            do {
                try await body(number, item)
                return nil
            } catch {
                return error
            }
        }
        let failure = await withTaskGroup(of: BuildError?.self) { group -> BuildError? in
            var waiting = items.enumerated().makeIterator()
            for _ in 0..<ProcessInfo.processInfo.activeProcessorCount {
                if let (index, item) = waiting.next() { group.addTask { await attempt(index + 1, item) } }
            }
            while let ended = await group.next() {
                if let ended {
                    group.cancelAll()
                    return ended
                }
                if let (index, item) = waiting.next() { group.addTask { await attempt(index + 1, item) } }
            }
            return nil
        }
        if let failure { throw failure }
    }
}
