// SPDX-License-Identifier: Apache-2.0

internal import ServicePolicy
internal import ServiceStore

extension GroupWindow {
    /// Whether it is open at a moment.
    ///
    /// The group's clock is a fixed number of minutes ahead of UTC: where clocks change in summer, the window is an hour off
    /// for half of the year, unless the operator moves it.
    func isOpen(at moment: Moment) -> Bool {
        let week: Int64 = 7 * 1440
        let minutesOfEpoch = moment.seconds >= 0 ? moment.seconds / 60 : (moment.seconds - 59) / 60
        let (local, overflow) = minutesOfEpoch.addingReportingOverflow(Int64(utcOffset))
        guard !overflow, minutes > 0 else { return false }
        // 1970-01-01 was a Thursday; minutes are counted from Monday, 00:00.
        let now = (((local + 3 * 1440) % week) + week) % week
        return weekdays.contains { day in
            let start = (Int64(day) - 1) * 1440 + Int64(starts)
            let since = (((now - start) % week) + week) % week
            return since < Int64(minutes)
        }
    }
}

extension [GroupWindow] {
    /// Whether hosts of a group may be given something now: always, if it has no window.
    func isOpen(for group: String, at moment: Moment) -> Bool {
        let own = filter { $0.group == group }
        return own.isEmpty || own.contains { $0.isOpen(at: moment) }
    }
}
