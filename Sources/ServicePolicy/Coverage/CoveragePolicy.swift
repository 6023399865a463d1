// SPDX-License-Identifier: Apache-2.0

package import CivilTime

/// Which systems the service covers, as one table from which pages, JSON and answers are made (LP-2.1).
package struct CoveragePolicy: Hashable, Sendable, Codable {
    /// The edition.
    package var version: PolicyVersion
    /// The systems; what is not here is not covered (LP-2.1-※1).
    package var rows: [Row]

    /// A policy.
    package init(version: PolicyVersion, rows: [Row]) {
        self.version = version
        self.rows = rows
    }

    /// The packages that the service knows (LP-2.1-5).
    package enum Package: String, CaseIterable, Hashable, Sendable, Codable {
        /// The kernel.
        case kernel
        /// The C library.
        case glibc
        /// OpenSSL.
        case openssl
    }

    /// A system with a major version.
    package struct Row: Hashable, Sendable, Codable {
        /// Who provides the system.
        package var provider: String
        /// The distribution.
        package var distribution: Distribution
        /// Its name.
        package var name: String
        /// The first number of the version.
        package var major: Int
        /// The version as people read it: `9.x`.
        package var versionTitle: String
        /// The first minor version that is covered, and the last.
        package var minors: [Int]
        /// The packages.
        package var packages: [Package]
        /// The kernel packages that count as the kernel.
        package var kernels: [KernelRelease.Flavour]
        /// The last day of the service; nil while none is announced (LP-5).
        package var endOfService: CalendarDay?
        /// The clause by which the system is covered.
        package var clause: Clause

        /// A row.
        package init(
            provider: String, _ distribution: Distribution, _ name: String, _ major: Int, minors: ClosedRange<Int>,
            title: String? = nil, packages: [Package], kernels: [KernelRelease.Flavour] = [.kernel],
            endOfService: CalendarDay? = nil,
            clause: Clause = .coveredSystems
        ) {
            self.provider = provider
            self.distribution = distribution
            self.name = name
            self.major = major
            versionTitle = title ?? "\(major).x"
            self.minors = [minors.lowerBound, minors.upperBound]
            self.packages = packages
            self.kernels = kernels
            self.endOfService = endOfService
            self.clause = clause
        }

        /// Whether a minor version is one of those that are covered.
        package func covers(minor: Int) -> Bool {
            guard let first = minors.first, let last = minors.last else { return false }
            return first <= minor && minor <= last
        }

        /// The row as people read it: `AlmaLinux 9.x`.
        package var title: String { "\(name) \(versionTitle)" }
    }
}
