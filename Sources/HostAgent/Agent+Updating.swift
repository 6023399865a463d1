// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport
package import HostProtocol
internal import LinuxSystem
internal import LivePatch
package import PatchCatalogue
internal import ServicePolicy
internal import UpdateFramework

extension Agent {
    /// Where an update comes from.
    package enum Source: Sendable {
        /// The service.
        case service
        /// A folder with a repository, which the administrator wants applied; the folder, and a root to trust.
        case medium(String, root: String?)
    }

    /// What an update came to.
    package struct Outcome: Sendable {
        /// What was decided, build by build.
        package var decisions: [Decision]
        /// What became of those that were to be done, by build ID.
        package var results: [String: Result] = [:]
        /// Why the service, or its repository, was of no use; what was decided comes from what is kept then.
        package var trouble: AgentError?
        /// When to come again; nil where nobody has said.
        package var nextCheckIn: Int64?

        /// What became of a build.
        package enum Result: Hashable, Sendable {
            /// It holds in all processes.
            case done(RunReport)
            /// It holds in some.
            case partly(RunReport)
            /// It holds in none, for a reason.
            case failed(String)
        }
    }

    /// Asks, decides, and does what is to be done.
    ///
    /// - Parameters:
    ///   - source: where the update comes from.
    ///   - acts: whether it is done, and not only decided.
    /// - Returns: What was decided, and what came of it.
    /// - Throws: `AgentError` where nothing could be decided.
    package func update(from source: Source, acts: Bool) async throws(AgentError) -> Outcome {
        // One at a time: check-ins that overtook each other would look like those of a copy.
        try onSystem { () throws(SystemError) in try places.prepare() }
        let lock: HeldLock
        do throws(SystemError) { lock = try await HeldLock.hold(places.metadata) } catch { throw .system(error) }
        defer { withExtendedLifetime(lock) {} }
        // A host that has no daemon looks back here.
        try lookBack()
        tell(.step(.survey))
        let targets = try await runner.survey()
        switch source {
        case .service: return try await updateFromService(targets, acts: acts)
        case .medium(let folder, let root): return try await updateFromMedium(folder, root: root, targets, acts: acts)
        }
    }

    private func updateFromService(_ targets: [CheckIn.Target], acts: Bool) async throws(AgentError) -> Outcome {
        guard let registration = try store.read().registration else { throw .notRegistered }
        let address = try Self.address(registration.server)
        let certificates = settings.certificates ?? registration.certificates
        return try await withHTTP(certificates: certificates) { (http) async throws(AgentError) in
            let service = ServiceClient(http, server: address)
            var session: RepositorySession?
            var trouble: AgentError?
            do throws(AgentError) {
                let answer = try await checkIn(service, targets: targets)
                var opened = try await openRepository(http, address, token: answer.token)
                // The list first: whatever else there is, what is taken back must be known.
                try keep(try await opened.revocations())
                let keys = try await opened.serviceKeys()
                if let host = try store.key()?.host { try believe(answer, by: keys, for: host) }
                session = opened
                if let instructions = try store.read().keptInstructions {
                    try await learn(instructions.orders, &session)
                }
            } catch {
                // Out of reach, or not to be believed: what was believed before holds for its time.
                trouble = error
            }
            let state = try store.read()
            let situation = situation(state, .service(state.keptInstructions), targets)
            var outcome = Outcome(
                decisions: situation.decisions(), trouble: trouble, nextCheckIn: state.answer?.nextCheckIn)
            guard acts else { return outcome }
            let before = state.lastEvent
            await execute(&outcome, &session)
            // The director hears at once how it went; if it does not, the next check-in tells.
            if trouble == nil, (try? store.read().lastEvent) != before, let now = try? await runner.survey() {
                _ = try? await checkIn(service, targets: now)
            }
            return outcome
        }
    }

    private func updateFromMedium(
        _ folder: String, root: String?, _ targets: [CheckIn.Target], acts: Bool
    ) async throws(AgentError) -> Outcome {
        tell(.step(.repository))
        guard try trustGivenRoot(root) else { throw .noTrustedRoot }
        let now = now(try store.read())
        var session = try await RepositorySession(
            places, metadata: DirectoryFetcher(directory: folder + "/metadata"),
            targets: [DirectoryFetcher(directory: folder + "/targets")],
            at: UpdateTime(secondsSince1970: now.seconds))
        let revocations = try await session.revocations()
        try keep(revocations)
        let system = HostFacts(of: places, hardware: .undeclared, origin: .undeclared, tags: [], tool: "").system.system
        let orders = try await session.highestLevels(
            for: targets, system: system?.distribution.rawValue, without: revocations)
        var opened: RepositorySession? = session
        try await learn(orders, &opened)
        let state = try store.change { (state) throws(AgentError) in
            noteFreshness(in: &state)
            return state
        }
        var outcome = Outcome(
            decisions: situation(state, .administrator(orders), targets).decisions(),
            nextCheckIn: state.answer?.nextCheckIn)
        if acts { await execute(&outcome, &opened) }
        return outcome
    }

    /// All that a decision needs to know.
    package func situation(
        _ state: HostState, _ director: Situation.Director, _ targets: [CheckIn.Target]
    ) -> Situation {
        Situation(
            now: now(state), off: places.off, halt: state.halt, lease: state.keptLease, director: director,
            revocations: keptRevocations, holds: state.holds, suspects: Set(state.suspects),
            accepted: state.accepted, targets: targets)
    }

    /// The list of revocations of the last look into a repository.
    package var keptRevocations: RevocationList? {
        try? RepositorySession.revocations(in: places.targets + "/" + RevocationList.path.text)
    }

    /// Remembers the number of a list, and refuses an older one.
    private func keep(_ list: RevocationList) throws(AgentError) {
        try store.change { (state) throws(AgentError) in
            guard list.number >= state.revocations else {
                throw .olderRevocations(kept: state.revocations, offered: list.number)
            }
            state.revocations = list.number
        }
    }

    /// Keeps what the repository says of ordered patches, for people and for hosts without a connection.
    private func learn(_ orders: [Instructions.Order], _ session: inout RepositorySession?) async throws(AgentError) {
        var known: [KnownPatch] = []
        for order in orders {
            guard let patch = order.patch else { continue }
            do throws(AgentError) {
                guard let description = try await session?.describe(order) else { continue }
                known.append(KnownPatch(patch: patch, description: description))
            } catch {
                tell(.warning(error.text))
            }
        }
        let found = known
        try store.change { (state) throws(AgentError) in
            let kept = Set(state.accepted.map(\.patch) + state.previous.map(\.patch))
            let new = Set(found.map(\.patch))
            state.known = found + state.known.filter { kept.contains($0.patch) && !new.contains($0.patch) }
        }
    }
}
