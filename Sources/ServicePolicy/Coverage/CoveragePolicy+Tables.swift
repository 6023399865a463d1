// SPDX-License-Identifier: Apache-2.0

internal import CivilTime

extension CoveragePolicy {
    /// The service's own table, table 1 of its terms (LP-2.1-1), of December 2023.
    ///
    /// Of the sixth versions only the kernel is covered: LP-2.1-5 leaves to each provider of the service which they are,
    /// and this is ours.
    package static let standard = CoveragePolicy(
        version: PolicyVersion(number: 1, asOf: CalendarDay("2023-12-01") ?? CalendarDay(number: 0)),
        rows: rows("The AlmaLinux OS Foundation", .almaLinux, "AlmaLinux", [9, 8])
            + rows("The CentOS Project", .centOS, "CentOS", [8, 7, 6])
            + rows("Oracle Corporation", .oracleLinux, "Oracle Linux", [9, 8, 7, 6])
            + rows("Rocky Enterprise Software Foundation", .rockyLinux, "Rocky Linux", [9, 8])
            + rows("Red Hat, Incorporated", .redHat, "Red Hat Enterprise Linux", [9, 8, 7, 6]))

    /// Debian and Ubuntu, beside the table of the terms.
    package static let additional = CoveragePolicy(
        version: PolicyVersion(number: 1, asOf: CalendarDay("2026-11-01") ?? CalendarDay(number: 0)),
        rows: [13, 12, 11].map {
            Row(
                provider: "The Debian Project", .debian, "Debian", $0, minors: 0...99, title: "\($0)",
                packages: Package.allCases,
                kernels: [.init(rawValue: "amd64"), .init(rawValue: "cloud-amd64")], clause: .additionalSystems)
        }
            + [24, 22, 20].map {
                Row(
                    provider: "Canonical Ltd.", .ubuntu, "Ubuntu", $0, minors: 4...4, title: "\($0).04",
                    packages: Package.allCases,
                    kernels: [.init(rawValue: "generic")], clause: .additionalSystems)
            })

    /// Both tables as one, under the number and day of this one.
    package func joined(with other: CoveragePolicy) -> CoveragePolicy {
        CoveragePolicy(version: version, rows: rows + other.rows)
    }

    private static func rows(
        _ provider: String, _ distribution: Distribution, _ name: String, _ majors: [Int]
    ) -> [Row] {
        majors.map { major in
            // LP-2.1-※3: minor versions 0 to 10.
            Row(
                provider: provider, distribution, name, major, minors: 0...10,
                packages: major == 6 ? [.kernel] : Package.allCases)
        }
    }
}

extension Clause {
    /// Systems beside the table of the terms.
    package static let additionalSystems = Clause(rawValue: "additional table")
}
