// SPDX-License-Identifier: Apache-2.0

/// A place that packages come from, as a machine's sources.list or .sources file names it.
struct ArchiveEntry: Equatable {
    var addresses: [String]
    var suites: [String]
    var components: [String]
    /// The fields that say why the place is trusted, copied as they stand: a key file, or a key.
    var trust: [String: String]

    private static let trustFields = ["Signed-By", "Trusted", "Check-Valid-Until", "Check-Date"]

    /// Reads the deb822 format of `*.sources`; disabled entries are left out.
    static func parse(sources text: String) -> [ArchiveEntry] {
        ControlStanza.parse(text).compactMap { stanza in
            guard stanza["Enabled"]?.lowercased() != "no", !stanza.words("Types").isEmpty else { return nil }
            var trust: [String: String] = [:]
            for field in trustFields { trust[field] = stanza[field] }
            return ArchiveEntry(
                addresses: stanza.words("URIs"), suites: stanza.words("Suites"),
                components: stanza.words("Components"), trust: trust)
        }
    }

    /// Reads the one-line format of `*.list`: `deb [signed-by=FILE] ADDRESS SUITE COMPONENT…`.
    static func parse(list text: String) -> [ArchiveEntry] {
        text.split(whereSeparator: \.isNewline).compactMap { parse(line: $0.prefix { $0 != "#" }) }
    }

    private static func parse(line: Substring) -> ArchiveEntry? {
        var line = line
        var trust: [String: String] = [:]
        if let open = line.firstIndex(of: "["), let close = line[open...].firstIndex(of: "]") {
            for option in line[line.index(after: open)..<close].split(whereSeparator: \.isWhitespace) {
                let parts = option.split(separator: "=", maxSplits: 1)
                guard parts.count == 2 else { continue }
                let field = trustFields.first { $0.lowercased() == parts[0].lowercased() }
                if let field { trust[field] = String(parts[1]) }
            }
            line.removeSubrange(open...close)
        }
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        guard words.count >= 3, words[0] == "deb" || words[0] == "deb-src" else { return nil }
        return ArchiveEntry(
            addresses: [words[1]], suites: [words[2]], components: Array(words[3...]), trust: trust)
    }

    /// The entry in deb822, for binary and source packages, and no index that the builder does not read.
    var stanza: String {
        var lines = [
            "Types: deb deb-src", "URIs: \(addresses.joined(separator: " "))",
            "Suites: \(suites.joined(separator: " "))", "Components: \(components.joined(separator: " "))",
            "Targets: Packages Sources",
        ]
        for field in Self.trustFields {
            if let value = trust[field] { lines.append("\(field): \(value)") }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension ArchiveEntry {
    /// Of a machine's entries, those for its own release: other vendors' packages and backports are none of ours.
    static func ofRelease(_ codename: String, in entries: [ArchiveEntry]) -> [ArchiveEntry] {
        let suites = [codename, "\(codename)-updates", "\(codename)-security", "\(codename)/updates"]
        var chosen: [ArchiveEntry] = []
        for var entry in entries where entry.components.contains("main") {
            entry.suites = entry.suites.filter(suites.contains)
            // The same place may be named for binary and for source packages; it is asked for both.
            guard !entry.suites.isEmpty, !chosen.contains(entry) else { continue }
            chosen.append(entry)
        }
        return chosen
    }

    /// The same places for another release: those of a release are called by its name, and `-updates` or so.
    func naming(_ other: String, inPlaceOf codename: String) -> ArchiveEntry {
        var entry = self
        entry.suites = suites.map { $0.hasPrefix(codename) ? other + $0.dropFirst(codename.count) : $0 }
        return entry
    }

    /// The entries that this machine is configured with.
    static func configured() throws(BuildError) -> [ArchiveEntry] {
        var entries: [ArchiveEntry] = []
        let directory = "/etc/apt/sources.list.d"
        let parts = Files.isDirectory(directory) ? try Files.names(in: directory).map { directory + "/" + $0 } : []
        for path in ["/etc/apt/sources.list"] + parts where Files.isFile(path) {
            let text = String(decoding: try Files.read(path), as: UTF8.self)
            if path.hasSuffix(".sources") { entries += parse(sources: text) }
            if path.hasSuffix(".list") { entries += parse(list: text) }
        }
        return entries
    }

    /// The code name of the release that this machine runs, as /etc/os-release has it.
    static func codename(inRelease text: String) -> String? {
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("VERSION_CODENAME=") {
            let value = line.dropFirst("VERSION_CODENAME=".count).filter { $0 != "\"" && $0 != "'" }
            return value.isEmpty ? nil : String(value)
        }
        return nil
    }
}
