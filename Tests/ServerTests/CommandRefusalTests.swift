// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// What the operator's commands refuse, and how they say it.
@Suite(.timeLimit(.minutes(5))) struct CommandRefusalTests {
    /// A command, and a part of what it must say, in English and in Japanese.
    private func expect(
        _ person: Operator, _ script: String, _ english: String, status: Int32 = 3,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let command = try person.run(script)
        #expect(command.status == status, "\(script)\n\(command.errors)", sourceLocation: sourceLocation)
        let said = command.errors.unwrapped
        #expect(said.contains(english), "\(command.errors)", sourceLocation: sourceLocation)
    }

    @Test func `slips of operators are refused, and change nothing`() throws {
        let person = try Operator()
        try person.takeRepository()
        try person.succeed(Operator.add("good"))
        try person.directory.write("wrong\n", to: "other-passphrase")
        try person.directory.write("\n", to: "no-passphrase")
        try person.directory.write("no patch", to: "junk.mend")
        let before = try person.files(below: "repository")
        let sign = "kaketsugi-server keys sign good --root root.json --yes"
        try expect(
            person, "\(sign) --key keys/targets-alice --passphrase-file other-passphrase", "the passphrase is wrong")
        try expect(person, "\(sign) --key keys/targets-alice --passphrase-file no-passphrase", "passphrase is empty")
        try expect(person, "\(sign) --key keys/targets-alice", "there is no terminal to ask for the passphrase")
        try expect(
            person, "\(sign) --key keys/targets-alice.pub --passphrase-file passphrase", "key file.scheme is missing")
        try expect(person, "\(sign) --key keys/nobody --passphrase-file passphrase", "No such file or directory")
        try expect(person, "\(sign) --key keys/snapshot --passphrase-file passphrase", "none of those whose signatures")
        try expect(
            person,
            "kaketsugi-server keys sign good --root root.json --key keys/targets-alice --passphrase-file passphrase",
            "nothing was signed; confirm the above with --yes")
        try expect(
            person,
            "kaketsugi-server keys sign good --first --yes --key keys/targets-alice --passphrase-file passphrase",
            "the first root of a repository follows none")
        try expect(
            person, "kaketsugi-server keys create keys/snapshot --holder x --passphrase-file passphrase",
            "a key is never overwritten")
        try expect(
            person, "kaketsugi-server keys create keys/cheap --holder x --work 9 --passphrase-file passphrase",
            "too cheap or too dear")
        let add = "--repository repository --severity low --distribution debian-12 --product"
        try expect(person, "kaketsugi-server add x junk.mend \(add) openssl", "it is no live patch")
        try expect(person, "kaketsugi-server add x one.mend \(add) ../x", "cannot be a product or a distribution")
        try expect(person, "kaketsugi-server add good one.mend \(add) openssl", "holds a change already")
        try expect(person, "kaketsugi-server add x one.mend \(add) openssl --severity bad", "severity", status: 64)
        try expect(person, "kaketsugi-server withdraw x nothing --repository repository", "no role has a target")
        try expect(person, "kaketsugi-server keys renew x --repository repository --within 5", "proposes nothing")
        try expect(person, "kaketsugi-server keys rotate x --repository repository", "Give --replace", status: 64)
        try expect(person, "kaketsugi-server keys show keys --root root.json", "is no bundle of a change")
        try expect(person, "kaketsugi-server keys status --repository nowhere", "is missing")
        try expect(person, "kaketsugi-server export mirror --repository nowhere", "No such file or directory")
        let lift = "kaketsugi-server revoke one.mend --repository repository --lift"
        try expect(person, "\(lift) \(Operator.online)", "nothing to change")
        try expect(
            person,
            "kaketsugi-server publish good --repository repository --key keys/snapshot --passphrase-file passphrase",
            "metadata of \"timestamp\" has 0 signatures that count, and needs 1")
        try expect(
            person, "rm -r good/proposed; kaketsugi-server keys show good --root root.json",
            "\"targets.json\" is missing")
        #expect(try person.files(below: "repository") == before)
    }

    @Test func `a bundle of another repository is refused everywhere`() throws {
        let person = try Operator()
        let stranger = try Operator()
        try person.takeRepository()
        try stranger.beginRepository()
        try person.succeed("cp -r '\(stranger.directory.path("change"))' foreign; " + Operator.add("own"))
        let before = try person.files(below: "repository")
        let said = "the bundle is of another repository"
        try expect(person, "kaketsugi-server keys show foreign --root root.json", said)
        try expect(
            person,
            "kaketsugi-server keys sign foreign --root root.json --key keys/targets-alice --passphrase-file passphrase --yes",
            said)
        try expect(person, "kaketsugi-server publish foreign --repository repository \(Operator.online)", said)
        try expect(person, "kaketsugi-server keys merge own foreign", said)
        #expect(try person.files(below: "repository") == before)
    }

    @Test func `signers that misbehave are refused`() throws {
        let person = try Operator()
        try person.takeRepository()
        let before = try person.files(below: "change")
        for (command, said) in [
            ("false", "ended with status 1"), ("true", "gave no signature"),
            ("cat /dev/zero", "gave more than 2048 bytes"),
            ("head -c 64 /dev/zero", "does not verify"), ("kill -9 $$", "ended with status"),
        ] {
            try expect(
                person,
                "kaketsugi-server keys sign change --root root.json --signer '\(command)' "
                    + "--public-key keys/targets-alice.pub --yes", said)
        }
        #expect(try person.files(below: "change") == before)
    }

    @Test func `operators are spoken to in Japanese, and programs in JSON`() throws {
        let person = try Operator(language: "ja_JP.UTF-8")
        try person.takeRepository()
        try expect(
            person,
            "kaketsugi-server publish first --repository other --key keys/snapshot --passphrase-file passphrase",
            "ロール revocations の有効な署名は 0 個です。1 個必要です")
        let shown = try person.succeed("kaketsugi-server keys show first --first")
        #expect(shown.contains("root に必要な署名は 2 個") && shown.contains("署名がそろいました"))
        for command in [
            "keys show first --first", "keys list --repository repository", "keys status --repository repository",
            "export mirror --repository repository", "resign --repository repository \(Operator.online)",
        ] {
            let output = try person.succeed("kaketsugi-server \(command) --json")
            let object = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
            #expect(object?["schemaVersion"] as? Int == 1, "\(command): \(output)")
        }
    }

    @Test func `a passphrase is asked for at the terminal, twice for a new key, and not shown`() throws {
        let person = try Operator()
        try person.takeRepository()
        let command = try python("terminal.py", [try Operator.programs() + "/kaketsugi-server", person.directory.path])
        #expect(command.status == 0, "\(command.errors)")
    }

    @Test func `coverage is told as a table and for one system, with clauses`() throws {
        let person = try Operator()
        let table = try person.succeed("kaketsugi-server coverage")
        #expect(table.contains("AlmaLinux 9.x") && table.contains("Debian 12") && table.contains("as of 2023-12-01"))
        #expect(!(try person.succeed("kaketsugi-server coverage --standard-only")).contains("Debian"))
        try person.directory.write("NAME=\"CentOS Stream\"\nID=centos\nVERSION_ID=9\n", to: "stream")
        let ask = "kaketsugi-server coverage --os-release stream --kernel 5.14.0-391.el9.x86_64"
        let stream = try person.run(ask)
        #expect(stream.status == 3 && stream.output.contains("LP-2.1-※2: CentOS Stream is out of scope"))
        let json = try person.run("\(ask) --json")
        let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        #expect(object?["isEligible"] as? Bool == false && object?["schemaVersion"] as? Int == 1)
        try person.directory.write("CentOS release 6.10 (Final)\n", to: "six")
        let six = try person.succeed(
            "kaketsugi-server coverage --system-release six --kernel 2.6.32-754.35.1.el6.x86_64")
        #expect(six.contains("covered as CentOS 6.x: kernel") && six.contains("LP-2.1-5"))
        #expect(try person.run("kaketsugi-server coverage --kernel x").status == 64)
    }

    @Test func `keys are for their owners' eyes`() throws {
        let person = try Operator()
        try person.takeRepository()
        #expect(try person.succeed("stat -c %a keys/root-alice keys/root-alice.pub") == "600\n644\n")
    }
}
