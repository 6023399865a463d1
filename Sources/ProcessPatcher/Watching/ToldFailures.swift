// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

/// The failures that a watch has told: a process that is looked at again and again fails again and again.
struct ToldFailures {
    private struct Failure: Hashable {
        let patches: Int
        let error: PatchError
    }

    private var told: [ProcessID: (startTime: UInt64, failures: Set<Failure>)] = [:]

    /// Notes a failure.
    ///
    /// - Parameters:
    ///   - error: Why it failed.
    ///   - patches: Which patches were to be applied.
    ///   - process: To which process; another one that gets its number later is not meant.
    /// - Returns: Whether it is news.
    mutating func insert(_ error: PatchError, of patches: Int, in process: ProcessID) -> Bool {
        guard let identity = try? ProcessIdentity(of: process) else { return true }
        if told[process]?.startTime != identity.startTime { told[process] = (identity.startTime, []) }
        let isNews = told[process]?.failures.insert(Failure(patches: patches, error: error)).inserted ?? true
        if isNews, told.count > 1024, told.count.isMultiple(of: 256) {
            told = told.filter { (try? ProcessIdentity(of: $0.key))?.startTime == $0.value.startTime }
        }
        return isNews
    }
}
