// SPDX-License-Identifier: Apache-2.0

internal import ServiceStore

/// All rollouts, and which of them have a patch for a build: most concern few hosts, and each host asks few.
struct KnownRollouts: Hashable, Sendable {
    /// The rollouts, by name.
    var rollouts: [String: RolloutRecord] = [:]
    /// The names of those that have a patch for a build, in their order.
    private var places: [String: [String]] = [:]

    /// None.
    init() {}

    /// Some rollouts.
    init(_ rollouts: [RolloutRecord]) {
        for rollout in rollouts { add(rollout) }
    }

    /// Reads what is new, or has changed.
    mutating func update(from records: Records) throws(StoreError) {
        let next = try records.rollouts(knowing: rollouts)
        guard next.count == rollouts.count, next.keys.allSatisfy({ rollouts[$0] != nil }) else {
            self = KnownRollouts(Array(next.values))
            return
        }
        rollouts = next
    }

    /// The names of those that have a patch for one of the builds.
    func names(for builds: some Sequence<String>) -> [String] {
        var names: Set<String> = []
        for build in builds { names.formUnion(places[build] ?? []) }
        return names.sorted()
    }

    private mutating func add(_ rollout: RolloutRecord) {
        rollouts[rollout.id] = rollout
        for build in Set(rollout.patches.map(\.buildID)) { places[build, default: []].append(rollout.id) }
    }

    subscript(name: String) -> RolloutRecord? {
        get { rollouts[name] }
        set {
            if rollouts[name] == nil, let newValue { add(newValue) } else { rollouts[name] = newValue }
        }
    }
}
