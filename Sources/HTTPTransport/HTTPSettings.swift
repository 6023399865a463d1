// SPDX-License-Identifier: Apache-2.0

/// How a client reaches servers.
package struct HTTPSettings: Hashable, Sendable {
    /// The proxy; nil for none.
    package var proxy: HTTPAddress?
    /// The hosts that are reached without the proxy.
    package var direct = DirectHosts([])
    /// A file of the authorities that are believed, in PEM; the system's if nil.
    package var certificates: String?
    /// How long a connection may take, with the proxy's answer and TLS each.
    package var connectPatience: Duration = .seconds(10)
    /// How long a server may be silent.
    package var silence: Duration = .seconds(30)
    /// How long a request may take as a whole, so that a byte now and then does not hold a client for ever.
    package var total: Duration = .seconds(120)
    /// What the client calls itself.
    package var agent: String

    /// The usual settings.
    package init(agent: String) { self.agent = agent }

    /// The proxy by which a server is reached; nil for none.
    func proxy(for origin: HTTPAddress.Origin) -> HTTPAddress? { direct.contain(origin.host) ? nil : proxy }
}

/// Hosts that are reached without a proxy, as the variable `no_proxy` lists them.
package struct DirectHosts: Hashable, Sendable {
    private let names: [String]

    /// Names, each with all names below it, numbers, or `*` for all.
    package init(_ names: [String]) {
        self.names = names.map { name in
            var name = name.lowercased()
            if name.hasPrefix("*.") { name.removeFirst() }
            return name
        }.filter { !$0.isEmpty }
    }

    /// Names with commas or spaces in between.
    package init(list: String) { self.init(list.split { $0 == "," || $0 == " " }.map(String.init)) }

    /// Whether a host is one of them.
    package func contain(_ host: String) -> Bool {
        names.contains { name in
            name == "*" || host == name || host.hasSuffix(name.hasPrefix(".") ? name : "." + name)
        }
    }
}
