// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes

/// Why a page is not shown.
enum PageFailure: Error, Hashable, Sendable {
    /// There is no such page.
    case notFound
    /// The visitor may not do that.
    case forbidden
    /// Nobody is signed in, and somebody must be.
    case signInFirst
    /// The form does not bring back what was given with it.
    case formExpired
    /// A field is missing or cannot be what it is.
    case badForm
    /// What was asked for is refused, for a reason that can be said.
    case refused(String)
    /// Too often.
    case tooMany(retryAfter: Int64)

    var status: HTTPResponse.Status {
        switch self {
        case .notFound: .notFound
        case .forbidden, .formExpired: .forbidden
        case .signInFirst: .unauthorized
        case .badForm: .badRequest
        case .refused: .unprocessableContent
        case .tooMany: .tooManyRequests
        }
    }

    /// Its title and what to do.
    var texts: (title: PublicText, text: PublicText) {
        switch self {
        case .notFound: (.notFound, .notFoundText)
        case .forbidden, .signInFirst: (.forbidden, .forbiddenText)
        case .formExpired: (.formExpired, .formExpiredText)
        case .badForm, .refused: (.badForm, .badFormText)
        case .tooMany: (.tooMany, .tooManyText)
        }
    }
}
