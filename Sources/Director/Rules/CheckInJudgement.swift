// SPDX-License-Identifier: Apache-2.0

internal import HostProtocol
internal import ServiceStore

/// What a check-in is, by what is known of its host.
enum CheckInJudgement: Hashable, Sendable {
    /// The next one.
    case next
    /// The last one once more, since its answer was lost.
    case repeated
    /// One of another machine with the same key.
    case copied

    /// How many boots of a host are remembered.
    static let boots = 4

    /// Judges a check-in.
    ///
    /// A host keeps its counter before it sends it, so that of two machines with one key one comes with a number that was
    /// used already. A boot ID is never drawn twice: one that comes again after another is a second machine. And a machine ID
    /// does not change.
    static func judge(
        counter: Int64, digest: String, bootID: String, machineID: String, knownMachineID: String,
        _ progress: HostProgress
    ) -> CheckInJudgement {
        guard machineID == knownMachineID else { return .copied }
        if counter == progress.counter, digest == progress.digest { return .repeated }
        guard counter > progress.counter, !progress.boots.dropLast().contains(bootID) else { return .copied }
        return .next
    }
}

extension HostProgress {
    /// Notes the boot of a check-in.
    mutating func note(bootID: String) {
        guard boots.last != bootID else { return }
        boots.append(bootID)
        if boots.count > CheckInJudgement.boots { boots.removeFirst() }
    }
}
