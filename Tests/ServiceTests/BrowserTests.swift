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
        try Data(try await browser.picture(beyondWindow: false)).write(to: URL(filePath: folder).appending(path: name + ".png"))
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
                try await browser.click("tbody a")
                let host = try await browser.path()
                #expect(host.hasPrefix("/fleet/"))
                try await look(browser, origin, [host], language)
            } catch {
                await browser.quit()
                throw error
            }
            await browser.quit()
        }
    }

    private func look(_ browser: Browser, _ origin: String, _ paths: [String], _ language: String) async throws {
        for path in paths {
            for width in [400, 1400] {
                try await browser.resize(width: width, height: width == 400 ? 1600 : 1100)
                try await browser.open(origin + path)
                let name = path.replacingOccurrences(of: "/", with: "_").prefix(30)
                try await keep(browser, "\(language)-\(width)-\(name)")
                let overflow = try await browser.evaluate(
                    "document.documentElement.scrollWidth - document.documentElement.clientWidth")
                #expect(overflow == .integer(0), "\(path) at \(width)")
                #expect(try await browser.evaluate("document.documentElement.lang") == .string(language))
                #expect(try await browser.evaluate("document.scripts.length") == .integer(0))
                let foreign = try await browser.evaluate(
                    "performance.getEntriesByType('resource').filter(e => !e.name.startsWith(location.origin)).length")
                #expect(foreign == .integer(0))
                // Templates say nothing that is not there: no text is missing.
                let text = try await browser.text(of: "body")
                #expect(!text.contains("{{") && !text.isEmpty)
            }
        }
    }
}
