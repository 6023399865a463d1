// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import Synchronization

/// A database of PostgreSQL, by a few connections, each on a thread of its own.
final class PostgreSQLDatabase: Database {
    private let lanes: [Lane]
    private let queue: Mutex<Queue>

    /// Which connections are free, and who waits for one.
    private struct Queue {
        var idle: [Int]
        var waiting: [CheckedContinuation<Int, any Error>] = []
    }

    /// How many may wait: more would wait for longer than a client does.
    private static let limit = 10_000
    /// How often a transaction is tried that others were in the way of.
    private static let attempts = 5

    /// A database; it is connected to when it is first used.
    init(uri: String, connections: Int = 4) {
        lanes = (0..<connections).map { Lane(uri: uri, number: $0) }
        queue = Mutex(Queue(idle: Array(0..<connections)))
    }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        try await run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", body)
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        try await run("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", body)
    }

    func close() async {
        for lane in lanes { await lane.close() }
    }

    private func run<Value: Sendable>(
        _ begin: String, _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        let number = try await acquire()
        defer { release(number) }
        var attempt = 1
        while true {
            do {
                return try await lanes[number].run(begin, body)
            } catch StoreError.busy where attempt < Self.attempts {
                attempt += 1
            }
        }
    }

    private func acquire() async throws -> Int {
        try await withCheckedThrowingContinuation { continuation in
            enum Turn { case now(Int), later, never }
            let turn = queue.withLock { queue -> Turn in
                if let number = queue.idle.popLast() { return .now(number) }
                guard queue.waiting.count < Self.limit else { return .never }
                queue.waiting.append(continuation)
                return .later
            }
            switch turn {
            case .now(let number): continuation.resume(returning: number)
            case .later: break
            case .never: continuation.resume(throwing: StoreError.busy)
            }
        }
    }

    private func release(_ number: Int) {
        let next = queue.withLock { queue -> CheckedContinuation<Int, any Error>? in
            guard !queue.waiting.isEmpty else {
                queue.idle.append(number)
                return nil
            }
            return queue.waiting.removeFirst()
        }
        next?.resume(returning: number)
    }
}

/// A connection and the thread that waits for it.
///
/// The calls of libpq block; on a queue of their own they keep nobody else waiting.
private final class Lane: Sendable {
    private let uri: String
    private let thread: DispatchQueue
    /// Only ever locked on the queue above; the lock says so to the compiler.
    private let session = Mutex<PostgreSQLSession?>(nil)

    init(uri: String, number: Int) {
        self.uri = uri
        thread = DispatchQueue(label: "postgresql-\(number)")
    }

    func run<Value: Sendable>(
        _ begin: String, _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            thread.async {
                let result = self.session.withLock { session in
                    Result<Value, any Error> { try Self.transact(begin, body, uri: self.uri, &session) }
                }
                continuation.resume(with: result)
            }
        }
    }

    func close() async {
        await withCheckedContinuation { continuation in
            thread.async {
                self.session.withLock { $0 = nil }
                continuation.resume()
            }
        }
    }

    private static func transact<Value>(
        _ begin: String, _ body: (any SQLConnection) throws -> Value, uri: String, _ session: inout PostgreSQLSession?
    ) throws -> Value {
        let current = try connected(begin, uri: uri, &session)
        do {
            let value = try body(current)
            try current.run("COMMIT")
            return value
        } catch {
            try? current.run("ROLLBACK")
            // Whatever state it is in: the next one connects anew.
            if !current.isUsable { session = nil }
            throw error
        }
    }

    /// The connection with a transaction begun; made anew if the server was restarted since it was last used.
    private static func connected(
        _ begin: String, uri: String, _ session: inout PostgreSQLSession?
    ) throws(StoreError) -> PostgreSQLSession {
        if let old = session {
            do {
                try old.run(begin)
                return old
            } catch {
                // Nothing was done by it yet, so nothing is done twice.
                session = nil
            }
        }
        let new = try PostgreSQLSession(uri: uri)
        try new.run(begin)
        session = new
        return new
    }
}
