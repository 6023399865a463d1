// SPDX-License-Identifier: Apache-2.0

import Foundation
import HostProtocol
import ServicePolicy
import ServiceStore
import ServiceTesting
import TestSupport
import Testing

/// The commands on contracts, keys, hosts, rollouts, times, users and the log.
@Suite(.timeLimit(.minutes(5))) struct FleetCommandTests {
    private func json(_ person: Operator, _ command: String) throws -> [String: Any] {
        let text = try person.succeed("kaketsugi-server \(command) --data . --json")
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func list(_ person: Operator, _ command: String, _ name: String) throws -> [[String: Any]] {
        let report = try json(person, command)
        #expect(report["schemaVersion"] as? Int == 1)
        return try #require(report[name] as? [[String: Any]])
    }

    private func refuse(_ person: Operator, _ command: String, _ said: String, status: Int32 = 3) throws {
        let run = try person.run("kaketsugi-server \(command)")
        #expect(run.status == status, "\(command): \(run.output)")
        #expect(said.isEmpty || run.errors.replacing("\n", with: " ").contains(said), "\(command): \(run.errors)")
    }

    @Test func `contracts and keys are entered, shown, renewed and revoked`() throws {
        let person = try Operator()
        try person.succeed(
            """
            kaketsugi-server contracts add C-1 --customer Example --usage-from 2030-02-10 --support-from 2030-03-01 --data .
            kaketsugi-server contracts renew C-1 --data .
            """)
        let contract = try #require(try list(person, "contracts list", "contracts").first)
        #expect(contract["usageTo"] as? String == "2032-02-09")
        #expect(contract["supportTo"] as? String == "2031-02-28")
        #expect(contract["isUsageValid"] as? Bool == false)
        try refuse(person, "contracts add C-1 --customer x --data .", "the database refuses the change")
        try refuse(person, "contracts renew C-2 --data .", "there is no contract C-2")

        let made = try #require(
            try list(person, "activation-keys add --contract C-1 --limit 3 --group web", "keys").first)
        let (key, id) = (try #require(made["key"] as? String), try #require(made["id"] as? String))
        #expect(try ActivationKeySecret(reading: key).id == id)
        let listed = try #require(try list(person, "activation-keys list", "keys").first)
        #expect(listed["key"] == nil)
        #expect(listed["limit"] as? Int == 3)
        // The key is nowhere in what is stored.
        for (_, contents) in try person.files(below: ".") { #expect(contents.range(of: Data(key.utf8)) == nil) }
        _ = try json(person, "activation-keys revoke \(id)")
        #expect(try list(person, "activation-keys list", "keys").first?["revoked"] is String)
        try refuse(person, "activation-keys revoke 12345678 --data .", "there is no activation key 12345678")
        try refuse(person, "activation-keys add --contract C-9 --data .", "there is no contract C-9")
        try refuse(
            person, "activation-keys add --contract C-1 --limit 0 --data .", "A limit is at least 1.", status: 64)
    }

    @Test func `users and times are entered, and the log has it all`() throws {
        let person = try Operator(language: "ja_JP.UTF-8")
        try person.directory.write("correct horse battery\n", to: "password")
        try person.directory.write("short\n", to: "short")
        try person.succeed(
            """
            kaketsugi-server users add alice --role operator --password-file password --data .
            kaketsugi-server users password alice --password-file password --data .
            kaketsugi-server maintenance add --from 2030-01-01T00:00:00Z --to 2030-01-01T03:00:00Z --text-ja 交換 --data .
            kaketsugi-server maintenance add --designated-day 2030-05-01 --data .
            kaketsugi-server maintenance add --group web --weekly sat,sun,23:00-02:00 --data .
            """)
        #expect(try list(person, "users list", "users").first?["role"] as? String == "operator")
        try refuse(person, "users add alice --password-file password --data .", "すでに登録されています")
        try refuse(person, "users add bob --password-file short --data .", "12 文字以上")
        let times = try list(person, "maintenance list", "maintenance")
        #expect(times.map { $0["kind"] as? String } == ["planned", "designatedDay", "groupWindow"])
        #expect(times[0]["isUnannounced"] as? Bool == false)
        #expect(times[2]["to"] as? String == "02:00")
        try refuse(person, "maintenance add --group web --weekly 23:00-02:00 --data .", "時間帯の指定として正しくありません")
        try refuse(person, "maintenance add --group web --weekly sun,25:00-02:00 --data .", "時間帯の指定として正しくありません")

        let log = try list(person, "audit list", "entries")
        #expect(log.count == 5)
        let head = try #require(log.first?["hash"] as? String)
        let verdict = try json(person, "audit verify --known \(head)")
        #expect(verdict["isIntact"] as? Bool == true)
        #expect(verdict["entries"] as? Int == 5)
        try refuse(person, "audit verify --known 00 --data .", "")
        #expect(try person.succeed("kaketsugi-server audit verify --data .").contains("書き込み時のままです"))
    }

    @Test func `hosts and rollouts are shown and changed`() async throws {
        let person = try Operator()
        try person.takeRepository()
        try person.succeed("kaketsugi-server publish change --repository repository \(Operator.online)")
        let store = try await ServiceStore(at: .folder(person.directory.path))
        let fleet = try await SampleFleet(store)
        for name in ["alpha", "beta", "beta"] {
            var host = SampleHost(name)
            if name == "alpha" { host.note(.failed, nil, nil) }
            _ = try await fleet.register(&host)
            _ = try await fleet.checkIn(&host, at: SampleFleet.start)
        }
        await store.close()
        #expect(try list(person, "hosts list --order seen", "hosts").count == 3)
        #expect(try list(person, "hosts list --text alp", "hosts").first?["hostname"] as? String == "alpha")
        let shown = try json(person, "hosts show alpha")
        #expect((shown["events"] as? [[String: Any]])?.first?["kind"] as? String == "failed")
        try refuse(person, "hosts show beta --data .", "several hosts are called beta")
        try refuse(person, "hosts show gamma --data .", "there is no host gamma")
        _ = try json(person, "hosts retire alpha")
        #expect(try list(person, "hosts list --state retired", "hosts").count == 1)

        let patch = try #require(
            try person.succeed("sha256sum one.mend").split(separator: " ").first.map(String.init))
        let begun = try list(
            person, "rollouts add 'OpenSSL' --patch \(patch.prefix(12)) --ring canary --ring all", "rollouts")
        let id = try #require(begun.first?["id"] as? String)
        try refuse(person, "rollouts add x --patch 0000000000 --data .", "no patch is named")
        try refuse(
            person, "rollouts add x --patch \(patch) --ring all --ring canary --data .", "only be the first ring")
        try refuse(person, "rollouts add x --patch \(patch) --ring some --data .", "", status: 64)
        try refuse(person, "rollouts finish \(id) --data .", "confirm with --yes")
        _ = try json(person, "rollouts halt \(id) --reason slow --roll-back")
        try refuse(person, "rollouts finish \(id) --yes --data .", "is halted; resume it first")
        _ = try json(person, "rollouts resume \(id)")
        _ = try json(person, "rollouts finish \(id) --yes")
        let report = try json(person, "rollouts show \(id)")
        let steps = try #require(report["steps"] as? [[String: Any]])
        #expect(steps.map { $0["kind"] as? String } == ["begun", "halted", "resumed", "finished"])
        #expect(try list(person, "rollouts list", "rollouts").first?["state"] as? String == "finished")
        #expect(try person.succeed("kaketsugi-server rollouts show \(id) --data .").contains("canary"))
    }

    @Test func `a database that cannot be reached is said so`() throws {
        let person = try Operator()
        try refuse(person, "contracts list --database postgres://x@127.0.0.1:1/x", "the database does not answer")
        try refuse(person, "contracts list --database mysql://x", "is no database")
        try refuse(person, "contracts list --data /nowhere/at/all", "the database does not answer")
    }
}
