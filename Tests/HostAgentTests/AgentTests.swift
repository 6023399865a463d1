// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import HostProtocol
import LivePatch
import ServicePolicy
import Synchronization
import TestSupport
import Testing

@testable import HostAgent

/// Starting, ending, settings, and what is shown.
@Suite(.timeLimit(.minutes(2))) struct AgentTests {
    private func patched(_ body: (FakeService, TestHost) async throws -> Void) async throws {
        let service = try FakeService()
        try await service.start()
        let host = try TestHost()
        try await host.register(with: service)
        service.order(try service.add(level: 1))
        try await host.update()
        try await body(service, host)
        await service.stop()
    }

    /// Has a host update whose processes run the original again, as after a start: the level must be kept from it.
    private func expectSuspicion(of host: TestHost) async throws {
        host.runner.change {
            $0.targets[0].level = 0
            $0.targets[0].patch = nil
            $0.targets[0].patched = 0
        }
        let outcome = try await host.update()
        guard case .keep(.suspect) = outcome.decisions.first?.action else {
            Issue.record("\(outcome.decisions)")
            return
        }
    }

    @Test func `after a restart the accepted level is applied without a network`() async throws {
        try await patched { service, host in
            await service.stop()
            host.runner.change {
                $0.targets[0].level = 0
                $0.targets[0].patch = nil
                $0.targets[0].patched = 0
            }
            try await host.agent.applyAccepted()
            let files = try host.agent.acceptedFiles()
            #expect(files.count == 1 && host.levels == ["abcd": 1])
            // A file that is not the one that was accepted is not applied.
            try Data([1, 2, 3]).write(to: URL(filePath: files[0]))
            host.runner.change { $0.targets[0].level = 0 }
            try await host.agent.applyAccepted()
            #expect(host.levels == ["abcd": 0])
        }
    }

    @Test func `a patch of the kernel is applied by itself, and is nothing to watch for`() async throws {
        try await patched { service, host in
            host.runner.change {
                $0.targets.append(
                    .init(name: "vmlinux", buildID: "beef", processes: 1, level: 0, patch: nil, patched: 0))
            }
            let library = try service.add(level: 2)
            let kernel = try service.add("vmlinux", buildID: [0xbe, 0xef], level: 1, product: "openssl")
            service.order(library, kernel)
            let outcome = try await host.update()
            #expect(outcome.trouble == nil && host.levels == ["abcd": 2, "beef": 1])
            #expect(Set(try host.state.accepted.map(\.rollout)).count == 1, "one rollout")
            await service.stop()
            host.runner.change { machine in
                for index in machine.targets.indices {
                    machine.targets[index].level = 0
                    machine.targets[index].patch = nil
                    machine.targets[index].patched = 0
                }
            }
            try await host.agent.applyAccepted()
            let files = try host.agent.acceptedFiles()
            #expect(host.levels == ["abcd": 2, "beef": 1], "both are applied when the host starts")
            let id = try #require(library.patch)
            #expect(files == [host.places.file(of: id.description)], "the watch is over processes")
        }
    }

    @Test func `what was marked in another boot is not applied again`() async throws {
        try await patched { service, host in
            try host.store.change { (state) throws(AgentError) in state.marker?.bootID = "another" }
            try await host.agent.applyAccepted()
            #expect(try host.agent.acceptedFiles().isEmpty)
            #expect(try host.state.suspects.count == 1)
            try await expectSuspicion(of: host)
            #expect(service.seen.checkIns.last?.events.map(\.kind) == [.crashed])
        }
    }

    @Test func `an update by hand finds what an earlier boot has left`() async throws {
        try await patched { service, host in
            try host.store.change { (state) throws(AgentError) in state.marker?.bootID = "another" }
            try await expectSuspicion(of: host)
            #expect(try host.levels == ["abcd": 0] && host.state.suspects.count == 1 && host.state.marker == nil)
            #expect(service.seen.checkIns.last?.events.map(\.kind).contains(.crashed) == true)
        }
    }

    @Test func `a second patch in the soak of the first leaves the first's marker`() async throws {
        try await patched { service, host in
            let first = try #require(try host.state.marker?.patches)
            #expect(first.count == 1)
            host.now = host.now.adding(seconds: 60)
            service.order(try service.add(level: 2))
            try await host.update()
            let both = try #require(try host.state.marker)
            #expect(host.levels == ["abcd": 2] && both.patches.count == 2 && both.patches.first == first.first)
            // One of which nothing comes neither ends nor lengthens it.
            host.now = host.now.adding(seconds: 60)
            let third = try service.add(level: 3)
            host.runner.change { $0.refusing = Set([third.patch].compactMap { $0 }) }
            service.order(third)
            try await host.update()
            #expect(try host.levels == ["abcd": 2] && host.state.marker == both)
        }
    }

    @Test func `the switches stop everything`() async throws {
        try await patched { service, host in
            service.order(try service.add(level: 2))
            try host.directory.write("", to: "etc/kaketsugi/off")
            _ = try await host.update()
            #expect(host.levels == ["abcd": 1])
            try await host.agent.applyAccepted()
            #expect(try host.agent.acceptedFiles().isEmpty)
            try host.directory.remove("etc/kaketsugi/off")
            try host.directory.write("quiet kaketsugi=off ro\n", to: "proc/cmdline")
            _ = try await host.update()
            #expect(host.levels == ["abcd": 1])
            try host.directory.write("quiet notkaketsugi=off ro\n", to: "proc/cmdline")
            _ = try await host.update()
            #expect(host.levels == ["abcd": 2])
        }
    }

    @Test func `a rollback goes a level back, and holds there`() async throws {
        try await patched { service, host in
            service.order(try service.add(level: 2))
            try await host.update()
            _ = try await host.agent.rollBack(["abcd"], named: "libc.so.6", because: "slow")
            #expect(host.levels == ["abcd": 1])
            _ = try await host.update()
            #expect(host.levels == ["abcd": 1])
            #expect(service.seen.checkIns.last?.holds.map(\.level) == [1])
            let status = HostStatus(try host.state, host.runner.seen.targets, host.agent)
            #expect(status.grade == .newerExists && status.open == ["CVE-2026-1002"])
            _ = try await host.agent.rollBack(["abcd"], named: "libc.so.6", because: "")
            #expect(host.levels == ["abcd": 0])
            await #expect(throws: AgentError.self) {
                try await host.agent.rollBack(["beef"], named: "x", because: "")
            }
        }
    }

    @Test func `the status has the exit codes that scripts know`() async throws {
        try await patched { service, host in
            func status() throws -> HostStatus { HostStatus(try host.state, host.runner.seen.targets, host.agent) }
            #expect(try status().grade == .latest && status().pluginCode == 0)
            #expect(try status().pluginLine.hasPrefix("KAKETSUGI OK - 1 of 1 targets patched | targets=1 patched=1"))
            let metrics = try status().metrics
            #expect(metrics.contains("kaketsugi_target_level{target=\"libc.so.6\",build_id=\"abcd\"} 1\n"))
            #expect(metrics.contains("kaketsugi_status 0\n") && metrics.contains("kaketsugi_open_cves 0\n"))
            host.runner.change {
                $0.refusing = Set((try? SamplePatch(for: "libc.so.6", level: 2).id()).map { [$0] } ?? [])
            }
            service.order(try service.add(level: 2))
            try await host.update()
            #expect(try status().grade == .newerExists && status().pluginCode == 2)
            #expect(try status().pluginLine.contains("CRITICAL - open: CVE-2026-1002"))
            host.runner.change {
                $0.targets[0].level = 0
                $0.targets[0].patch = nil
            }
            #expect(try status().grade == .nothingApplied)
            service.change { $0.products = [] }
            try await host.update()
            #expect(try status().grade == .unsupported)
        }
    }

    @Test func `the way to the service is told step by step`() async throws {
        try await patched { service, host in
            let whole = try await host.agent.connectivity(to: nil)
            #expect(whole.isWhole && whole.results[.service] == true && whole.results[.token] == true)
            #expect(whole.results[.proxy] == nil && whole.results[.tls] == nil)
            service.change { $0.token = "another" }
            #expect(try await host.agent.connectivity(to: nil).results[.token] == false)
            let closed = try await host.agent.connectivity(to: "http://127.0.0.1:1")
            #expect(closed.results == [.name: true, .connection: false])
            let unknown = try await host.agent.connectivity(to: "https://no-such-host.invalid")
            #expect(unknown.results == [.name: false])
            let plain = service.address.split(separator: ":").last.map(String.init) ?? ""
            let wrong = try await host.agent.connectivity(to: "https://127.0.0.1:\(plain)")
            #expect(wrong.results == [.name: true, .connection: true, .tls: false])
        }
    }

    @Test func `a date of HTTP is read, and nothing else`() {
        #expect(Moment(httpDate: "Sun, 06 Nov 1994 08:49:37 GMT") == Moment(seconds: 784_111_777))
        for text in ["", "Sun, 06 Nov 1994 08:49:37", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT"]
        {
            #expect(Moment(httpDate: text) == nil)
        }
    }

    @Test func `what is secret leaves no host`() {
        let text = """
            proxy = "http://user:pass%40w@proxy:3128" # and https://a:b@c/d
            Authorization: Bearer abc.def
            password=hunter2; x PASSWORD=hunter3
            time 12:34:56 "url": "https://plain.example/x@y"
            """ + "\r\ntoken=t0\r\nhttps://e/?token=t1&token=t2 http://v:p,q;r@e\r\nend"
        let clean = SecretRemover.clean(text)
        for secret in ["user", "pass%40w", "a:b", "abc.def", "hunter2", "hunter3", "t0", "t1", "t2", "p,q;r"] {
            #expect(!clean.contains(secret), "\(secret)")
        }
        #expect(clean.contains("@proxy:3128\"") && clean.contains("12:34:56"))
        #expect(clean.contains("https://plain.example/x@y") && clean.hasSuffix("\r\nend"))
    }
}

