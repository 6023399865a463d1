// SPDX-License-Identifier: Apache-2.0

import Foundation
import HostProtocol
import LivePatch
import Service
import ServicePolicy
import ServiceStore
import TestSupport

/// A host as the service sees one: a key, and messages signed with it.
struct TestHost {
    var key = HostKey()
    var name = "host"
    var machine = String(repeating: "a", count: 64)
    var group = ""
    var tags: [String] = []

    /// What it says of itself.
    var facts: HostFacts {
        HostFacts(
            hostname: name, machineID: machine,
            osRelease: "ID=debian\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\n", systemRelease: nil,
            kernel: "6.1.0-28-amd64", machine: "x86_64", platform: "QEMU Standard PC", hardware: .virtual,
            origin: .installer, tool: "0.1.0", tags: tags)
    }

    /// The fields that sign a request.
    func signed(
        _ path: String, _ body: [UInt8], at moment: Moment = .now, by key: HostKey? = nil
    ) throws -> [(String, String)] {
        guard
            let signature = RequestSignature(method: "POST", path: path, body: body, at: moment, with: key ?? self.key)
        else { throw CommandFailure(description: "no random numbers") }
        return signature.headers.map { ($0.name, $0.value) }
    }

    /// Registers.
    func register(_ activationKey: String, at server: Server) async throws -> Reply {
        let body = Registration(.activationKey(activationKey), key: key.publicKey, facts: facts).encoded
        return try await server.request("POST", Endpoint.register, try signed(Endpoint.register, body), body)
    }

    /// A check-in.
    func checkIn(
        _ counter: Int64, _ targets: [CheckIn.Target] = [], _ events: [CheckIn.Event] = [], _ holds: [CheckIn.Hold] = []
    ) -> CheckIn {
        CheckIn(
            counter: counter, bootID: "boot-\(key.host)", facts: facts, targets: targets, events: events, holds: holds)
    }

    /// Checks in.
    func send(_ checkIn: CheckIn, to server: Server) async throws -> Reply {
        let body = checkIn.encoded
        return try await server.request("POST", Endpoint.checkIn, try signed(Endpoint.checkIn, body), body)
    }
}

extension Site {
    /// Enters a contract with an activation key into the records; the key.
    func activationKey(limit: Int? = nil, products: [String] = []) async throws -> String {
        let store = try await ServiceStore(at: .folder(directory.path))
        let secret = ActivationKeySecret()
        try await store.write { records in
            if try records.contract("C-1") == nil {
                try records.add(
                    Contract(
                        id: "C-1", customer: "Example", products: [], declared: "", created: .now,
                        terms: [.init(.usageRight, EntitlementTerm(from: Moment.now.dayInTokyo))]))
            }
            try records.add(
                ActivationKey(
                    secret, contract: "C-1", limit: limit, expires: nil, group: "web", products: products, note: "",
                    created: .now))
        }
        await store.close()
        return secret.text
    }
}
