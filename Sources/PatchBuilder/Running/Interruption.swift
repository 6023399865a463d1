// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc

/// Runs an operation that is cancelled, and not torn away, when one of some signals arrives.
///
/// Tools run in process groups of their own, so that a terminal's interrupt reaches only us; cancelling ends them, puts
/// the source tree back, and only then lets the caller go on. For an executable's entry, around everything that it does.
///
/// - Parameters:
///   - signals: The signals; their action is ignored from now on.
///   - operation: What is to be run.
/// - Returns: What the operation returns.
/// - Throws: What the operation throws; `BuildError.cancelled` where the builder was interrupted.
package func cancelling<Value: Sendable>(
    onSignals signals: [Int32] = [SIGINT, SIGTERM, SIGHUP],
    _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    let task = Task { try await operation() }
    let sources = signals.map { number in
        // The default action would come first.
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { task.cancel() }
        source.activate()
        return source
    }
    defer { for source in sources { source.cancel() } }
    return try await withTaskCancellationHandler {
        try await task.value
    } onCancel: {
        task.cancel()
    }
}
