// SPDX-License-Identifier: Apache-2.0

package import CivilTime
package import ServicePolicy

/// A time in which the service is restricted, as it is announced (LP-3.2-4).
package struct MaintenanceRecord: Hashable, Sendable {
    /// Its name.
    package var id: String
    /// When it is, and whether it is planned.
    package var window: MaintenanceWindow
    /// What is said of it.
    package var text: PolicyText

    /// An announcement.
    package init(id: String, window: MaintenanceWindow, text: PolicyText) {
        self.id = id
        self.window = window
        self.text = text
    }
}

/// A day on which the service need not be there.
package struct DesignatedDay: Hashable, Sendable {
    /// The day, in Asia/Tokyo.
    package var day: CalendarDay
    /// Why, for people.
    package var note: String

    /// A day.
    package init(_ day: CalendarDay, note: String) {
        self.day = day
        self.note = note
    }
}

extension Records {
    /// Announces maintenance, or changes what was announced.
    package func put(_ maintenance: MaintenanceRecord) throws(StoreError) {
        try execute(
            """
            INSERT INTO maintenance (id, kind, starts, ends, noticed, english, japanese) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, starts = excluded.starts, ends = excluded.ends,
            noticed = excluded.noticed, english = excluded.english, japanese = excluded.japanese
            """, .text(maintenance.id), .text(maintenance.window.kind.rawValue),
            .integer(maintenance.window.starts.seconds), .integer(maintenance.window.ends.seconds),
            .optional(maintenance.window.noticed?.seconds), .text(maintenance.text.english),
            .text(maintenance.text.japanese))
    }

    /// What was announced and ends after a moment, in its order.
    package func maintenance(endingAfter moment: Moment = Moment(seconds: 0)) throws(StoreError) -> [MaintenanceRecord]
    {
        var list: [MaintenanceRecord] = []
        let rows = try query(
            """
            SELECT id, kind, starts, ends, noticed, english, japanese FROM maintenance WHERE ends > ? ORDER BY starts, id
            """, .integer(moment.seconds))
        for row in rows {
            let window = MaintenanceWindow(
                try row.read(1, MaintenanceWindow.Kind.init(rawValue:)), from: Moment(seconds: try row.integer(2)),
                to: Moment(seconds: try row.integer(3)),
                noticed: try row.optionalInteger(4).map { Moment(seconds: $0) })
            list.append(
                MaintenanceRecord(
                    id: try row.text(0), window: window, text: PolicyText(try row.text(5), try row.text(6))))
        }
        return list
    }

    /// Designates a day.
    package func put(_ day: DesignatedDay) throws(StoreError) {
        try execute(
            """
            INSERT INTO designated_days (day, note) VALUES (?, ?) ON CONFLICT (day) DO UPDATE SET note = excluded.note
            """, .text("\(day.day)"), .text(day.note))
    }

    /// The designated days, in their order.
    package func designatedDays() throws(StoreError) -> [DesignatedDay] {
        var days: [DesignatedDay] = []
        for row in try query("SELECT day, note FROM designated_days ORDER BY day") {
            days.append(DesignatedDay(try row.read(0) { CalendarDay($0) }, note: try row.text(1)))
        }
        return days
    }
}
