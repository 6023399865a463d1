// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CivilTime
import CommandLineOutput
import ServicePolicy
import ServiceStore

/// `kaketsugi-server maintenance`: when the service is restricted, and when groups of hosts take patches.
struct MaintenanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "maintenance",
        abstract: "Announce maintenance, designate days, and say when groups of hosts take patches.",
        subcommands: [AddMaintenance.self, ListMaintenance.self])
}

/// `maintenance add`.
struct AddMaintenance: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Announce maintenance, designate a day, or give a group a window.",
        discussion: """
            Give one of these: --from and --to for a time in which the service is restricted (notice is given now, and \
            --emergency says that it is not planned); --designated-day for a day on which it need not be there; --group \
            and --weekly for the hours in which hosts of a group are given new patches. Its clock is --offset minutes ahead \
            of UTC the year round: where clocks change in summer, move the window.
            """)

    @Option(help: ArgumentHelp("When the service is restricted, as YYYY-MM-DDTHH:MM:SSZ.", valueName: "time"))
    var from: Moment?

    @Option(help: ArgumentHelp("Until when.", valueName: "time"))
    var to: Moment?

    @Flag(help: "It is not planned.")
    var emergency = false

    @Option(name: .customLong("text"), help: "What customers are told.")
    var english = ""

    @Option(name: .customLong("text-ja"), help: ArgumentHelp("The same in Japanese.", valueName: "text"))
    var japanese = ""

    @Option(help: ArgumentHelp("A day on which the service need not be there.", valueName: "day"))
    var designatedDay: CalendarDay?

    @Option(help: "The group that takes patches.")
    var group: String?

    @Option(help: ArgumentHelp("When, such as sat,sun,02:00-05:00.", valueName: "days,hours"))
    var weekly: String?

    @Option(help: ArgumentHelp("How far the group's clock is ahead of UTC.", valueName: "minutes"))
    var offset = 540

    @OptionGroup var service: ServiceOptions

    mutating func validate() throws {
        let chosen = [from != nil && to != nil, designatedDay != nil, group != nil && weekly != nil].filter { $0 }
        guard chosen.count == 1 else {
            throw ValidationError("Give --from and --to, or --designated-day, or --group and --weekly.")
        }
        if let from, let to, from >= to { throw ValidationError("--to is after --from.") }
        guard (-14 * 60...14 * 60).contains(offset) else { throw ValidationError("--offset is -840 to 840 minutes.") }
    }

    mutating func run() async throws {
        let now = Moment.now
        let entry: MaintenanceEntry
        let write: @Sendable (Records) throws -> Void
        let id = "m-" + ActivationKeySecret().id
        if let from, let to {
            let record = MaintenanceRecord(
                id: id, window: MaintenanceWindow(emergency ? .emergency : .planned, from: from, to: to, noticed: now),
                text: PolicyText(english, japanese.isEmpty ? english : japanese))
            entry = MaintenanceEntry(record)
            write = { try $0.put(record) }
        } else if let designatedDay {
            let day = DesignatedDay(designatedDay, note: english)
            entry = MaintenanceEntry(day)
            write = { try $0.put(day) }
        } else {
            guard let window = GroupWindow(id: id, group: group ?? "", written: weekly ?? "", offset: offset) else {
                throw refused(FleetText.badWindow(weekly ?? "").reason)
            }
            entry = MaintenanceEntry(window)
            write = { try $0.add(window) }
        }
        try await service.change { records in
            try write(records)
            try records.log(
                "maintenance.added", of: entry.id, by: ServiceOptions.actor, at: now,
                detail: entry.cells(in: .english).dropFirst().joined(separator: " "))
            return RecordReport(entry: entry, said: .announced(entry.id))
        }
    }
}

/// `maintenance list`.
struct ListMaintenance: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show what is announced, designated days, and the windows of groups.")

    @OptionGroup var service: ServiceOptions

    mutating func run() async throws {
        let now = Moment.now
        try await service.show { records in
            ListReport(
                entries: try records.maintenance(endingAfter: now).map { MaintenanceEntry($0) }
                    + (try records.designatedDays().filter { $0.day >= now.dayInTokyo }.map { MaintenanceEntry($0) })
                    + (try records.groupWindows().map { MaintenanceEntry($0) }))
        }
    }
}

/// A time in a list.
struct MaintenanceEntry: FleetEntry {
    static let list = "maintenance"
    let id: String
    let kind: String
    let from: String
    let to: String
    let group: String?
    let isUnannounced: Bool
    let text: String
    let textJapanese: String

    init(_ record: MaintenanceRecord) {
        id = record.id
        kind = record.window.kind.rawValue
        from = record.window.starts.text
        to = record.window.ends.text
        group = nil
        isUnannounced = record.window.isUnannounced
        text = record.text.english
        textJapanese = record.text.japanese
    }

    init(_ day: DesignatedDay) {
        id = "\(day.day)"
        kind = "designatedDay"
        from = "\(day.day)"
        to = "\(day.day)"
        group = nil
        isUnannounced = false
        (text, textJapanese) = (day.note, day.note)
    }

    init(_ window: GroupWindow) {
        id = window.id
        kind = "groupWindow"
        let days = window.weekdays.compactMap {
            GroupWindow.days.indices.contains($0 - 1) ? GroupWindow.days[$0 - 1] : nil
        }
        from = days.joined(separator: ",") + " " + GroupWindow.clock(window.starts)
        to = GroupWindow.clock((window.starts + window.minutes) % 1440)
        group = window.group
        isUnannounced = false
        text = "UTC" + (window.utcOffset < 0 ? "-" : "+") + GroupWindow.clock(abs(window.utcOffset))
        textJapanese = text
    }

    func cells(in language: Language) -> [String] {
        [id, kind, from, to, group ?? "", language == .japanese ? textJapanese : text]
    }
}

extension GroupWindow {
    static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// A window as it is written: `sat,sun,02:00-05:00`; nil for any other text.
    init?(id: String, group: String, written: String, offset: Int) {
        var parts = written.lowercased().split(separator: ",").map(String.init)
        guard let hours = parts.popLast(), !parts.isEmpty, !group.isEmpty else { return nil }
        let weekdays = parts.compactMap { Self.days.firstIndex(of: $0).map { $0 + 1 } }
        let ends = hours.split(separator: "-").map(String.init)
        guard weekdays.count == parts.count, ends.count == 2, let start = Self.minutes(ends[0]),
            let end = Self.minutes(ends[1]), start != end
        else { return nil }
        // A window may go on after midnight.
        self.init(
            id: id, group: group, weekdays: Set(weekdays).sorted(), starts: start % 1440,
            minutes: end > start ? end - start : end + 1440 - start, utcOffset: offset)
    }

    private static func minutes(_ text: String) -> Int? {
        let parts = text.split(separator: ":")
        guard parts.count == 2, parts[0].utf8.count == 2, parts[1].utf8.count == 2, let hour = Int(parts[0]),
            let minute = Int(parts[1]), (0...59).contains(minute), (0...23).contains(hour) || (hour, minute) == (24, 0)
        else { return nil }
        return hour * 60 + minute
    }

    /// Minutes after midnight as `HH:MM`.
    static func clock(_ minutes: Int) -> String {
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }
        return two(minutes / 60) + ":" + two(minutes % 60)
    }
}
