// SPDX-License-Identifier: Apache-2.0

import Synchronization
import UpdateFramework

/// A repository in memory, which sends files in small pieces and notes what was asked for.
final class MemoryFetcher: Fetcher {
    private let state = Mutex<State>(State())

    private struct State {
        var files: [String: [UInt8]] = [:]
        var failures: [String: FetchError] = [:]
        var requests: [String] = []
    }

    /// What there is, by the names that clients ask for.
    var files: [String: [UInt8]] {
        get { state.withLock { $0.files } }
        set { state.withLock { $0.files = newValue } }
    }

    /// Names for which the repository answers with an error.
    var failures: [String: FetchError] {
        get { state.withLock { $0.failures } }
        set { state.withLock { $0.failures = newValue } }
    }

    /// What was asked for since the last call.
    func takeRequests() -> [String] {
        state.withLock { state in
            defer { state.requests = [] }
            return state.requests
        }
    }

    func fetch(
        _ path: String, limit: Int, receive: (_ bytes: [UInt8]) throws(UpdateError) -> Void
    ) async throws(UpdateError) {
        let (file, failure) = state.withLock { state in
            state.requests.append(path)
            return (state.files[path], state.failures[path])
        }
        if let failure { throw .notFetched(file: path, failure) }
        guard let file else { throw .notFetched(file: path, .notFound) }
        for start in stride(from: 0, to: file.count, by: 1000) {
            try receive(Array(file[start..<min(start + 1000, file.count)]))
        }
    }
}
