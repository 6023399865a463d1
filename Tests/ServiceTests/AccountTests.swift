// SPDX-License-Identifier: Apache-2.0

import Foundation
import Service
import ServicePolicy
import ServiceStore
import TestSupport
import Testing

/// Signing in, and what those who have not, or may not, are kept from.
struct AccountTests {
    /// A browser without a face: it keeps cookies, and sends the forms that pages have.
    private final class Visitor {
        let server: Server
        var cookies: [String: String] = [:]
        init(_ server: Server) { self.server = server }

        func send(
            _ method: String, _ path: String, _ form: [(String, String)]? = nil, _ more: [(String, String)] = []
        ) async throws -> Reply {
            var fields = more
            if !cookies.isEmpty {
                fields.append(("Cookie", cookies.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "; ")))
            }
            var body: [UInt8] = []
            if let form {
                fields.append(("Content-Type", "application/x-www-form-urlencoded"))
                let allowed = CharacterSet.alphanumerics
                body = Array(
                    form.map { name, value in
                        name + "=" + (value.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")
                    }.joined(separator: "&").utf8)
            }
            let reply = try await server.request(method, path, fields, body)
            for cookie in reply.all("set-cookie") {
                let pair = cookie.split(separator: ";")[0].split(separator: "=", omittingEmptySubsequences: false)
                cookies[String(pair[0])] = pair[1].isEmpty ? nil : String(pair[1])
            }
            return reply
        }

        /// What the form of a page must bring back.
        func csrf(_ page: String) -> String {
            page.components(separatedBy: "name=\"csrf\" value=\"").dropFirst().last
                .map { String($0.prefix { $0 != "\"" }) } ?? ""
        }

        func signIn(_ name: String, _ password: String) async throws -> Reply {
            let csrf = csrf(try await send("GET", "/sign-in").text)
            return try await send("POST", "/sign-in", [("csrf", csrf), ("name", name), ("password", password)])
        }

        /// Sends a form from the account's page.
        func post(_ path: String, _ form: [(String, String)]) async throws -> Reply {
            let csrf = csrf(try await send("GET", "/account").text)
            return try await send("POST", path, [("csrf", csrf)] + form)
        }
    }

    private func password(_ server: Server) throws -> String { try #require(server.application.firstUser?.password) }

    @Test func `pages for operators lead strangers to the sign-in, and back`() async throws {
        let site = try Site()
        try await Server.with(site.configuration) { server in
            for path in ["/fleet", "/rollouts", "/contracts", "/keys", "/maintenance", "/users", "/audit", "/account"] {
                let reply = try await server.request("GET", path)
                #expect(reply.status == 303, "\(path)")
                #expect(reply["location"]?.hasPrefix("/sign-in?to=%2F") == true)
            }
            for path in ["/contracts", "/keys", "/rollouts", "/users", "/maintenance", "/fleet/x/state"] {
                let reply = try await server.request(
                    "POST", path, [("Content-Type", "application/x-www-form-urlencoded")], Array("a=b".utf8))
                #expect(reply.status == 401, "\(path)")
            }
            let visitor = Visitor(server)
            let csrf = visitor.csrf(try await visitor.send("GET", "/sign-in?to=%2Fkeys").text)
            let form = [("csrf", csrf), ("name", "admin"), ("password", try password(server)), ("to", "/keys")]
            #expect(try await visitor.send("POST", "/sign-in", form)["location"] == "/keys")
            for place in ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"] {
                let other = Visitor(server)
                let csrf = other.csrf(try await other.send("GET", "/sign-in").text)
                let reply = try await other.send(
                    "POST", "/sign-in",
                    [("csrf", csrf), ("name", "admin"), ("password", try password(server)), ("to", place)])
                #expect(reply["location"] == "/fleet", "\(place)")
            }
        }
    }

    @Test func `a session is the browser's alone, and a token that is brought along is none`() async throws {
        let site = try Site()
        try await Server.with(site.configuration) { server in
            let visitor = Visitor(server)
            let planted = String(repeating: "ab", count: 32)
            visitor.cookies["session"] = planted
            #expect(try await visitor.send("GET", "/fleet").status == 303)
            let reply = try await visitor.signIn("admin", try password(server))
            #expect(reply.status == 303)
            let cookie = try #require(reply.all("set-cookie").first { $0.hasPrefix("session=") })
            #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"))
            #expect(visitor.cookies["session"] != planted)
            #expect(try await visitor.send("GET", "/fleet").status == 200)
            // Signing in again ends the session before.
            let old = visitor.cookies["session"]
            _ = try await visitor.signIn("admin", try password(server))
            let thief = Visitor(server)
            thief.cookies["session"] = old
            #expect(try await thief.send("GET", "/fleet").status == 303)
            // And signing out ends it for good.
            let last = visitor.cookies["session"]
            #expect(try await visitor.post("/sign-out", []).status == 303)
            thief.cookies["session"] = last
            #expect(try await thief.send("GET", "/fleet").status == 303)
            let records = try await ServiceStore(at: .folder(site.directory.path))
            let known = try await records.read { try $0.session(last ?? "", at: .now) }
            #expect(known == nil)
            await records.close()
        }
    }

