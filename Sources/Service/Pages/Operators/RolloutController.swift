// SPDX-License-Identifier: Apache-2.0

internal import Director
internal import HostProtocol
internal import Hummingbird
internal import LivePatch
internal import ServicePolicy
internal import ServiceStore

/// Rollouts: what comes to which hosts, ring by ring.
struct RolloutController: Sendable {
    let desk: Desk
    let seat: DirectorSeat

    func addRoutes(to router: Router<PageContext>) {
        router.get("/rollouts", use: list)
        router.post("/rollouts", use: begin)
        router.get("/rollouts/:rollout", use: show)
        router.post("/rollouts/:rollout", use: steer)
    }

    @Sendable private func list(_ request: Request, _ context: PageContext) async throws -> Response {
        let visitor = try Forms.visitor(context)
        let rollouts = try await desk.store.read { records in
            try records.rollouts().prefix(200).map { ($0, try records.tally(ofRollout: $0.id)) }
        }
        let view = RolloutsView(rollouts, desk.watch.state.catalogue, visitor, context.language)
        return desk.page(view, .rollouts, request, context)
    }

    private func commander() throws(PageFailure) -> Director {
        guard let director = seat.director else {
            throw .refused("the server has no key to sign with; start it with --key")
        }
        return director
    }

    @Sendable private func begin(_ request: Request, _ context: PageContext) async throws -> Response {
        let (visitor, fields) = try await desk.forms.read(request, context)
        let director = try commander()
        let patches = fields.all("patch").compactMap { ArtefactID(hexadecimal: $0) }
        let rings: [Ring]
        if let text = fields["rings"] {
            rings = try text.split(whereSeparator: \.isNewline).map { line in
                guard let ring = RingText.ring(String(line)) else {
                    throw PageFailure.refused("\"\(line.prefix(60))\" is no ring")
                }
                return ring
            }
        } else {
            rings = Ring.usual
        }
        let rollout: RolloutRecord
        do throws(DirectorError) {
            rollout = try await director.beginRollout(
                fields["title"] ?? "", of: patches, rings: rings, by: visitor.name, at: desk.now)
        } catch {
            throw Self.failure(error)
        }
        return Desk.done("/rollouts/\(rollout.id)")
    }

    @Sendable private func show(_ request: Request, _ context: PageContext) async throws -> Response {
        let visitor = try Forms.visitor(context)
        guard let id = context.parameters.get("rollout") else { throw PageFailure.notFound }
        let found = try await desk.store.read { records -> RolloutView.Found? in
            guard let rollout = try records.rollout(id) else { return nil }
            let failed =
                try records.grants(ofRollout: id, outcome: .failed, page: Page(limit: 20))
                + records.grants(ofRollout: id, outcome: .silent, page: Page(limit: 20))
            var names: [String: String] = [:]
            for grant in failed { names[grant.host.text] = try records.host(grant.host)?.facts.hostname }
            return RolloutView.Found(
                rollout: rollout, tally: try records.tally(ofRollout: id), steps: try records.steps(of: id),
                failed: failed, names: names,
                grants: try records.grants(ofRollout: id, page: Page(limit: 1000)))
        }
        guard let found else { throw PageFailure.notFound }
        let view = RolloutView(found, visitor, context.language, desk.now)
        return desk.page(
            view, found.rollout.title, request, context, refresh: found.rollout.state == .running ? 10 : nil)
    }

    @Sendable private func steer(_ request: Request, _ context: PageContext) async throws -> Response {
        let (visitor, fields) = try await desk.forms.read(request, context)
        let director = try commander()
        guard let id = context.parameters.get("rollout") else { throw PageFailure.notFound }
        let (author, now) = (visitor.name, desk.now)
        do throws(DirectorError) {
            switch fields["do"] {
            case "halt":
                guard let reason = fields["reason"], reason.utf8.count <= 512 else { throw DirectorError.badText("") }
                try await director.halt(
                    rollout: id, because: reason, rollBack: fields["back"] != nil, by: author, at: now)
            case "resume": try await director.resume(rollout: id, by: author, at: now)
            case "finish": try await director.finish(rollout: id, by: author, at: now)
            default: throw DirectorError.badText(fields["do"] ?? "")
            }
        } catch {
            throw Self.failure(error)
        }
        return Desk.done("/rollouts/\(id)")
    }

    /// What an operator is told; what the database says is for the log.
    private static func failure(_ error: DirectorError) -> any Error {
        switch error {
        case .store(.noSuch): PageFailure.notFound
        case .store(let error): error
        default: PageFailure.refused("\(error)")
        }
    }
}

/// Rings as a form has them, one a line: `10% success=90% failure=5% bake=60 silence=240`, with times in minutes.
enum RingText {
    /// The ring of a line; nil if it is none.
    static func ring(_ line: String) -> Ring? {
        let words = line.split(separator: " ").map(String.init)
        guard let first = words.first, let members = Ring.Members(first) else { return nil }
        var ring = Ring(members)
        if members == .canary { ring.success = .count(1) }
        for word in words.dropFirst() {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { return nil }
            switch parts[0] {
            case "success":
                guard let threshold = Ring.Threshold(parts[1]) else { return nil }
                ring.success = threshold
            case "failure":
                guard let threshold = Ring.Threshold(parts[1]) else { return nil }
                ring.failure = threshold
            case "bake", "silence":
                guard let minutes = Int64(parts[1]), (0...100_000).contains(minutes) else { return nil }
                if parts[0] == "bake" { ring.bake = minutes * 60 } else { ring.silence = minutes * 60 }
            default: return nil
            }
        }
        return ring
    }

    /// The line of a ring.
    static func line(_ ring: Ring) -> String {
        "\(ring.members) success=\(ring.success) failure=\(ring.failure) bake=\(ring.bake / 60) silence=\(ring.silence / 60)"
    }
}
