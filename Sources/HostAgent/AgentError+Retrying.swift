// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport
internal import HostProtocol

extension AgentError {
    /// After how many seconds the service wants to be asked again.
    package var retryAfter: Int64? {
        if case .refused(let refusal) = self { refusal.retryAfter } else { nil }
    }

    /// Whether another attempt may succeed without anybody doing anything.
    package var mayPass: Bool {
        switch self {
        case .transport(let error):
            if case .badAddress = error { false } else if case .badCertificates = error { false } else { true }
        case .refused(let refusal): [.tooMany, .unavailable].contains(refusal.code)
        case .badStatus(let status): status >= 500
        default: false
        }
    }
}
