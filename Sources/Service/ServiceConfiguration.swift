// SPDX-License-Identifier: Apache-2.0

internal import LivePatch
package import ServicePolicy
package import ServiceStore
package import UpdateFramework

/// What an operator says of a server; everything has a default.
package struct ServiceConfiguration: Sendable {
    /// How clients reach the server.
    package enum Transport: Hashable, Sendable {
        /// TLS with an authority and a certificate of its own, for these names beside the machine's.
        case ownAuthority(names: [String])
        /// TLS with a certificate of the operator's.
        case certificate(file: String, keyFile: String)
        /// No TLS: something in front has it, or nobody else listens.
        case plain
    }

    /// The folder for everything that the server keeps.
    package var data: String
    /// The folder of the repository.
    package var repository: String
    /// The address to listen on.
    package var host = "0.0.0.0"
    /// The port.
    package var port = 8443
    /// How clients reach the server.
    package var transport = Transport.ownAuthority(names: [])
    /// Whether a proxy is in front, whose `X-Forwarded-For` tells clients' addresses.
    package var trustsProxy = false
    /// What clients may ask.
    package var limits = ServiceLimits()
    /// The keys with which the server signs; with none it serves what is published, and registers nobody.
    package var signers: [any Signer] = []
    /// The database; a file in ``data`` if nil.
    package var database: StoreLocation?
    /// Which systems the service covers.
    package var coverage = CoveragePolicy.standard.joined(with: .additional)
    /// How much work a guess at a password is.
    package var passwordCost = PasswordCost()
    /// The version of the program.
    package var version = productVersion

    /// A server in a folder.
    package init(data: String) {
        self.data = data
        repository = data + "/repository"
    }
}
