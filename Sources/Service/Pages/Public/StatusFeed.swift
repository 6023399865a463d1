// SPDX-License-Identifier: Apache-2.0

internal import CivilTime
internal import ServicePolicy
internal import ServiceStore
internal import UpdateFramework

/// Maintenance and designated days as a feed (Atom, RFC 4287).
struct StatusFeed: Sendable {
    /// Where the service is, such as `https://patches.example`.
    let origin: String
    let language: PageLanguage

    /// The feed's document.
    func text(of windows: [MaintenanceRecord], designated: [DesignatedDay], at now: Moment) -> String {
        let windowEntries = windows.map { window -> (id: String, updated: Moment, title: String, text: String) in
            let kind = window.window.kind.text.text(in: language)
            let maintenance = CommonText.maintenance.text(in: language)
            let starts = ZonedTime(window.window.starts, in: .tokyo).text
            let ends = ZonedTime(window.window.ends, in: .tokyo).text
            return (
                "maintenance-\(window.id)", window.window.noticed ?? window.window.starts,
                "\(maintenance) (\(kind)): \(starts)", "\(starts) – \(ends). \(language.text(window.text))"
            )
        }
        let dayEntries = designated.filter { $0.day >= now.dayInTokyo }.map { day in
            (
                "day-\(day.day)", Moment(startOf: day.day).adding(days: -30),
                "\(PublicText.designatedDays.text(in: language)): \(day.day)", day.note
            )
        }
        let entries = (windowEntries + dayEntries).sorted { $0.1 > $1.1 }
        let updated = entries.map(\.1).max() ?? now
        return """
            <?xml version="1.0" encoding="utf-8"?>
            <feed xmlns="http://www.w3.org/2005/Atom" xml:lang="\(language.rawValue)">
            <id>\(escaped(origin))/status.atom</id>
            <title>\(escaped(CommonText.statusFeed.text(in: language)))</title>
            <updated>\(time(updated))</updated>
            <author><name>Kaketsugi</name></author>
            <link rel="self" href="\(escaped(origin))/status.atom"/>
            <link rel="alternate" href="\(escaped(origin))/status"/>

            """ + entries.map { entry($0) }.joined() + "</feed>\n"
    }

    private func entry(_ entry: (String, Moment, String, String)) -> String {
        """
        <entry>
        <id>\(escaped(origin))/status#\(escaped(entry.0))</id>
        <title>\(escaped(entry.2))</title>
        <updated>\(time(entry.1))</updated>
        <link href="\(escaped(origin))/status"/>
        <content type="text">\(escaped(entry.3))</content>
        </entry>

        """
    }

    private func time(_ moment: Moment) -> String { "\(UpdateTime(secondsSince1970: moment.seconds))" }

    private func escaped(_ text: String) -> String {
        var escaped = ""
        for letter in text.unicodeScalars {
            switch letter {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.unicodeScalars.append(letter)
            }
        }
        return escaped
    }
}
