// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import NIOPosix
import PatchCatalogue
import ServicePolicy
import ServiceStore
import TestSupport
import Testing
import UpdateFramework

@testable import Service

/// What pages and documents for everybody say.
struct PageTests {
    @Test func `every text of a template is in the catalogue, in both languages, under one name`() throws {
        var used: Set<String> = []
        for (name, bytes) in PageResource.templates {
            let text = String(decoding: bytes, as: UTF8.self)
            for match in text.matches(of: /\{\{t\.([A-Za-z]+)\}\}/) {
                used.insert(String(match.1))
                #expect(TextLookup.names.contains(String(match.1)), "\(name): \(match.1)")
            }
        }
        #expect(Set(TextLookup.names).count == TextLookup.names.count)
        #expect(used.count > 100)
        for language in PageLanguage.allCases {
            let texts = TextLookup(language)
            for name in TextLookup.names { #expect((texts.child(named: name) as? String)?.isEmpty == false, "\(name)") }
        }
        // Figures are targets of our effort, and never a promise.
        for name in TextLookup.names {
            let japanese = TextLookup(.japanese).child(named: name) as? String ?? ""
            #expect(!japanese.contains("保証"), "\(name)")
        }
    }

    @Test(arguments: [
        ("", PageLanguage.english), ("ja", .japanese), ("en, ja", .english), ("ja-JP;q=0.9, en;q=0.8", .japanese),
        ("fr, de", .english), ("ja;q=0, en;q=0.1", .english), ("en;q=0.2, ja;q=0.7", .japanese), (",;q=,", .english),
    ])
    func `the reader's language is found`(field: String, language: PageLanguage) {
        #expect(PageLanguage.preferred(field) == language)
    }

    @Test func `a form is read as browsers write it, and nothing else is`() {
        let fields = FormFields(Array("a=1+2%2B&b=%E6%97%A5&c=&d=%20x%20&a=3&e".utf8))
        #expect(fields?["a"] == "1 2+" && fields?["b"] == "日" && fields?["c"] == nil && fields?["d"] == "x")
        #expect(fields?.all("a") == ["1 2+", "3"] && fields?.exactly("d") == " x ")
        for bad in ["a=%", "a=%4", "a=%zz", "a=%ff", "a=%00", "%00=1"] {
            #expect(FormFields(Array(bad.utf8)) == nil, "\(bad)")
        }
        #expect(FormFields(Array(String(repeating: "a=1&", count: 300).utf8)) == nil)
    }

    @Test func `a bucket lets through what it should, and forgets what it need not know`() {
        let limiter = RateLimiter(burst: 3, perMinute: 6)
        #expect((0..<3).allSatisfy { _ in limiter.take("a", at: 0) == nil })
        #expect(limiter.take("a", at: 0) == 10 && limiter.wait("a", at: 5) == 5)
        #expect(limiter.take("b", at: 0) == nil)
        #expect(limiter.take("a", at: 10) == nil && limiter.take("a", at: 10) != nil)
        // A clock that goes back gives nothing.
        #expect(limiter.take("a", at: -1000) != nil)
        for index in 0..<60_000 { _ = limiter.take("\(index)", at: 0) }
        #expect(limiter.take("new", at: 0) == nil)
    }

    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2"), ("2001:db8::1", "2001:db8::"),
        ("::1", "::"), ("", ""), ("::ffff:192.0.2.7", "192.0.2.7"), ("::FFFF:c000:207", "::"),
    ])
    func `limits count a network of IPv6 as one`(address: String, counted: String) {
        #expect(ClientAddress(trustsProxy: true).counted(address) == counted)
    }

    @Test func `dates are as header fields and people have them`() {
        let moment = Moment(seconds: 784_111_777)
        #expect(HTTPDate.text(of: moment) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(ZonedTime(moment, in: .tokyo).text == "1994-11-06 17:49 JST")
        #expect(ZonedTime(Moment(seconds: -1), in: .universal).text == "1969-12-31 23:59 UTC")
        #expect(Desk.moment("2026-11-21T09:30") == Moment(seconds: 1_795_221_000))
        for bad in ["", "2026-11-21", "2026-11-21T24:00", "2026-13-01T00:00", "2026-11-21T0x:00"] {
            #expect(Desk.moment(bad) == nil, "\(bad)")
        }
    }

    @Test(arguments: [
        (nil, 0), ("", 0), ("1", 0), ("3", 2), ("0", 0), ("-1", 0), ("\(Int.min)", 0), ("\(Int.max)", 0), ("x", 0),
    ])
    func `whatever page is asked for, there is one`(text: String?, place: Int) {
        #expect(Paging.place(of: text) == place)
    }

    @Test func `rings are written and read`() {
        for ring in Ring.usual { #expect(RingText.ring(RingText.line(ring)) == ring) }
        #expect(RingText.ring("group=db success=3 bake=5")?.bake == 300)
        for bad in ["", "half", "10% bake", "10% bake=x", "canary success=0", "all silence=-1"] {
            #expect(RingText.ring(bad) == nil, "\(bad)")
        }
    }

    @Test func `passwords are kept as scrypt, and told apart`() async throws {
        let passwords = PasswordHash(cost: PasswordCost(logarithm: 10), pool: .singleton)
        let stored = try await passwords.text(for: "correct horse")
        #expect(stored.hasPrefix("scrypt$10$8$") && !stored.contains("horse"))
        #expect(try await passwords.text(for: "correct horse") != stored)
        #expect(try await passwords.verifies("correct horse", stored))
        #expect(try await !passwords.verifies("correct hors", stored))
        for bad in [nil, "", "scrypt$10$8$00$", "scrypt$99$8$00$00", "plain$correct horse", stored + "0"] {
            #expect(try await !passwords.verifies("correct horse", bad), "\(bad ?? "nil")")
        }
    }

    @Test func `a time without a heartbeat is an outage`() async throws {
        let directory = try TemporaryDirectory(in: .memory)
        let store = try await ServiceStore(at: .folder(directory.path))
        let outages = try await store.write { records in
            for second in [1000, 1060, 1120, 5000, 5060] as [Int64] { try Heartbeat.note(second, in: records) }
            return try Heartbeat.outages(in: records)
        }
        #expect(outages == [Moment(seconds: 1120)..<Moment(seconds: 5000)])
        let began = try await store.read { try Heartbeat.began(in: $0) }
        #expect(began == Moment(seconds: 1000))
        await store.close()
    }

    @Test func `catalogue, coverage, status, feed, health and numbers are served`() async throws {
        let site = try Site()
        try site.add(Site.patches)
        let key = try await site.activationKey()
        try await Server.with(site.configuration) { server in
            try await site.populate(server, key: key, others: 3)
            let page = try await server.request("GET", "/catalogue").text
            for text in ["CVE-2026-2345", "libc6=2.36-9+deb12u13", "Rocky Linux 9.x", "Critical"] {
                #expect(page.contains(text), "\(text)")
            }
            let searched = try await server.request("GET", "/catalogue?q=cve-2026-2345").text
            #expect(searched.contains("libssl.so.3") && !searched.contains("libc.so.6"))
            let json = try await server.request("GET", "/catalogue.json")
            #expect(try JSONValue(parsing: json.body) != .null && json.text.contains("\"level\":2"))
            let coverage = try await server.request("GET", "/coverage", [("Cookie", "lang=ja")]).text
            #expect(coverage.contains("LP-2.1-1") && coverage.contains("CentOS Stream") && coverage.contains("第 1 版"))
            let feed = try await server.request("GET", "/status.atom?lang=en")
            try site.directory.write(feed.body, to: "feed.xml")
            let script = "import sys, xml.etree.ElementTree as tree\nprint(len(tree.parse(sys.argv[1]).getroot()))"
            let parsed = try Command("python3", ["-c", script, site.directory.path("feed.xml")])
            #expect(parsed.status == 0 && feed.text.contains("The database moves to new hardware."))
            let health = try await server.request("GET", "/health")
            #expect(health.status == 200 && health.text.contains("\"state\":\"good\""))
            let numbers = try await server.request("GET", "/metrics").text
            for name in [
                "kaketsugi_http_requests_total{area=\"pages\",status=\"2xx\"}", "kaketsugi_hosts{state=\"active\"} 9",
                "kaketsugi_metadata_expiry_seconds{role=\"timestamp\"}", "kaketsugi_patches 4",
                "kaketsugi_database_up 1",
                "process_resident_memory_bytes",
            ] { #expect(numbers.contains(name), "\(name)") }
        }
    }

    @Test func `health is an alarm when hosts would refuse what is served`() async throws {
        let site = try Site()
        // As of two days ago: the day of a timestamp is over, and nobody has the keys here.
        let then = UpdateTime(secondsSince1970: Site.now.secondsSince1970 - 2 * 86_400)
        _ = try OnlineRepository(site.tree, signers: [site.online]).resign(at: then)
        var configuration = site.configuration
        configuration.signers = []
        try await Server.with(configuration) { server in
            let health = try await server.request("GET", "/health")
            #expect(health.status == 503 && health.text.contains("\"state\":\"expired\""))
            let page = try await server.request("GET", "/status").text
            #expect(page.contains("Signatures have expired"))
        }
        let empty = try TemporaryDirectory(in: .memory)
        configuration.repository = empty.path
        try await Server.with(configuration) { server in
            // Nothing is published yet, which is no trouble of the server's.
            #expect(try await server.request("GET", "/health").status == 200)
            let page = try await server.request("GET", "/").text
            #expect(page.contains("Nothing is published yet"))
        }
    }

    @Test func `the script for hosts has the packages that are there, and nothing of what a client says`() async throws
    {
        let site = try Site()
        try FileManager.default.createDirectory(
            atPath: site.directory.path("packages"), withIntermediateDirectories: false)
        try site.directory.write("old", to: "packages/kaketsugi_0.1.0_amd64.deb")
        try site.directory.write("rpm", to: "packages/kaketsugi-0.1.0-1.x86_64.rpm")
        try site.directory.write("secret", to: "packages/notes.txt")
        try await Server.with(site.configuration) { server in
            let script = try await server.request("GET", "/install.sh")
            #expect(script.text.contains("deb='kaketsugi_0.1.0_amd64.deb'"))
            try site.directory.write(script.body, to: "install.sh")
            #expect(try Command("sh", ["-n", site.directory.path("install.sh")]).status == 0)
            #expect(try await server.request("GET", "/packages/kaketsugi-0.1.0-1.x86_64.rpm").text == "rpm")
            for name in ["notes.txt", "..%2Fservice.sqlite", "none.deb", "%2e%2e"] {
                let status = try await server.request("GET", "/packages/\(name)").status
                #expect(status == 404, "\(name)")
            }
            let connection = try await server.connect()
            try await connection.send("GET /install.sh HTTP/1.1\r\nHost: a';reboot;'\r\n\r\n")
            let text = (try? await connection.reply().text) ?? ""
            #expect(!text.contains("reboot"))
        }
    }
}
