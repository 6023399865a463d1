// SPDX-License-Identifier: Apache-2.0

/// What a client asks for.
package struct HTTPRequest: Sendable {
    /// `GET` or `POST`.
    package var method: String
    /// The address.
    package var address: HTTPAddress
    /// Headers beside those that every request has.
    package var headers: [(name: String, value: String)]
    /// The body.
    package var body: [UInt8]

    /// A request.
    package init(
        _ method: String, _ address: HTTPAddress, headers: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) {
        self.method = method
        self.address = address
        self.headers = headers
        self.body = body
    }
}

/// What a server answers.
package struct HTTPResponse: Sendable {
    /// The status.
    package var status: Int
    /// The headers, by their names in small letters; of several with one name the first.
    package var headers: [String: String]
    /// The body.
    package var body: [UInt8] = []

    /// In how many seconds the server wants to be asked again.
    package var retryAfter: Int64? {
        headers["retry-after"].flatMap { Int64($0) }.flatMap { $0 >= 0 ? $0 : nil }
    }
}
