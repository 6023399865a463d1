// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes

/// Where a request comes from, for limits and for the log.
struct ClientAddress: Sendable {
    /// Whether a proxy in front says so.
    let trustsProxy: Bool

    /// The address: what the proxy has added last, or that of the connection.
    func of(_ headers: HTTPFields, peer: String) -> String {
        guard trustsProxy, let field = headers[.xForwardedFor], let last = field.split(separator: ",").last else {
            return peer
        }
        let address = last.filter { $0 != " " }
        return address.isEmpty || address.utf8.count > 45 ? peer : address
    }

    /// What limits are counted by: an address, or the network of 64 bits that one customer has of IPv6.
    func counted(_ address: String) -> String {
        guard address.contains(":") else { return address }
        // What comes by IPv4 to a socket of IPv6 (RFC 4291, 2.5.5.2) is a customer each.
        if address.lowercased().hasPrefix("::ffff:"), address.contains(".") { return String(address.dropFirst(7)) }
        let groups = address.split(separator: ":", omittingEmptySubsequences: false)
        guard let gap = groups.dropFirst().firstIndex(of: "") else { return groups.prefix(4).joined(separator: ":") }
        return groups.prefix(min(4, gap)).joined(separator: ":") + "::"
    }
}
