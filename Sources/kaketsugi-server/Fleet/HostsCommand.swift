// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import Director
import HostProtocol
import LivePatch
import PatchCatalogue
import ServicePolicy
import ServiceStore

/// `kaketsugi-server hosts`: the fleet.
struct HostsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hosts", abstract: "Show hosts, and take them off the service.",
        subcommands: [ListHosts.self, ShowHost.self, RetireHost.self])
}

/// `hosts list`.
struct ListHosts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show the hosts.")

    @Option(help: "A part of a host's name, system, kernel or ID.")
    var text = ""

    @Option(help: "Only those of a group.")
    var group: String?

    @Option(help: "Only those with a tag.")
    var tag: String?

    @Option(help: "Only those in a state: active, quarantined or retired.")
    var state: HostRecord.State?

    @Option(help: ArgumentHelp("Only those that use a build, by its ID.", valueName: "build"))
    var buildID: String?

    @Option(help: ArgumentHelp("Only those that have a lower level of a build.", valueName: "level"))
    var belowLevel: Int?

    @Option(help: ArgumentHelp("Only those that were last heard before a moment.", valueName: "time"))
    var silentSince: Moment?

    @Flag(help: "Only those of which another machine had the key.")
    var copied = false

    @Option(help: "In which order: name, seen or registered.")
    var order = HostOrder.name

    @Option(help: "How many to leave out.")
    var offset = 0

    @Option(help: "How many to show, at most 1000.")
    var limit = 50

    @OptionGroup var service: ServiceOptions

    mutating func run() async throws {
        var filter = HostFilter()
        filter.text = text
        (filter.group, filter.tag, filter.state) = (group, tag, state)
        (filter.buildID, filter.belowLevel, filter.silentSince) = (buildID, belowLevel, silentSince)
        filter.isCopied = copied
        let (chosen, order, page) = (filter, order, Page(offset: offset, limit: limit))
        try await service.show { records in
            let list = try records.hosts(chosen, order: order, page: page)
            return ListReport(entries: list.hosts.map(HostEntry.init), total: list.total)
        }
    }
}

/// `hosts show`.
struct ShowHost: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a host, and what is fixed in its memory.")

    @Argument(help: "The host, by its ID, the beginning of it, or its name.")
    var host: String

    @OptionGroup var catalogue: CatalogueOptions
    @OptionGroup var service: ServiceOptions

    mutating func run() async throws {
        let name = host
        let published = try catalogue.catalogue(service)
        try await service.show { records in
            let host = try records.host(called: name)
            let holds = Holds(of: host, try records.holds())
            return HostReport(
                host: host, targets: TargetReport.reports(of: host, holds: holds, catalogue: published),
                events: try records.events(of: host.id, limit: 20))
        }
    }
}

/// `hosts retire`.
struct RetireHost: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire", abstract: "Take hosts off the service; what they have applied stays.")

    @Argument(help: ArgumentHelp("The hosts, by ID, the beginning of it, or name.", valueName: "host"))
    var hosts: [String]

    @OptionGroup var service: ServiceOptions

    mutating func run() async throws {
        let (names, now) = (hosts, Moment.now)
        try await service.change { records in
            var entries: [HostEntry] = []
            for name in names {
                var host = try records.host(called: name)
                try records.retire(host.id, by: ServiceOptions.actor, at: now)
                host.state = .retired
                entries.append(HostEntry(host))
            }
            return ListReport(entries: entries)
        }
    }
}

extension HostRecord.State: ExpressibleByArgument {}
extension HostOrder: ExpressibleByArgument {}

extension Records {
    /// The one host that is meant.
    func host(called name: String) throws -> HostRecord {
        if let id = HostID(name), let host = try host(id) { return host }
        var filter = HostFilter()
        filter.text = name
        let found = try hosts(filter, page: Page(limit: 1000)).hosts.filter {
            $0.id.text.hasPrefix(name) || $0.facts.hostname == name
        }
        guard let host = found.first else { throw refused(FleetText.noSuchHost(name).reason) }
        guard found.count == 1 else { throw refused(FleetText.ambiguousHost(name).reason) }
        return host
    }
}

