// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import TestSupport

/// Chromium without a screen, told what to do by WebDriver (W3C).
final class Browser: Sendable {
    private let process: Process
    private let port: Int
    private let session: String

    /// Starts a browser.
    init(language: String = "en", in directory: TemporaryDirectory) async throws {
        let driver = Process()
        driver.executableURL = URL(filePath: "/usr/bin/chromedriver")
        driver.arguments = ["--port=0"]
        driver.environment = ProcessInfo.processInfo.environment.merging(["HOME": directory.path]) { $1 }
        let output = Pipe()
        driver.standardOutput = output
        driver.standardError = FileHandle.nullDevice
        try driver.run()
        process = driver
        port = try Self.port(output.fileHandleForReading)
        let options: JSONValue = .object([
            "args": .array(
                [
                    "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage",
                    "--lang=\(language)", "--user-data-dir=\(directory.path)/chromium-\(UUID().uuidString)",
                ].map { .string($0) }),
            "prefs": .object(["intl.accept_languages": .string(language)]),
        ])
        let begun = try await Self.call(
            port, "POST", "/session",
            .object([
                "capabilities": .object([
                    "alwaysMatch": .object(["browserName": .string("chrome"), "goog:chromeOptions": options])
                ])
            ]))
        guard case .object(let object) = begun, case .string(let id)? = object["sessionId"] else {
            throw CommandFailure(description: "no session: \(begun)")
        }
        session = id
    }

    /// Ends the browser.
    func quit() async {
        _ = try? await Self.call(port, "DELETE", "/session/\(session)", nil)
        // The driver inherits which signals this process blocks, and so may not hear others; its session has ended.
        kill(process.processIdentifier, SIGKILL)
    }

    /// Goes to an address.
    func open(_ address: String) async throws { try await tell("/url", .object(["url": .string(address)])) }

    /// Clicks what a selector finds first.
    func click(_ selector: String) async throws {
        try await tell("/element/\(try await find(selector))/click", .object([:]))
    }

    /// Types into what a selector finds first.
    func type(_ text: String, into selector: String) async throws {
        let element = try await find(selector)
        try await tell("/element/\(element)/clear", .object([:]))
        try await tell("/element/\(element)/value", .object(["text": .string(text)]))
    }

    /// What is read of what a selector finds first.
    func text(of selector: String) async throws -> String {
        // A page that is just being replaced takes its elements with it.
        for _ in 0..<50 {
            if case .string(let text)? = try? await ask("/element/\(try await find(selector))/text") { return text }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw CommandFailure(description: "\(selector) cannot be read")
    }

    /// What a script of one expression says.
    func evaluate(_ expression: String) async throws -> JSONValue {
        try await tell("/execute/sync", .object(["script": .string("return \(expression)"), "args": .array([])]))
    }

    /// The title of the page.
    func title() async throws -> String {
        if case .string(let text) = try await ask("/title") { text } else { "" }
    }

    /// Where the browser is, without the server's address.
    func path() async throws -> String {
        if case .string(let text) = try await evaluate("location.pathname") { text } else { "" }
    }

    /// Waits until the browser is where a path is as it should be; false if it never gets there.
    func arrives(where isRight: (String) -> Bool) async throws -> Bool {
        for _ in 0..<100 {
            // A page that is just being replaced answers nothing.
            if let path = try? await path(), isRight(path) { return true }
            try await Task.sleep(for: .milliseconds(100))
        }
        return false
    }

    /// Makes the window as wide as a telephone's or a table's.
    func resize(width: Int, height: Int = 900) async throws {
        try await tell(
            "/goog/cdp/execute",
            .object([
                "cmd": .string("Emulation.setDeviceMetricsOverride"),
                "params": .object([
                    "width": .integer(Int64(width)), "height": .integer(Int64(height)),
                    "deviceScaleFactor": .integer(1), "mobile": .boolean(false),
                ]),
            ]))
    }

    /// Shows pages as those see them who like it dark.
    func dim() async throws {
        try await tell(
            "/goog/cdp/execute",
            .object([
                "cmd": .string("Emulation.setEmulatedMedia"),
                "params": .object([
                    "features": .array([
                        .object(["name": .string("prefers-color-scheme"), "value": .string("dark")])
                    ])
                ]),
            ]))
    }

    /// A picture of the page, as PNG.
    func picture(beyondWindow: Bool) async throws -> [UInt8] {
        let reply = try await tell(
            "/goog/cdp/execute",
            .object([
                "cmd": .string("Page.captureScreenshot"),
                "params": .object(["captureBeyondViewport": .boolean(beyondWindow)]),
            ]))
        guard case .object(let object) = reply, case .string(let text)? = object["data"],
            let data = Data(base64Encoded: text)
        else { throw CommandFailure(description: "no picture") }
        return Array(data)
    }

    private func find(_ selector: String) async throws -> String {
        let reply = try await tell(
            "/element", .object(["using": .string("css selector"), "value": .string(selector)]))
        guard case .object(let object) = reply, case .string(let id)? = object.members.first?.value else {
            throw CommandFailure(description: "\(selector) finds nothing")
        }
        return id
    }

    @discardableResult
    private func tell(_ path: String, _ body: JSONValue) async throws -> JSONValue {
        try await Self.call(port, "POST", "/session/\(session)\(path)", body)
    }

    private func ask(_ path: String) async throws -> JSONValue {
        try await Self.call(port, "GET", "/session/\(session)\(path)", nil)
    }

    private static func call(_ port: Int, _ method: String, _ path: String, _ body: JSONValue?) async throws
        -> JSONValue
    {
        let connection = try await Connection(port: port)
        let reply = try await connection.request(
            method, path, [("Content-Type", "application/json"), ("Connection", "close")], body?.compactText ?? [])
        await connection.close()
        guard reply.status == 200, case .object(let object) = try Self.parsed(reply.body) else {
            throw CommandFailure(description: "\(path): \(reply.status) \(reply.text.prefix(600))")
        }
        return object["value"] ?? .null
    }

    /// The answer; fractions, which our JSON does not have, are cut.
    private static func parsed(_ bytes: [UInt8]) throws -> JSONValue {
        func converted(_ value: Any) -> JSONValue {
            switch value {
            case let text as String: .string(text)
            case let number as NSNumber: .integer(number.int64Value)
            case let list as [Any]: .array(list.map(converted))
            case let object as [String: Any]:
                .object(object.reduce(into: JSONObject()) { $0[$1.key] = converted($1.value) })
            default: .null
            }
        }
        return converted(try JSONSerialization.jsonObject(with: Data(bytes)))
    }

    /// The port on which the driver says that it listens.
    private static func port(_ output: FileHandle) throws -> Int {
        var text = ""
        while true {
            let piece = output.availableData
            guard !piece.isEmpty else { throw CommandFailure(description: "chromedriver did not start: \(text)") }
            text += String(decoding: piece, as: UTF8.self)
            guard let place = text.range(of: "successfully on port ") else { continue }
            let digits = text[place.upperBound...].prefix { $0.isNumber }
            if text[place.upperBound...].contains("."), let port = Int(digits) { return port }
        }
    }
}
