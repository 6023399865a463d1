// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport
internal import LivePatch
internal import TOMLKit

/// The administrator's file of settings, `/etc/kaketsugi/kaketsugi.toml`.
///
/// What is unknown or impossible in it is refused with its line: a setting with a slip in its name would else be one that
/// everybody believes in.
package struct ConfigurationFile {
    private let name: String
    private let lines: [Substring]
    private let document: TOMLTable

    /// Reads a file's text.
    ///
    /// - Throws: `AgentError.badConfiguration`.
    package init(_ text: String, name: String) throws(AgentError) {
        self.name = name
        lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        if let line = SectionHeads.firstNameless(in: text) {
            throw .badConfiguration(
                file: name, line: line,
                reason: LocalizedText(
                    english: "a section's name is expected behind [", japanese: "[ の後にはセクションの名前が必要です"))
        }
        do {
            document = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw .badConfiguration(
                file: name, line: error.source.begin.line,
                reason: LocalizedText(
                    english: "this is no TOML: \(error.description)", japanese: "TOML として読めません: \(error.description)"))
        } catch {
            throw .badConfiguration(file: name, line: 1, reason: LocalizedText(english: "\(error)"))
        }
    }

    /// The settings.
    ///
    /// - Parameter settings: what holds where the file says nothing.
    /// - Returns: What holds.
    /// - Throws: `AgentError.badConfiguration`.
    package func settings(over settings: AgentSettings) throws(AgentError) -> AgentSettings {
        var settings = settings
        for section in document.keys {
            guard let keys = Self.keys[section], let table = document[section]?.table else {
                throw refusal(of: nil, section, allowed: Self.keys.keys.sorted().map { "[\($0)]" })
            }
            for key in table.keys where !keys.contains(key) { throw refusal(of: section, key, allowed: keys) }
        }
        if let proxy = try text("service", "proxy") {
            guard let address = try? HTTPAddress(proxy), !address.origin.isSecure else {
                throw wrong("service", "proxy", "\"http://[user:password@]host:port\"")
            }
            settings.proxy = address
        }
        if let names = try texts("service", "no-proxy") { settings.direct = DirectHosts(names) }
        if let path = try text("service", "certificates") {
            guard path.hasPrefix("/") else { throw wrong("service", "certificates", "the absolute path of a file") }
            settings.certificates = path
        }
        if let addresses = try texts("service", "mirrors") {
            settings.mirrors = addresses.compactMap { try? HTTPAddress($0) }
            guard settings.mirrors.count == addresses.count else {
                throw wrong("service", "mirrors", "a list of addresses, [\"https://mirror.example/kaketsugi\"]")
            }
        }
        settings.isAutomatic = try boolean("updates", "automatic") ?? settings.isAutomatic
        settings.soak = try integer("updates", "soak", 0...86_400) ?? settings.soak
        settings.failureLimit = try integer("updates", "failures", 1...100).map { Int($0) } ?? settings.failureLimit
        settings.wait = try integer("updates", "wait", 0...600) ?? settings.wait
        settings.exclusions = try texts("processes", "exclude") ?? settings.exclusions
        settings.targets = try texts("processes", "targets") ?? settings.targets
        if let path = try text("metrics", "file") {
            guard path.hasPrefix("/"), path.hasSuffix(".prom") else {
                throw wrong("metrics", "file", "the absolute path of a file whose name ends with .prom")
            }
            settings.metrics = path
        }
        return settings
    }

    /// What there is, by its section.
    private static let keys: [String: [String]] = [
        "service": ["certificates", "mirrors", "no-proxy", "proxy"],
        "updates": ["automatic", "failures", "soak", "wait"],
        "processes": ["exclude", "targets"], "metrics": ["file"],
    ]

    private func value(_ section: String, _ key: String) -> (any TOMLValueConvertible)? {
        document[section]?.table?[key]
    }

    private func text(_ section: String, _ key: String) throws(AgentError) -> String? {
        guard let value = value(section, key) else { return nil }
        guard let text = value.string else { throw wrong(section, key, "a text in quotes") }
        return text
    }

    private func boolean(_ section: String, _ key: String) throws(AgentError) -> Bool? {
        guard let value = value(section, key) else { return nil }
        guard let boolean = value.bool else { throw wrong(section, key, "true or false") }
        return boolean
    }

    private func integer(
        _ section: String, _ key: String, _ range: ClosedRange<Int64>
    ) throws(AgentError) -> Int64? {
        guard let value = value(section, key) else { return nil }
        guard let number = value.int.map({ Int64($0) }), range.contains(number) else {
            throw wrong(section, key, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private func texts(_ section: String, _ key: String) throws(AgentError) -> [String]? {
        guard let value = value(section, key) else { return nil }
        guard let array = value.array else { throw wrong(section, key, "a list of texts in quotes") }
        var texts: [String] = []
        for element in array {
            guard let text = element.string else { throw wrong(section, key, "a list of texts in quotes") }
            texts.append(text)
        }
        return texts
    }

    private func refusal(of section: String?, _ key: String, allowed: [String]) -> AgentError {
        let list = allowed.joined(separator: ", ")
        return .badConfiguration(
            file: name, line: line(of: section, key),
            reason: LocalizedText(
                english: "there is no setting \(key) here; there are \(list)",
                japanese: "\(key) という設定はありません。使用できるのは \(list) です"))
    }

    private func wrong(_ section: String, _ key: String, _ allowed: String) -> AgentError {
        .badConfiguration(
            file: name, line: line(of: section, key),
            reason: LocalizedText(
                english: "\(key) must be \(allowed)", japanese: "\(key) に指定できるのは次のとおりです: \(allowed)"))
    }

    /// The line on which a key of a section is set; the parser tells places of mistakes in form only.
    private func line(of section: String?, _ key: String) -> Int {
        var current: String?
        for (index, line) in lines.enumerated() {
            let words = line.drop { $0 == " " || $0 == "\t" }
            if words.hasPrefix("[") {
                current = words.dropFirst().prefix { $0 != "]" }.filter { $0 != " " && $0 != "\"" }
                if section == nil, current == key { return index + 1 }
                continue
            }
            let name = words.prefix { $0 != "=" }.filter { !" \t\"'".contains($0) }
            let isHere = current == section || (current == nil && name == "\(section ?? "").\(key)")
            if isHere, name == key || name == "\(section ?? "").\(key)" { return index + 1 }
            if section == nil, current == nil, name == key || name.hasPrefix("\(key).") { return index + 1 }
        }
        return 1
    }
}
