// SPDX-License-Identifier: Apache-2.0

import Foundation
import HostProtocol
import JSON
import LivePatch
import PatchCatalogue
import ServicePolicy
import Synchronization
import TestSupport
import UpdateFramework

/// A service of a test's own: a real repository with real keys, and answers that the test decides.
final class FakeService: Sendable {
    /// The moment at which all tests happen: 2026-12-01T00:00:00Z.
    static let now = UpdateTime(secondsSince1970: 1_796_083_200)

    /// What the service knows and does; a test changes it.
    struct Behaviour: Sendable {
        var activationKeys = ["GOOD-KEY"]
        var tickets: [String] = []
        var hosts: [HostID: HostPublicKey] = [:]
        var checkIns: [CheckIn] = []
        var registrations = 0
        var retired: Set<HostID> = []
        var orders: [Instructions.Order] = []
        var number: Int64 = 1
        var products = ["glibc", "openssl"]
        var hasLease = true
        var leaseDays: Int64 = 30
        var leaseIssued = FakeService.now
        var token = "secret-token"
        var clock = FakeService.now
        /// What is answered instead, by the path that was asked for.
        var instead: @Sendable (TestServer.Request) -> TestServer.Reply? = { _ in nil }
        /// Whose name statements have instead of the asking host's.
        var statedHost: HostID?
        /// Who signs statements instead of the service.
        var statementSigner: SigningKey?
        /// How many requests there were, by path.
        var asked: [String: Int] = [:]
    }

    let directory: TemporaryDirectory
    let tree: RepositoryTree
    let offline: SigningKey
    let online: SigningKey
    private let behaviour: Mutex<Behaviour>
    private let server: Mutex<TestServer?> = Mutex(nil)

    init() throws {
        directory = try TemporaryDirectory(in: .memory)
        tree = RepositoryTree(path: directory.path("repository"))
        offline = try SigningKey(generating: .ed25519)
        online = try SigningKey(generating: .ed25519)
        behaviour = Mutex(Behaviour())
        let holder = RootCeremony.Holders([offline.publicKey], threshold: 1)
        let machine = RootCeremony.Holders([online.publicKey], threshold: 1)
        try publish(
            try CeremonyBundle(
                beginning: [.root: holder, .targets: holder, .snapshot: machine, .timestamp: machine],
                revocations: machine, names: [:], at: Self.now))
    }

    /// Begins to answer.
    func start(certificate: TestCertificate? = nil) async throws {
        let started = try await TestServer(certificate: certificate.map { ($0.certificate, $0.key) }) {
            [self] request in
            answer(request)
        }
        server.withLock { $0 = started }
    }

    func stop() async { await server.withLock { $0 }?.stop() }

    /// The address.
    var address: String { server.withLock { $0?.address } ?? "" }
    /// The root that hosts get with the package.
    var root: String { directory.path("repository/metadata/1.root.json") }
    /// What was asked for, and what the service believes.
    var seen: Behaviour { behaviour.withLock { $0 } }

    func change(_ body: (inout Behaviour) -> Void) { behaviour.withLock { body(&$0) } }

    var repository: OnlineRepository { OnlineRepository(tree, signers: [online]) }

    func publish(_ change: CeremonyBundle, at now: UpdateTime = FakeService.now) throws {
        var change = change
        _ = try change.sign(with: offline)
        _ = try repository.publish(change, at: now)
    }

    /// Publishes a patch, and gives the order to have it.
    @discardableResult
    func add(
        _ target: String = "libc.so.6", buildID: [UInt8] = [0xab, 0xcd], level: Int, product: String = "glibc",
        rollout: String = "r1"
    ) throws -> Instructions.Order {
        let file = try SamplePatch(for: target, buildID: buildID, level: level).file()
        var bundle = try CeremonyBundle(changing: tree)
        let shelf = try PatchShelf(product: product, distribution: "debian-12")
        _ = try bundle.add(patch: file, to: shelf, severity: .high, restart: .none, at: Self.now)
        try publish(bundle)
        return Instructions.Order(
            product: product, distribution: "debian-12",
            buildID: buildID.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined(), level: level,
            patch: ArtefactID(of: file), rollout: rollout)
    }

    /// Wants these levels from now on.
    func order(_ orders: Instructions.Order...) {
        change {
            $0.orders = orders
            $0.number += 1
        }
    }

    /// Takes a patch back.
    func revoke(_ patch: ArtefactID?) throws {
        guard let patch else { return }
        _ = try repository.revoke(
            patch, because: LocalizedText(english: "It breaks.", japanese: "失敗します。"), at: Self.now)
    }
}

