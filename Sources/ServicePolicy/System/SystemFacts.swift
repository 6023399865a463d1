// SPDX-License-Identifier: Apache-2.0

/// What is known of a system when it is asked whether the service covers it.
package struct SystemFacts: Hashable, Sendable {
    /// What the system says it is; nil where its files do not tell.
    package var system: OperatingSystem?
    /// The running kernel.
    package var kernel: KernelRelease
    /// `uname -m`.
    package var machine: String
    /// The hardware, as its owner declares it.
    package var hardware: Hardware
    /// Where the installation comes from, as its owner declares it.
    package var origin: InstallOrigin

    /// Hardware (LP-2.1-2).
    package enum Hardware: String, Hashable, Sendable, Codable {
        /// Sold as a server.
        case server
        /// A virtual machine like one.
        case virtual
        /// Anything else.
        case other
        /// Nobody has said.
        case undeclared
    }

    /// Where an installation comes from (LP-2.1-3, -4).
    package enum InstallOrigin: String, Hashable, Sendable, Codable {
        /// The system's own installer.
        case installer
        /// A cloud's image that the system's vendor publishes.
        case vendorImage
        /// A cloud's image of a partner of the service's vendor.
        case partnerImage
        /// Anything else.
        case other
        /// Nobody has said.
        case undeclared
    }

    /// A system's facts.
    package init(
        system: OperatingSystem?, kernel: KernelRelease, machine: String, hardware: Hardware = .undeclared,
        origin: InstallOrigin = .undeclared
    ) {
        self.system = system
        self.kernel = kernel
        self.machine = machine
        self.hardware = hardware
        self.origin = origin
    }
}
