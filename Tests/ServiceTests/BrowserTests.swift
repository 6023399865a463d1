// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import Service
import TestSupport
import Testing

/// The pages in a real browser: each fits its window, and the work of an operator can be done with them.
///
/// With KAKETSUGI_PICTURES=DIR in the environment, a picture of each page is left there for somebody to look at.
@Suite(.serialized)
struct BrowserTests {
    private static let open = ["/", "/catalogue", "/coverage", "/status", "/sign-in", "/nothing"]
    private static let closed = [
        "/fleet", "/fleet?state=silent", "/rollouts", "/rollouts/2026-11-21-sample", "/contracts", "/keys",
        "/maintenance", "/users", "/audit", "/account",
    ]

    private func keep(_ browser: Browser, _ name: String) async throws {
        guard let folder = ProcessInfo.processInfo.environment["KAKETSUGI_PICTURES"] else { return }
        try Data(try await browser.picture(beyondWindow: false)).write(
            to: URL(filePath: folder).appending(path: name + ".png"))
    }

    private func signIn(_ browser: Browser, _ origin: String, _ password: String) async throws {
        try await browser.open(origin + "/sign-in")
        try await browser.type("admin", into: "input[name=name]")
        try await browser.type(password, into: "input[name=password]")
        try await browser.click("form.panel button")
    }

    @Test(arguments: ["en", "ja"])
    func `every page fits a telephone and a table, and has nothing from elsewhere`(language: String) async throws {
        let site = try Site()
        try site.add(Site.patches)
        let key = try await site.activationKey()
        try await Server.with(site.configuration) { server in
            try await site.populate(server, key: key, others: 55)
            let origin = "http://127.0.0.1:\(server.port)"
            let browser = try await Browser(language: language, in: site.directory)
            do {
                let password = try #require(server.application.firstUser?.password)
                try await look(browser, origin, Self.open, language)
                try await signIn(browser, origin, password)
                #expect(try await browser.path() == "/fleet")
                try await look(browser, origin, Self.closed, language)
                try await browser.open(origin + "/fleet?q=web-5")
                try await browser.click(".tablewrap tbody a")
                let host = try await browser.path()
                #expect(host.hasPrefix("/fleet/"))
                try await look(browser, origin, [host], language)
                // Those who like it dark have it dark.
                try await browser.dim()
                try await browser.open(origin + host)
                try await keep(browser, "\(language)-dark")
                let paper = try await browser.evaluate("getComputedStyle(document.body).backgroundColor")
                #expect(paper == .string("rgb(18, 21, 29)"))
            } catch {
                await browser.quit()
                throw error
            }
            await browser.quit()
        }
    }

    private func look(_ browser: Browser, _ origin: String, _ paths: [String], _ language: String) async throws {
        for path in paths {
            try await browser.open(origin + path)
            // The language is the reader's; there is no script and nothing from elsewhere; templates left nothing open.
            let found = try await browser.evaluate(
                """
                [document.documentElement.lang, document.scripts.length,
                 performance.getEntriesByType('resource').filter(e => !e.name.startsWith(location.origin)).length,
                 Number(document.body.innerText.includes('{{')), Number(document.body.innerText.length > 40)]
                """)
            #expect(
                found == .array([.string(language), .integer(0), .integer(0), .integer(0), .integer(1)]), "\(path)")
            for width in [400, 1400] {
                try await browser.resize(width: width, height: width == 400 ? 1600 : 1100)
                let name = path.replacingOccurrences(of: "/", with: "_").prefix(30)
                try await keep(browser, "\(language)-\(width)-\(name)")
                let overflow = try await browser.evaluate(
                    "document.documentElement.scrollWidth - document.documentElement.clientWidth")
                #expect(overflow == .integer(0), "\(path) at \(width)")
            }
        }
    }

    @Test func `an operator enters a contract, makes a key, begins a rollout and halts it, and the log has it`()
        async throws
    {
        let site = try Site()
        try site.add(Site.patches)
        try await Server.with(site.configuration) { server in
            let origin = "http://127.0.0.1:\(server.port)"
            let browser = try await Browser(in: site.directory)
            do {
                try await signIn(browser, origin, try #require(server.application.firstUser?.password))
                try await browser.click("nav.sub a[href='/contracts']")
                try await browser.click("details.panel summary")
                try await browser.type("C-2026-7", into: "input[name=id]")
                try await browser.type("株式会社 例", into: "input[name=customer]")
                try await browser.click("details.panel button")
                #expect(try await browser.text(of: "tbody").contains("株式会社 例"))
                try await browser.click("nav.sub a[href='/keys']")
                try await browser.click("details.panel summary")
                try await browser.click("details.panel button")
                let key = try await browser.text(of: "#key")
                #expect(key.hasPrefix("KTG-"))
                // It is shown once, and works.
                try await browser.open(origin + "/keys")
                #expect(try await !browser.text(of: "body").contains(key))
                #expect(try await TestHost().register(key, at: server).status == 201)

                try await browser.click("nav.sub a[href='/rollouts']")
                try await browser.click("details.panel summary")
                try await browser.type("OpenSSL", into: "input[name=title]")
                try await browser.click("input[name=patch]")
                try await browser.click("details.panel button")
                #expect(try await browser.arrives { $0.hasPrefix("/rollouts/") })
                #expect(try await browser.text(of: "h1") == "OpenSSL")
                try await browser.type("a test", into: "input[name=reason]")
                try await browser.click("button[value=halt]")
                #expect(try await browser.text(of: ".state.bad").contains("a test"))
                try await browser.click("button[value=resume]")
                #expect(try await browser.text(of: ".head .tag") == "running")

                // Another language on the same page, and it stays.
                try await browser.click(".who a[hreflang=ja]")
                #expect(try await browser.text(of: ".head .tag") == "進行中")
                try await browser.click("nav.sub a[href='/audit']")
                #expect(try await browser.text(of: "h1") == "監査ログ")
                let log = try await browser.text(of: "tbody")
                for action in [
                    "contract.added", "key.made", "host.registered", "rollout.begun", "rollout.halted",
                    "rollout.resumed",
                ] {
                    #expect(log.contains(action), "\(action)")
                }
                try await browser.click(".who form button")
                #expect(try await browser.arrives { $0 != "/audit" })
                try await browser.open(origin + "/fleet")
                #expect(try await browser.arrives { $0 == "/sign-in" })
            } catch {
                await browser.quit()
                throw error
            }
            await browser.quit()
        }
    }
}