extension FakeService {
    private func answer(_ request: TestServer.Request) -> TestServer.Reply {
        let path = request.target
        change { $0.asked[path, default: 0] += 1 }
        if let reply = seen.instead(request) { return reply }
        if path.hasPrefix(Endpoint.metadata) { return file(path, below: "metadata") }
        if path.hasPrefix(Endpoint.targets) {
            let isOpen = path.hasSuffix("revocations.json")
            guard isOpen || request.headers["authorization"] == "Bearer \(seen.token)" else {
                return refuse(.unauthorised, 401)
            }
            return file(path, below: "targets")
        }
        do {
            switch path {
            case Endpoint.register: return try register(request)
            case Endpoint.checkIn: return try checkIn(request)
            case Endpoint.unregister:
                let host = try signer(of: request, seen.hosts)
                change {
                    $0.hosts[host] = nil
                    $0.retired.insert(host)
                }
                return .init(204)
            default: return refuse(.notFound, 404)
            }
        } catch let refusal as ServiceRefusal {
            return .init(refusal.code == .unavailable ? 503 : 403, refusal.encoded)
        } catch {
            return refuse(.badSignature, 401)
        }
    }

    private func register(_ request: TestServer.Request) throws -> TestServer.Reply {
        let registration = try Registration(parsing: request.body)
        let host = HostID(of: registration.key)
        _ = try signer(of: request, [host: registration.key])
        switch registration.credential {
        case .activationKey(let key):
            guard seen.activationKeys.contains(key) else {
                throw ServiceRefusal(.unknownKey, PolicyText("unknown key", "不明なキー"))
            }
        case .ticket(let ticket):
            guard seen.tickets.contains(ticket) else {
                throw ServiceRefusal(.unknownKey, PolicyText("unknown ticket", "不明な券"))
            }
            change { $0.tickets.removeAll { $0 == ticket } }
        }
        change {
            $0.hosts[host] = registration.key
            $0.registrations += 1
        }
        return .init(201, try answer(for: host, withInstructions: false, eventsKept: 0).encoded)
    }

    private func checkIn(_ request: TestServer.Request) throws -> TestServer.Reply {
        let host = try signer(of: request, seen.hosts)
        let message = try CheckIn(parsing: request.body)
        change { $0.checkIns.append(message) }
        let kept = message.events.map(\.number).max() ?? 0
        return .init(200, try answer(for: host, withInstructions: true, eventsKept: kept).encoded)
    }

    private func answer(for host: HostID, withInstructions: Bool, eventsKept: Int64) throws -> ServiceAnswer {
        let behaviour = seen
        let signer = behaviour.statementSigner ?? online
        let stated = behaviour.statedHost ?? host
        let issued = Moment(seconds: behaviour.leaseIssued.secondsSince1970)
        let lease = HostLease(
            host: stated,
            lease: Lease(
                issued: issued, expires: issued.adding(days: behaviour.leaseDays),
                graceEnds: issued.adding(days: behaviour.leaseDays + 14)),
            products: behaviour.products, contract: "C-1")
        let now = Moment(seconds: behaviour.clock.secondsSince1970)
        let instructions = Instructions(
            host: stated, number: behaviour.number, issued: now, expires: now.adding(days: 2), orders: behaviour.orders)
        return ServiceAnswer(
            lease: behaviour.hasLease ? try SignedStatement(lease, by: signer).value : nil,
            instructions: withInstructions ? try SignedStatement(instructions, by: signer).value : nil,
            eligibility: EligibilityAnswer(
                system: "Debian 12", products: behaviour.products, refusals: [], flags: []),
            token: behaviour.hasLease ? behaviour.token : nil, nextCheckIn: 3600, eventsKept: eventsKept, time: now)
    }

    private func signer(of request: TestServer.Request, _ known: [HostID: HostPublicKey]) throws -> HostID {
        let signature = try RequestSignature { request.headers[$0.lowercased()] }
        let host = signature.host
        if seen.retired.contains(host) { throw ServiceRefusal(.retired, PolicyText("retired", "解除済み")) }
        guard let key = known[host] else { throw ServiceRefusal(.unknownHost, PolicyText("unknown host", "不明なホスト")) }
        try signature.verify(
            method: request.method, path: request.target, body: request.body,
            at: Moment(seconds: seen.clock.secondsSince1970), by: key)
        return host
    }

    private func refuse(_ code: ServiceRefusal.Code, _ status: Int) -> TestServer.Reply {
        .init(status, ServiceRefusal(code, PolicyText("\(code)", "\(code)")).encoded)
    }

    private func file(_ path: String, below folder: String) -> TestServer.Reply {
        let name = path.split(separator: "/").dropFirst(2).joined(separator: "/")
        guard let data = FileManager.default.contents(atPath: "\(tree.path)/\(folder)/\(name)") else {
            return refuse(.notFound, 404)
        }
        return .init(200, Array(data))
    }
}