/// A host in a list.
struct HostEntry: FleetEntry {
    static let list = "hosts"
    let id: String
    let hostname: String
    let state: String
    let group: String
    let tags: [String]
    let system: String?
    let kernel: String
    let contract: String
    let activationKey: String
    let registered: String
    let seen: String
    let copied: String?
    let replaces: String?

    init(_ host: HostRecord) {
        id = host.id.text
        hostname = host.facts.hostname
        state = host.state.rawValue
        group = host.group
        tags = host.facts.tags
        system = host.eligibility.system
        kernel = host.facts.kernel
        contract = host.contract
        activationKey = host.activationKey
        registered = host.registered.text
        seen = host.progress.seen.text
        copied = host.copied?.text
        replaces = host.replaces?.text
    }

    func cells(in language: Language) -> [String] {
        [String(id.prefix(8)), hostname, state, group, system ?? kernel, seen]
    }
}

/// A host with what is in force on it.
struct HostReport: Presentable, Sendable {
    let host: HostRecord
    let targets: [TargetReport]
    let events: [HostEventRecord]

    /// The JSON of a host.
    struct Report: Encodable {
        struct Finding: Encodable {
            let cve: String
            let isFixed: Bool
            let level: Int
            let heldBy: [String]
            let heldSince: String?
        }
        struct Target: Encodable {
            let name: String
            let buildID: String
            let product: String?
            let level: Int
            let newest: Int
            let processes: Int
            let patched: Int
            let findings: [Finding]
        }
        struct Event: Encodable {
            let number: Int64
            let time: String
            let kind: String
            let patch: String?
            let rollout: String?
            let detail: String
        }
        struct Remark: Encodable {
            let clause: String
            let text: String
        }
        let schemaVersion = 1
        let host: HostEntry
        let covered: [String]
        let refusals: [Remark]
        let targets: [Target]
        let events: [Event]
    }

    var report: Report {
        Report(
            host: HostEntry(host), covered: host.eligibility.products,
            refusals: host.eligibility.refusals.map { .init(clause: $0.clause, text: $0.text.english) },
            targets: targets.map { report in
                Report.Target(
                    name: report.target.name, buildID: report.target.buildID, product: report.product,
                    level: report.target.level, newest: report.newest, processes: report.target.processes,
                    patched: report.target.patched,
                    findings: report.findings.map { finding in
                        Report.Finding(
                            cve: finding.vulnerability, isFixed: finding.isFixed, level: finding.level,
                            heldBy: finding.holds.map(\.author), heldSince: finding.holds.map(\.since).min()?.text)
                    })
            },
            events: events.map { record in
                Report.Event(
                    number: record.event.number, time: record.event.time.text, kind: record.event.kind.rawValue,
                    patch: record.event.patch?.description, rollout: record.event.rollout, detail: record.event.detail)
            })
    }

    func text(in language: Language) -> String {
        var lines = [
            "\(host.facts.hostname)  \(host.id)  \(host.state.rawValue)  \(host.group)",
            FleetText.lastSeen(host.progress.seen.text).text(in: language),
        ]
        if let copied = host.copied { lines.append(FleetText.copied(copied.text).text(in: language)) }
        for remark in host.eligibility.refusals {
            let text = language == .japanese ? remark.text.japanese : remark.text.english
            lines.append(TextLayout.wrapped("\(remark.clause): \(text)", indent: 3))
        }
        for report in targets {
            let target = report.target
            lines.append(
                "\(target.name)  \(target.buildID.prefix(12))  \(target.level)/\(report.newest)  "
                    + "\(target.patched)/\(target.processes)")
            lines += report.findings.map { finding in
                let state = (finding.isFixed ? FleetText.fixed : .open).text(in: language)
                let holds = finding.holds.map { "\($0.author) \($0.since.text)" }.joined(separator: ", ")
                let suffix = holds.isEmpty ? "" : " · " + FleetText.heldBy(holds).text(in: language)
                return TextLayout.wrapped("\(finding.vulnerability): \(state)\(suffix)", indent: 3)
            }
        }
        for record in events {
            lines.append(
                TextLayout.wrapped(
                    "\(record.event.time.text) \(record.event.kind.rawValue) \(record.event.detail)", indent: 0))
        }
        return lines.joined(separator: "\n")
    }
}