/// The administrator's file.
@Suite struct ConfigurationTests {
    private func settings(_ text: String) throws(AgentError) -> AgentSettings {
        try ConfigurationFile(text, name: "k.toml").settings(over: AgentSettings { _ in nil })
    }

    @Test func `settings are read`() throws {
        let read = try settings(
            """
            [service]
            proxy = "http://u:p@proxy.example:3128"
            no-proxy = ["localhost", ".example.jp"]
            certificates = "/etc/ca.pem"
            [updates]
            automatic = false
            soak = 60
            failures = 5
            wait = 10
            [processes]
            exclude = ["*/postgres"]
            targets = ["libfoo.so.1"]
            [metrics]
            file = "/var/lib/x/kaketsugi.prom"
            """)
        #expect(read.proxy?.origin.host == "proxy.example" && read.direct.contain("a.example.jp"))
        #expect(read.certificates == "/etc/ca.pem" && !read.isAutomatic && read.soak == 60 && read.failureLimit == 5)
        #expect(read.wait == 10 && read.exclusions == ["*/postgres"] && read.targets == ["libfoo.so.1"])
        #expect(read.metrics == "/var/lib/x/kaketsugi.prom")
        #expect(try settings("") == AgentSettings { _ in nil })
    }

    @Test(arguments: [
        ("[service]\nproxi = 1\n", 2, "proxi"), ("[servise]\n", 1, "servise"),
        ("\n\n[updates]\nsoak = \"x\"\n", 4, "soak"),
        ("[updates]\n# soak\nsoak = -1\n", 3, "soak"), ("[updates]\nautomatic = 1\n", 2, "true or false"),
        ("[service]\nproxy = \"https://a\"\n", 2, "http://"), ("[service]\nproxy = \"a b\"\n", 2, "proxy"),
        ("[metrics]\nfile = \"x.prom\"\n", 2, ".prom"), ("[processes]\nexclude = \"a\"\n", 2, "list"),
        ("[processes]\nexclude = [1]\n", 2, "list"), ("soak = 3\n", 1, "soak"), ("[updates\n", 1, "TOML"),
        ("[updates]\nsoak = 1\nsoak = 2\n", 3, "TOML"), ("updates.soak = 99999999\n", 1, "86400"),
        ("[updates]\nfailures = 0\n", 2, "from 1 to 100"),
        // The parser aborts the program at these.
        ("[", 1, "name"), ("a = 1\r\n[\r\n", 2, "name"), ("[=", 1, "name"), ("\u{feff}[\u{1}W", 1, "name"),
        ("\n [[ \u{3000}é", 2, "name"), ("[]", 1, "TOML"),
    ])
    func `what is wrong is told with its line`(text: String, line: Int, part: String) throws {
        do throws(AgentError) {
            _ = try settings(text)
            Issue.record("\(text) was accepted")
        } catch {
            guard case .badConfiguration("k.toml", let found, let reason) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(found == line && reason.english.contains(part), "\(found): \(reason.english)")
            #expect(reason.japanese?.isEmpty == false && "\(error)".hasPrefix("k.toml:\(line): "))
        }
    }

    @Test func `a password that others can read is refused`() throws {
        let host = try TestHost()
        let path = try host.directory.write(
            "[service]\nproxy = \"http://u:p@h:1\"\n", to: "etc/kaketsugi/kaketsugi.toml")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        #expect(throws: AgentError.self) { try AgentSettings(at: host.places) }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        #expect(try AgentSettings(at: host.places).proxy?.user == "u:p")
    }

    @Test func `the proxy of the environment counts where the file says nothing`() {
        let settings = AgentSettings { ["https_proxy": "proxy.example:3128", "no_proxy": "a,b"][$0] }
        #expect(settings.proxy?.origin.port == 3128 && settings.direct.contain("b"))
    }

    @Test func `keys and state are for root's eyes`() throws {
        let host = try TestHost()
        try host.store.keep(HostKey())
        try host.store.change { (state) throws(AgentError) in state.counter = 1 }
        for path in [host.places.key, host.places.stateFile] {
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
        let mode = try FileManager.default.attributesOfItem(atPath: host.places.state)[.posixPermissions] as? Int
        #expect(mode == 0o700)
    }
}
