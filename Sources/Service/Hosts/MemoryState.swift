// SPDX-License-Identifier: Apache-2.0

internal import Director
internal import HostProtocol
internal import PatchCatalogue
internal import ServiceStore

/// What is fixed in the memory of a host, summed up for pages: not what is installed, but what its processes run.
struct MemoryState: Hashable, Sendable {
    /// A target that the host uses.
    struct Target: Hashable, Sendable {
        var used: CheckIn.Target
        /// The newest level there is; nil if there are no patches for the build.
        var newest: Int?
        /// What is fixed in all processes.
        var fixed: [String]
        /// What published patches would fix, and is not fixed in all processes.
        var missing: [String]
        /// What keeps fixes from it.
        var holds: [Holds.Hold]

        /// Whether the newest level is in force in all processes.
        var isCurrent: Bool { newest.map { used.level >= $0 && used.patched == used.processes } ?? true }
    }

    /// The targets, in the order of their names.
    let targets: [Target]

    init(of host: HostRecord, _ catalogue: PublishedCatalogue, _ holds: [HoldRecord]) {
        let reports = TargetReport.reports(of: host, holds: Holds(of: host, holds), catalogue: catalogue)
        targets = reports.sorted { ($0.target.name, $0.target.buildID) < ($1.target.name, $1.target.buildID) }.map {
            report in
            Target(
                used: report.target, newest: report.newest > 0 ? report.newest : nil,
                fixed: report.findings.filter(\.isFixed).map(\.vulnerability),
                missing: report.findings.filter { !$0.isFixed }.map(\.vulnerability),
                holds: report.findings.flatMap(\.holds).reduce(into: []) { holds, hold in
                    if !holds.contains(hold) { holds.append(hold) }
                })
        }
    }
}
