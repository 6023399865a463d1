// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import JSON
internal import LivePatch
internal import PatchCatalogue
internal import ServicePolicy
internal import UpdateFramework

/// The public catalogue: every patch, by what it is for.
struct CatalogueView: PageView {
    static let template = "catalogue"

    /// A patch.
    struct Row: Sendable {
        var distribution: String
        var product: String
        var target: String
        var package: String?
        var buildID: String
        var shortBuildID: String
        var level: Int
        var severity: String
        var severityKind: String
        var vulnerabilities: [String]
        var restart: String
        var published: String
        var endOfService: String
        var revoked: Revoked?
    }

    /// Why a patch was taken back.
    struct Revoked: Sendable { var reason: String }

    /// Something to choose.
    struct Choice: Sendable {
        var name: String
        var isChosen: Bool

        /// Names to choose from, one of them chosen.
        static func all(_ names: Set<String>, chosen: String?) -> [Choice] {
            names.sorted().map { Choice(name: $0, isChosen: $0 == chosen) }
        }
    }

    let search: String
    let products: [Choice]
    let distributions: [Choice]
    let rows: [Row]
    let hasRows: Bool
    let paging: Paging?

    init(_ state: RepositoryState, _ policy: CoveragePolicy, _ request: Request, _ language: PageLanguage) {
        let query = FormFields(query: request.uri.query)
        search = query["q"] ?? ""
        let (product, distribution) = (query["product"], query["distribution"])
        let all = state.catalogue.patches
        products = Choice.all(Set(all.map(\.description.product)), chosen: product)
        distributions = Choice.all(Set(all.map(\.description.distribution)), chosen: distribution)
        let wanted = search.lowercased()
        let found = all.filter { patch in
            let said = patch.description
            return (product == nil || said.product == product)
                && (distribution == nil || said.distribution == distribution)
                && (wanted.isEmpty || Self.matches(said, wanted))
        }.sorted { one, other in
            let (a, b) = (one.description, other.description)
            return (a.distribution, a.product, a.buildID, b.level) < (b.distribution, b.product, b.buildID, a.level)
        }
        paging = Paging(count: found.count, query["page"], request.uri, language)
        rows = (paging?.slice(of: found) ?? found[...]).map { Self.row($0, state, policy, language) }
        hasRows = !rows.isEmpty
    }

    private static func matches(_ said: PatchDescription, _ wanted: String) -> Bool {
        said.buildID.hasPrefix(wanted) || said.target.lowercased().contains(wanted)
            || said.package?.lowercased().contains(wanted) == true
            || said.vulnerabilities.contains { $0.lowercased().contains(wanted) }
    }

    private static func row(
        _ patch: PublishedPatch, _ state: RepositoryState, _ policy: CoveragePolicy, _ language: PageLanguage
    ) -> Row {
        let said = patch.description
        let covered = policy.rows.first { "\($0.distribution.rawValue)-\($0.major)" == said.distribution }
        return Row(
            distribution: covered?.title ?? said.distribution, product: said.product, target: said.target,
            package: said.package, buildID: said.buildID, shortBuildID: String(said.buildID.prefix(12)),
            level: said.level, severity: said.severity.text.text(in: language), severityKind: said.severity.kind,
            vulnerabilities: said.vulnerabilities, restart: said.restart.text.text(in: language),
            published: state.arrivals[patch.patch].map { "\($0.dayInTokyo)" } ?? "–",
            endOfService: covered?.endOfService.map { "\($0)" } ?? PublicText.undecided.text(in: language),
            revoked: state.catalogue.revoked[patch.patch].map { entry in
                Revoked(
                    reason: language.text(
                        PolicyText(entry.reason.english, entry.reason.japanese ?? entry.reason.english)))
            })
    }

    /// The catalogue for programs.
    static func json(_ state: RepositoryState) -> [UInt8] {
        let patches = state.catalogue.patches.map { patch -> JSONValue in
            var object = patch.description.custom
            object["path"] = .string(patch.path.text)
            object["patch"] = .string("\(patch.patch)")
            object["length"] = .integer(Int64(patch.length))
            object["published"] =
                state.arrivals[patch.patch].map { .string("\(UpdateTime(secondsSince1970: $0.seconds))") } ?? .null
            object["revoked"] = .boolean(state.catalogue.revoked[patch.patch] != nil)
            object["schemaVersion"] = nil
            return .object(object)
        }
        return JSONValue.object(["schemaVersion": .integer(1), "patches": .array(patches)]).compactText
    }
}

extension PatchDescription.Severity {
    /// What it is called.
    var text: PublicText {
        switch self {
        case .critical: .critical
        case .high: .high
        case .moderate: .moderate
        case .low: .low
        }
    }

    /// How it is coloured.
    var kind: String {
        switch self {
        case .critical: "bad"
        case .high: "warn"
        case .moderate: "thread"
        case .low: ""
        }
    }
}

extension PatchDescription.Restart {
    /// What it is called.
    var text: PublicText {
        switch self {
        case .none: .restartNone
        case .process: .restartProcess
        case .system: .restartSystem
        }
    }
}
