// SPDX-License-Identifier: Apache-2.0

import HostProtocol
import JSON
import LivePatch
import ServicePolicy

/// A host as far as the service can see it.
struct SimulatedHost: Sendable {
    private let key = HostKey()
    private let facts: HostFacts
    private let activationKey: String
    private var targets: [CheckIn.Target]
    private var counter: Int64 = 0
    private var events: [CheckIn.Event] = []
    private var lastEvent: Int64 = 0

    init(number: Int, activationKey: String, builds: [String]) {
        self.activationKey = activationKey
        let releases = ["8.10", "9.4", "9.2", "8.9"]
        let release = releases[number % releases.count]
        facts = HostFacts(
            hostname: "host-\(number)", machineID: key.publicKey.text,
            osRelease: "NAME=\"AlmaLinux\"\nID=\"almalinux\"\nVERSION_ID=\"\(release)\"\n", systemRelease: nil,
            kernel: release.hasPrefix("8") ? "4.18.0-553.el8_10.x86_64" : "5.14.0-427.el9_4.x86_64", machine: "x86_64",
            platform: "KVM", hardware: .virtual, origin: .installer, tool: "0.1",
            tags: ["rack:\(number % 40)"])
        targets = builds.map {
            .init(name: "libc.so.6", buildID: $0, processes: 80, level: 0, patch: nil, patched: 0)
        }
    }

    /// The next request.
    mutating func request(_ kind: Fleet.Kind, at now: Moment) -> Fleet.Request? {
        let (path, body): (String, [UInt8])
        switch kind {
        case .registration:
            path = Endpoint.register
            body = Registration(.activationKey(activationKey), key: key.publicKey, facts: facts).encoded
        case .checkIn:
            counter += 1
            path = Endpoint.checkIn
            body =
                CheckIn(
                    counter: counter, bootID: "b1f2", facts: facts, targets: targets, events: events, holds: []
                ).encoded
        }
        return RequestSignature(method: "POST", path: path, body: body, at: now, with: key).map {
            Fleet.Request(path: path, body: body, signature: $0)
        }
    }

    /// Does what an answer orders, as far as a host can that has no processes.
    mutating func take(_ answer: ServiceAnswer, obeys: Bool) {
        events.removeAll { $0.number <= answer.eventsKept }
        guard obeys, case .object(let envelope)? = answer.instructions, case .object(let signed)? = envelope["signed"],
            let fields = try? ProtocolFields(.object(signed), path: ""),
            let instructions = try? Instructions(fields)
        else { return }
        for order in instructions.orders {
            guard let place = targets.firstIndex(where: { $0.buildID == order.buildID }),
                targets[place].level != order.level
            else { continue }
            targets[place].level = order.level
            targets[place].patch = order.patch
            targets[place].patched = order.level == 0 ? 0 : targets[place].processes
            lastEvent += 1
            events.append(
                .init(
                    number: lastEvent, time: answer.time, kind: order.level == 0 ? .reverted : .applied,
                    patch: order.patch, rollout: order.rollout, detail: ""))
        }
    }
}
