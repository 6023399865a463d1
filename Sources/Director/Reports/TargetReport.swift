// SPDX-License-Identifier: Apache-2.0

package import HostProtocol
package import PatchCatalogue
package import ServiceStore

/// What is fixed in the memory of a host, and what is not and why: one for each build that its processes use.
package struct TargetReport: Hashable, Sendable {
    /// A vulnerability that a published patch of the build fixes.
    package struct Finding: Hashable, Sendable {
        /// Its name.
        package var vulnerability: String
        /// The lowest level that fixes it.
        package var level: Int
        /// How bad what that level fixes is.
        package var severity: PatchDescription.Severity
        /// Whether it is fixed in the memory of all processes that use the build.
        package var isFixed: Bool
        /// What keeps it from being fixed; empty if nothing does.
        package var holds: [Holds.Hold]
    }

    /// The build, and what is in force of it.
    package var target: CheckIn.Target
    /// The product; nil if nothing was ever published for the build.
    package var product: String?
    /// The highest level that is published; 0 if none is.
    package var newest: Int
    /// The vulnerabilities, in the order of their names.
    package var findings: [Finding]

    /// The reports of a host.
    package static func reports(
        of host: HostRecord, holds: Holds, catalogue: PublishedCatalogue
    ) -> [TargetReport] {
        host.targets.map { TargetReport(of: $0, holds: holds, catalogue: catalogue) }
    }

    private init(of target: CheckIn.Target, holds: Holds, catalogue: PublishedCatalogue) {
        self.target = target
        let patches = catalogue.patches(for: target.buildID)
        product = patches.first?.description.product
        newest = patches.last?.description.level ?? 0
        // What is in force may have been taken back since: it is named by itself, and not by its level.
        let inForce = catalogue.patches.first { $0.patch == target.patch }?.description
        let isWhole = target.level > 0 && target.patched == target.processes
        var findings: [String: Finding] = [:]
        for patch in patches {
            for name in patch.description.vulnerabilities where findings[name] == nil {
                let isFixed = isWhole && inForce?.vulnerabilities.contains(name) == true
                findings[name] = Finding(
                    vulnerability: name, level: patch.description.level, severity: patch.description.severity,
                    isFixed: isFixed,
                    holds: isFixed
                        ? [] : holds.blocking(patch.description.level, of: patch.description.product, on: target))
            }
        }
        for name in inForce?.vulnerabilities ?? [] where findings[name] == nil && isWhole {
            findings[name] = Finding(
                vulnerability: name, level: target.level, severity: inForce?.severity ?? .low, isFixed: true, holds: [])
        }
        self.findings = findings.values.sorted { $0.vulnerability < $1.vulnerability }
    }
}
