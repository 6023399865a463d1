// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

/// The processes whose children may have a target without its patch: a fork inherits a patch, if it is there by then.
struct TargetUsers: Sendable {
    private var users: [ProcessID: (patches: Set<Int>, until: MonotonicInstant)] = [:]
    /// How many processes are still to be looked at, so that users may not be known yet.
    private var looks = 0
    /// When the last look ended.
    private var lookEnd: MonotonicInstant?

    /// How long a process counts behind the last that was done for it; events of forks are read long before.
    private static let memory = Duration.seconds(10)

    /// Notes that a process uses the targets of some groups of patches, and will be worked on up to an instant.
    mutating func note(_ process: ProcessID, _ patches: Set<Int>, until work: MonotonicInstant = .now) {
        let until = work.advanced(by: Self.memory)
        users[process] = (patches.union(users[process]?.patches ?? []), until)
        if users.count > 1024, users.count.isMultiple(of: 256) {
            let now = MonotonicInstant.now
            users = users.filter { $0.value.until > now }
        }
    }

    /// The patches that a child must be given which was forked a short time ago.
    func patches(of process: ProcessID) -> Set<Int> { users[process]?.patches ?? [] }

    /// Whether a process that forked at an instant may have been a user without being known as one.
    func mayBeUnknown(at time: MonotonicInstant) -> Bool {
        looks > 0 || lookEnd.map { time <= $0 } == true
    }

    mutating func lookBegins() { looks += 1 }

    mutating func lookEnds() {
        looks -= 1
        lookEnd = .now
    }
}
