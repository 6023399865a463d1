// SPDX-License-Identifier: Apache-2.0

internal import Director
internal import HostProtocol
internal import HummingbirdCore
internal import PatchCatalogue
internal import ServicePolicy
internal import ServiceStore

/// All hosts, some at a time.
struct FleetView: PageView {
    static let template = "fleet"

    /// A number, and the hosts that it counts.
    struct Card: Sendable {
        var number: Int
        var label: String
        var address: String
    }

    /// Something to choose.
    struct Choice: Sendable {
        var value: String
        var name: String
        var isChosen: Bool
    }

    /// A host.
    struct Row: Sendable {
        var address: String
        var name: String
        var id: String
        var system: String
        var kernel: String
        var group: String
        var tags: [String]
        var memory: String
        var memoryKind: String
        var missing: Int?
        var seen: String
        var seenTitle: String
        var state: String
        var stateKind: String
        var isCopied: Bool
        var isSilent: Bool
    }

    /// A build that hosts use.
    struct Build: Sendable {
        var name: String
        var shortBuildID: String
        var address: String
        var newest: String
        var current: Int
        var behind: Int
        /// The share of hosts that have the newest level, in the units of a drawing of 100.
        var share: Int
        var open: [String]
    }

    let cards: [Card]
    let builds: [Build]
    let hasBuilds: Bool
    let search: String
    let groups: [Choice]
    let states: [Choice]
    let rows: [Row]
    let hasRows: Bool
    let paging: Paging?

    init(
        _ report: FleetReport, _ list: HostList, _ filter: HostFilter, stateAsked: String?, _ holds: [HoldRecord],
        _ catalogue: PublishedCatalogue, _ uri: URI, _ language: PageLanguage, _ now: Moment
    ) {
        let summary = report.summary
        func say(_ text: OperatorText) -> String { text.text(in: language) }
        cards = [
            Card(number: summary.states[.active] ?? 0, label: say(.active), address: "/fleet?state=active"),
            Card(number: summary.silent, label: say(.silent), address: "/fleet?state=silent"),
            Card(
                number: summary.states[.quarantined] ?? 0, label: say(.quarantined), address: "/fleet?state=quarantined"
            ),
            Card(number: summary.copied, label: say(.copied), address: "/fleet?state=copied"),
        ]
        search = filter.text
        groups = summary.groups.sorted { $0.key < $1.key }.map { group, count in
            Choice(value: group, name: "\(group) (\(count))", isChosen: group == filter.group)
        }
        states = [
            ("active", OperatorText.active), ("silent", .silent), ("quarantined", .quarantined), ("copied", .copied),
            ("retired", .retired),
        ].map { Choice(value: $0, name: say($1), isChosen: $0 == stateAsked) }
        builds = report.builds.prefix(50).map { build in
            Build(
                name: build.name, shortBuildID: String(build.buildID.prefix(12)),
                address: PageAddress(path: "/fleet").with("build", build.buildID),
                newest: build.newest > 0 ? "\(build.newest)" : "–", current: build.current, behind: build.behind,
                share: build.current * 100 / max(1, build.current + build.behind), open: build.open)
        }
        hasBuilds = !builds.isEmpty
        rows = list.hosts.map { Row($0, MemoryState(of: $0, catalogue, holds), language, now) }
        hasRows = !rows.isEmpty
        paging = Paging(count: list.total, FormFields(query: uri.query)["page"], uri, language)
    }
}

extension FleetView.Row {
    fileprivate init(_ host: HostRecord, _ state: MemoryState, _ language: PageLanguage, _ now: Moment) {
        address = "/fleet/\(host.id)"
        name = host.facts.hostname
        id = String(host.id.text.prefix(12))
        system = host.eligibility.system ?? "–"
        kernel = host.facts.kernel
        group = host.group
        tags = host.facts.tags
        let behind = state.targets.filter { !$0.isCurrent }.count
        let missingCount = Set(state.targets.flatMap(\.missing)).count
        memory =
            state.targets.isEmpty
            ? "–"
            : behind == 0
                ? OperatorText.latest.text(in: language)
                : "\(OperatorText.behind.text(in: language)) \(behind)/\(state.targets.count)"
        memoryKind = state.targets.isEmpty ? "" : behind == 0 ? "good" : missingCount > 0 ? "warn" : "thread"
        missing = missingCount > 0 ? missingCount : nil
        seen = Desk.ago(host.progress.seen, now, language)
        seenTitle = Desk.time(host.progress.seen)
        self.state = host.state.text.text(in: language)
        stateKind = host.state.kind
        isCopied = host.copied != nil
        isSilent = host.state != .retired && now.seconds - host.progress.seen.seconds > FleetController.silence
    }
}
