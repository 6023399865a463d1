// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import ServicePolicy
internal import ServiceStore

/// Takes forms of those who are signed in.
struct Forms: Sendable {
    let store: ServiceStore
    let limits: ServiceLimits

    /// Who has sent a request for a page that is not for everybody.
    ///
    /// - Throws: `PageFailure.signInFirst` or `.forbidden`.
    static func visitor(_ context: PageContext, atLeast role: UserRecord.Role = .reader) throws(PageFailure) -> Visitor
    {
        guard let visitor = context.visitor else { throw .signInFirst }
        guard visitor.role >= role else { throw .forbidden }
        return visitor
    }

    /// The fields of a form that a visitor has sent from one of our pages.
    ///
    /// - Throws: `PageFailure`.
    func read(
        _ request: Request, _ context: PageContext, atLeast role: UserRecord.Role = .operator
    ) async throws -> (visitor: Visitor, fields: FormFields) {
        let visitor = try Self.visitor(context, atLeast: role)
        let fields = try await fields(of: request)
        guard let csrf = fields["csrf"], ConstantTime.areEqual(csrf, visitor.csrf) else {
            throw PageFailure.formExpired
        }
        return (visitor, fields)
    }

    /// The fields of a form, whoever has sent it.
    ///
    /// - Throws: `PageFailure`.
    func fields(of request: Request) async throws -> FormFields {
        // A browser says whence a form comes; one of another site is refused even if it had the code.
        if let site = request.headers[.secFetchSite], !["same-origin", "none"].contains(site) {
            throw PageFailure.formExpired
        }
        guard request.headers[.contentType]?.hasPrefix("application/x-www-form-urlencoded") == true else {
            throw PageFailure.badForm
        }
        let body: ByteBuffer
        do { body = try await request.body.collect(upTo: limits.formBytes) } catch is NIOTooManyBytesError {
            throw PageFailure.badForm
        }
        guard let fields = FormFields(body.readableBytesView) else { throw PageFailure.badForm }
        return fields
    }

    /// Changes records, and writes who did what.
    func change<Value: Sendable>(
        _ action: String, of subject: String, by visitor: Visitor, detail: String = "",
        _ body: @escaping @Sendable (Records, Moment) throws -> Value
    ) async throws -> Value {
        let now = Moment(seconds: DateClock.seconds)
        return try await store.write { records in
            let value = try body(records, now)
            try records.log(action, of: subject, by: visitor.name, at: now, detail: detail)
            return value
        }
    }
}

extension HTTPField.Name {
    /// Whence a request comes, as browsers say (Fetch Metadata).
    static let secFetchSite = Self("Sec-Fetch-Site") ?? .via
}