    @Test func `with TLS cookies are for TLS and this host alone`() async throws {
        let site = try Site()
        var configuration = site.configuration
        configuration.trustsProxy = true
        try await Server.with(configuration) { server in
            let reply = try await Visitor(server).signIn("admin", try password(server))
            let cookie = try #require(reply.all("set-cookie").first { $0.hasPrefix("__Host-session=") })
            #expect(cookie.contains("; Secure"))
            #expect(reply["strict-transport-security"] != nil)
        }
    }

    @Test func `a form that does not come from our page changes nothing`() async throws {
        let site = try Site()
        _ = try await site.activationKey()
        try await Server.with(site.configuration) { server in
            let visitor = Visitor(server)
            _ = try await visitor.signIn("admin", try password(server))
            let form = [("contract", "C-1"), ("group", "web")]
            #expect(try await visitor.send("POST", "/keys", form).status == 403)
            #expect(
                try await visitor.send("POST", "/keys", form + [("csrf", String(repeating: "0", count: 64))]).status
                    == 403)
            // Another visitor's.
            let other = Visitor(server)
            _ = try await other.signIn("admin", try password(server))
            let foreign = other.csrf(try await other.send("GET", "/account").text)
            #expect(try await visitor.send("POST", "/keys", form + [("csrf", foreign)]).status == 403)
            // The right one, sent by another site's page.
            let own = visitor.csrf(try await visitor.send("GET", "/account").text)
            let cross = try await visitor.send(
                "POST", "/keys", form + [("csrf", own)], [("Sec-Fetch-Site", "cross-site")])
            #expect(cross.status == 403)
            // A stranger's form with no cookie, and one for another browser.
            let stranger = Visitor(server)
            let csrf = stranger.csrf(try await stranger.send("GET", "/sign-in").text)
            stranger.cookies = [:]
            let sent = [("csrf", csrf), ("name", "admin"), ("password", try password(server))]
            #expect(try await stranger.send("POST", "/sign-in", sent).status == 403)
            let store = try await ServiceStore(at: .folder(site.directory.path))
            let keys = try await store.read { try $0.activationKeys() }
            #expect(keys.count == 1)
            await store.close()
            #expect(try await visitor.post("/keys", form).status == 200)
        }
    }

    @Test func `who guesses passwords is stopped, and learns not who there is`() async throws {
        let site = try Site()
        var configuration = site.configuration
        configuration.trustsProxy = true
        try await Server.with(configuration) { server in
            func attempt(_ name: String, _ password: String, from address: String) async throws -> Reply {
                let visitor = Visitor(server)
                let csrf = visitor.csrf(try await visitor.send("GET", "/sign-in").text)
                return try await visitor.send(
                    "POST", "/sign-in", [("csrf", csrf), ("name", name), ("password", password)],
                    [("X-Forwarded-For", address)])
            }
            let known = try await attempt("admin", "wrong", from: "192.0.2.9")
            let unknown = try await attempt("nobody", "wrong", from: "192.0.2.9")
            #expect(known.status == 422 && unknown.status == 422)
            #expect(
                known.text.contains("User name or password is wrong")
                    && unknown.text.contains("User name or password is wrong"))
            var statuses: [Int] = []
            for _ in 0..<14 { statuses.append(try await attempt("nobody", "guess", from: "192.0.2.1").status) }
            #expect(statuses.first == 422 && statuses.last == 429)
            // Many addresses against one user are stopped as well.
            statuses = []
            for index in 0..<14 {
                statuses.append(try await attempt("admin", "guess", from: "198.51.100.\(index)").status)
            }
            #expect(statuses.last == 429)
        }
    }

    @Test func `each role may do what is its own`() async throws {
        let site = try Site()
        _ = try await site.activationKey()
        try await Server.with(site.configuration) { server in
            let admin = Visitor(server)
            _ = try await admin.signIn("admin", try password(server))
            func make(_ name: String, _ role: String) async throws -> Visitor {
                let page = try await admin.post("/users", [("name", name), ("role", role)]).text
                let password = page.components(separatedBy: "id=\"password\">").last.map {
                    String($0.prefix { $0 != "<" })
                }
                let visitor = Visitor(server)
                #expect(try await visitor.signIn(name, password ?? "").status == 303)
                return visitor
            }
            let reader = try await make("reader", "reader")
            let `operator` = try await make("operator", "operator")
            #expect(try await reader.send("GET", "/fleet").status == 200)
            #expect(try await reader.send("GET", "/audit").status == 403)
            #expect(try await reader.send("GET", "/users").status == 403)
            let window = [
                ("kind", "emergency"), ("starts", "2026-12-01T10:00"), ("ends", "2026-12-01T11:00"),
                ("english", "Work <b>now</b>"), ("japanese", "作業"),
            ]
            #expect(try await reader.post("/maintenance", window).status == 403)
            #expect(try await `operator`.post("/maintenance", window).status == 303)
            #expect(try await `operator`.post("/keys", [("contract", "C-1")]).status == 403)
            #expect(try await `operator`.post("/users", [("name", "x"), ("role", "administrator")]).status == 403)
            #expect(try await admin.post("/keys", [("contract", "C-1")]).status == 200)
            // What was entered is text, and never markup.
            let status = try await server.request("GET", "/status").text
            #expect(status.contains("Work &lt;b&gt;now&lt;/b&gt;") && !status.contains("<b>now"))
            // Whoever is disabled is out at once; nobody does it to themselves.
            let change = [("name", "reader"), ("do", "disable")]
            #expect(try await admin.post("/users/change", change).status == 303)
            #expect(try await reader.send("GET", "/fleet").status == 303)
            #expect(try await admin.post("/users/change", [("name", "admin"), ("do", "disable")]).status == 422)
            let log = try await admin.send("GET", "/audit?verify=1").text
            for action in ["user.created", "user.disabled", "maintenance.announced", "key.made", "user.signedIn"] {
                #expect(log.contains(action), "\(action)")
            }
            #expect(log.contains("as they were written"))
        }
    }

    @Test func `a new password ends the other sessions`() async throws {
        let site = try Site()
        try await Server.with(site.configuration) { server in
            let (one, other) = (Visitor(server), Visitor(server))
            let password = try password(server)
            _ = try await one.signIn("admin", password)
            _ = try await other.signIn("admin", password)
            func change(_ old: String, _ new: String, _ again: String) async throws -> Int {
                try await one.post("/account", [("password", old), ("new", new), ("again", again)]).status
            }
            #expect(try await change("wrong", "a new long password", "a new long password") == 422)
            #expect(try await change(password, "short", "short") == 422)
            #expect(try await change(password, "a new long password", "another long password") == 422)
            #expect(try await other.send("GET", "/fleet").status == 200)
            #expect(try await change(password, "a new long password", "a new long password") == 303)
            #expect(try await one.send("GET", "/fleet").status == 200)
            #expect(try await other.send("GET", "/fleet").status == 303)
            #expect(try await other.signIn("admin", password).status == 422)
            #expect(try await other.signIn("admin", "a new long password").status == 303)
        }
    }

    @Test func `a form about what is not there finds nothing`() async throws {
        let site = try Site()
        let host = String(repeating: "00", count: 16)
        try await Server.with(site.configuration) { server in
            let admin = Visitor(server)
            _ = try await admin.signIn("admin", try password(server))
            let forms: [(path: String, form: [(String, String)])] = [
                ("/contracts/renew", [("id", "C-404"), ("kind", "usageRight")]), ("/keys/revoke", [("id", "none")]),
                ("/keys", [("contract", "C-404")]), ("/maintenance/end", [("id", "none")]),
                ("/users/change", [("name", "nobody"), ("do", "disable")]),
                ("/fleet/\(host)/state", [("state", "active")]), ("/fleet/\(host)/group", [("group", "g")]),
                ("/fleet/\(host)/hold", [("reason", "r")]), ("/fleet/\(host)/release", [("hold", "none")]),
                ("/rollouts/none", [("do", "resume")]), ("/rollouts", [("patch", String(repeating: "0", count: 64))]),
            ]
            for (path, form) in forms {
                let status = try await admin.post(path, form).status
                #expect((400..<500).contains(status), "\(path): \(status)")
            }
        }
    }

    @Test func `pages keep browsers careful, and errors show nothing of the inside`() async throws {
        let site = try Site()
        try await Server.with(site.configuration) { server in
            for path in [
                "/", "/catalogue", "/nothing", "/catalogue?q=%00", "/fleet/x", "/catalogue?page=-9999999999999999999",
                "/catalogue?page=-9223372036854775808",
            ] {
                let reply = try await server.request("GET", path)
                let policy = try #require(reply["content-security-policy"])
                #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"))
                #expect(reply["x-content-type-options"] == "nosniff" && reply["referrer-policy"] == "same-origin")
                #expect(!reply.text.contains("Error") && !reply.text.contains(site.directory.path))
            }
            let asked = try await server.request("GET", "/catalogue?q=%3Cscript%3Ealert(1)%3C/script%3E")
            #expect(!asked.text.contains("<script") && asked.text.contains("&lt;script&gt;"))
            let japanese = try await server.request("GET", "/nothing", [("Accept-Language", "fr, ja;q=0.8, en;q=0.5")])
            #expect(japanese.status == 404 && japanese["content-language"] == "ja")
            #expect(japanese.text.contains("ページが見つかりません"))
        }
    }
}
