// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput

/// A record as a line of a list.
protocol FleetEntry: Encodable, Sendable {
    /// What the list is called in JSON.
    static var list: String { get }
    /// The cells of its line.
    func cells(in language: Language) -> [String]
}

/// Records as a table, or as JSON.
struct ListReport<Entry: FleetEntry>: Presentable, Sendable {
    let entries: [Entry]
    /// How many there are, where the list shows some.
    var total: Int?

    /// The JSON of a list.
    struct Report: Encodable {
        let entries: [Entry]
        let total: Int?

        private struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(_ text: String) { stringValue = text }
            init?(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(1, forKey: Key("schemaVersion"))
            try container.encode(entries, forKey: Key(Entry.list))
            try container.encodeIfPresent(total, forKey: Key("total"))
        }
    }

    var report: Report { Report(entries: entries, total: total) }

    func text(in language: Language) -> String {
        guard !entries.isEmpty else { return FleetText.none.text(in: language) }
        let table = TextLayout.table(entries.map { $0.cells(in: language) }, limit: 32)
        guard let total, total > entries.count else { return table }
        return table + "\n" + FleetText.shown(entries.count, of: total).text(in: language)
    }
}

/// A single record, with a sentence for people.
struct RecordReport<Entry: FleetEntry>: Presentable, Sendable {
    let entry: Entry
    let said: FleetText

    /// The JSON of a record: its list, with it alone.
    var report: ListReport<Entry>.Report { .init(entries: [entry], total: nil) }

    func text(in language: Language) -> String { TextLayout.wrapped(said.text(in: language), indent: 0) }
}
