// SPDX-License-Identifier: Apache-2.0

package import Director
package import HostProtocol
internal import JSON
package import LivePatch
package import PatchCatalogue
package import ServicePolicy
package import ServiceStore
package import UpdateFramework

/// A service with a contract, an activation key, a few patches, and hosts as tests need them.
package struct SampleFleet: Sendable {
    /// The records.
    package let store: ServiceStore
    /// The director.
    package let director: Director
    /// The activation key.
    package let secret: ActivationKeySecret
    /// The key with which statements are signed.
    package let signer: SigningKey

    /// When tests begin: 2027-01-15, a Friday.
    package static let start = Moment(seconds: 1_799_971_200)
    /// The build of the sample target.
    package static let build = "aa01"
    /// The contract.
    package static let contract = "C-1"

    /// Makes the service in records.
    package init(
        _ store: ServiceStore, limit: Int? = nil, products: [String] = [], policy: DirectorPolicy = DirectorPolicy(),
        levels: Int = 3
    ) async throws {
        self.store = store
        signer = try SigningKey(generating: .ed25519)
        let secret = ActivationKeySecret()
        self.secret = secret
        director = try await Director(
            store: store, signer: signer, catalogue: Self.catalogue(levels: levels), policy: policy)
        try await store.write { records in
            try records.add(
                Contract(
                    id: Self.contract, customer: "Example", products: [], declared: "", created: Self.start,
                    terms: [.init(.usageRight, EntitlementTerm(from: Self.start.dayInTokyo))]))
            try records.add(
                ActivationKey(
                    secret, contract: Self.contract, limit: limit, expires: nil, group: "web", products: products,
                    note: "", created: Self.start))
        }
    }

    /// The identity of a patch of the sample target.
    package static func patch(_ level: Int, build: String = build) -> ArtefactID {
        ArtefactID(of: Array("\(build) \(level)".utf8))
    }

    /// Patches of the sample target, each of which fixes one thing more.
    package static func catalogue(levels: Int, revoked: [ArtefactID] = []) throws -> PublishedCatalogue {
        var patches: [PublishedPatch] = []
        for level in stride(from: 1, through: levels, by: 1) {
            let custom: JSONObject = [
                "schemaVersion": .integer(1), "product": .string("glibc"), "distribution": .string("almalinux-9"),
                "target": .string("libc.so.6"), "buildID": .string(build), "level": .integer(Int64(level)),
                "cves": .array((1...level).map { .string("CVE-2026-000\($0)") }), "severity": .string("high"),
                "restart": .string("none"), "proof": .array([]), "package": .string("glibc-2.34-100.el9"),
            ]
            patches.append(
                PublishedPatch(
                    path: TargetPath("glibc/almalinux-9/\(build)/\(level).mend"), patch: patch(level), length: 100,
                    description: try PatchDescription(custom: custom)))
        }
        let time = UpdateTime(secondsSince1970: start.seconds)
        let entries = revoked.map {
            ($0, RevocationList.Entry(patch: $0, reason: LocalizedText(english: "bad"), since: time))
        }
        return PublishedCatalogue(patches, revoked: Dictionary(uniqueKeysWithValues: entries))
    }

    /// Registers a host.
    package func register(_ host: inout SampleHost, at now: Moment = start) async throws -> ServiceAnswer {
        try await director.register(
            Registration(.activationKey(secret.text), key: host.key.publicKey, facts: host.facts), from: "192.0.2.1",
            at: now)
    }

    /// Lets a host check in.
    package func checkIn(_ host: inout SampleHost, at now: Moment) async throws -> ServiceAnswer {
        try await director.checkIn(host.next(), of: host.key.host, at: now)
    }

    /// What the director wants, with its signature checked.
    package func orders(in answer: ServiceAnswer, of host: SampleHost) throws -> [Instructions.Order] {
        guard let value = answer.instructions else { return [] }
        let keys = RoleKeys(keys: [signer.publicKey.id: signer.publicKey], threshold: 1)
        return try SignedStatement<Instructions>(value, by: keys, for: host.key.host).content.orders
    }
}

extension Director {
    /// Takes a message as a host would send it.
    package func checkIn(
        _ message: CheckIn, of host: HostID, at now: Moment
    ) async throws(ServiceRefusal) -> ServiceAnswer {
        try await checkIn(message, digest: RequestSignature.digest(of: message.encoded), of: host, at: now)
    }
}

/// A host that does what it is told.
package struct SampleHost: Sendable {
    /// Its key.
    package var key = HostKey()
    /// Its facts.
    package var facts: HostFacts
    /// Its check-ins so far.
    package var counter: Int64 = 0
    /// Its boot.
    package var bootID = "boot-1"
    /// What it uses.
    package var targets: [CheckIn.Target]
    /// What happened since the last check-in.
    package var events: [CheckIn.Event] = []
    /// What its administrator holds.
    package var holds: [CheckIn.Hold] = []
    /// How many events there were.
    package var eventCount: Int64 = 0

    /// A host of AlmaLinux 9.
    package init(_ name: String, tags: [String] = []) {
        facts = HostFacts(
            hostname: name, machineID: String(repeating: "0", count: 64 - min(name.utf8.count, 64)) + name,
            osRelease: "ID=almalinux\nNAME=\"AlmaLinux\"\nVERSION_ID=\"9.4\"\n", systemRelease: nil,
            kernel: "5.14.0-427.13.1.el9_4.x86_64", machine: "x86_64", platform: "QEMU Standard PC", hardware: .virtual,
            origin: .installer, tool: "1.0", tags: tags)
        targets = [
            .init(name: "libc.so.6", buildID: SampleFleet.build, processes: 10, level: 0, patch: nil, patched: 0)
        ]
    }

    /// The next check-in.
    package mutating func next() -> CheckIn {
        counter += 1
        let message = last()
        events = []
        return message
    }

    /// The check-in with the present number.
    package func last() -> CheckIn {
        CheckIn(counter: counter, bootID: bootID, facts: facts, targets: targets, events: events, holds: holds)
    }

    /// Does what it is told.
    package mutating func obey(_ orders: [Instructions.Order], at now: Moment = SampleFleet.start) {
        for order in orders {
            guard let place = targets.firstIndex(where: { $0.buildID == order.buildID }),
                targets[place].level != order.level
            else { continue }
            targets[place].level = order.level
            targets[place].patch = order.patch
            targets[place].patched = order.patch == nil ? 0 : targets[place].processes
            note(order.level == 0 ? .reverted : .applied, order.patch, order.rollout, at: now)
        }
    }

    /// Something happens on the host.
    package mutating func note(
        _ kind: CheckIn.Event.Kind, _ patch: ArtefactID?, _ rollout: String?, at now: Moment = SampleFleet.start
    ) {
        eventCount += 1
        events.append(
            .init(number: eventCount, time: now, kind: kind, patch: patch, rollout: rollout, detail: "it happened"))
    }
}
