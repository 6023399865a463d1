// SPDX-License-Identifier: Apache-2.0

package import ServiceStore
internal import TestSupport

/// The databases on which the same tests run.
package enum TestDatabase: String, CaseIterable, Sendable {
    /// A file.
    case sqlite
    /// A server.
    case postgreSQL

    /// Runs a test on records of its own.
    package func withStore<Value>(
        _ body: (ServiceStore, StoreLocation) async throws -> Value
    ) async throws -> Value {
        let folder = try TemporaryDirectory()
        let location: StoreLocation =
            switch self {
            case .sqlite: .folder(folder.path)
            case .postgreSQL: try PostgreSQLServer.shared.get().makeDatabase()
            }
        let store = try await ServiceStore(at: location)
        do {
            let value = try await body(store, location)
            await store.close()
            return value
        } catch {
            await store.close()
            throw error
        }
    }
}
