// SPDX-License-Identifier: Apache-2.0

internal import HostProtocol

extension Agent {
    /// Does what a daemon has a child of its do.
    ///
    /// - Returns: The answer for the daemon; nil where the end tells enough.
    /// - Throws: `AgentError` where it is not done. A check-in that fails is an answer.
    package func perform(_ round: Round) async throws(AgentError) -> [UInt8]? {
        switch round {
        case .start:
            try await applyAccepted()
            return nil
        case .checkIn: return await checkInAndReport().encoded
        case .look:
            let soak = try soak()
            return Standing(files: try acceptedFiles(), exclusions: settings.exclusions, soak: soak).encoded
        case .end:
            try noteOrderlyEnd()
            return nil
        }
    }

    private func checkInAndReport() async -> CheckInResult {
        do throws(AgentError) {
            let outcome = try await update(from: .service, acts: settings.isAutomatic)
            if let trouble = outcome.trouble { tell(.warning(trouble.text)) }
            await writeMetrics()
            return CheckInResult(
                isFailure: outcome.trouble != nil, nextCheckIn: outcome.nextCheckIn,
                retryAfter: outcome.trouble?.retryAfter)
        } catch {
            // A host that is not registered yet is no trouble; registering it and SIGHUP, or patience, go on.
            if case .notRegistered = error {} else { tell(.warning(error.text)) }
            return CheckInResult(isFailure: true, retryAfter: error.retryAfter)
        }
    }
}
