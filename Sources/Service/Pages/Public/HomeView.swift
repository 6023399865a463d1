// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import PatchCatalogue
internal import ServicePolicy
internal import ServiceStore
internal import UpdateFramework

/// How the service is, in one sentence.
struct ServiceStateView: Sendable {
    var kind: String
    var title: String
    var text: String

    init(_ state: RepositoryState, windows: [MaintenanceRecord], at now: Moment, in language: PageLanguage) {
        func say(_ kind: String, _ title: PublicText, _ text: PublicText) -> (String, String, String) {
            (kind, title.text(in: language), text.text(in: language))
        }
        let current = windows.first { $0.window.starts <= now && now < $0.window.ends }
        switch state.expiries(at: now)?.worst {
        case nil: (kind, title, text) = say("warn", .stateEmpty, .stateEmptyText)
        case .expired: (kind, title, text) = say("bad", .stateExpired, .stateExpiredText)
        case .soon: (kind, title, text) = say("warn", .stateSoon, .stateSoonText)
        case .good: (kind, title, text) = say("good", .stateGood, .stateGoodText)
        }
        if let current {
            (kind, title, _) = say("warn", .stateMaintenance, .stateMaintenanceText)
            text = language.text(current.text) + " " + PublicText.stateMaintenanceText.text(in: language)
        }
    }
}

/// The first page.
struct HomeView: PageView {
    static let template = "home"
    let state: ServiceStateView
    let patches: Int
    let builds: Int
    let vulnerabilities: Int
    let systems: Int
    let install: String
    let hasAuthority: Bool

    init(
        state: ServiceStateView, catalogue: PublishedCatalogue, policy: CoveragePolicy, _ installation: Installation,
        for request: Request,
        _ context: PageContext
    ) {
        self.state = state
        install = installation.command(for: request, context)
        hasAuthority = installation.authority != nil
        patches = catalogue.patches.count
        builds = Set(catalogue.patches.map(\.description.buildID)).count
        vulnerabilities = Set(catalogue.patches.flatMap(\.description.vulnerabilities)).count
        systems = policy.rows.count
    }
}
