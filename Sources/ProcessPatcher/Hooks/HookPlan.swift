// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
package import LivePatch

/// A hook, for what is said of it.
package struct HookName: Hashable, Sendable, CustomStringConvertible {
    /// The function's name.
    package var function: String
    /// When it runs.
    package var moment: Manifest.Hook.Moment

    /// A hook by its function and moment.
    package init(function: String, moment: Manifest.Hook.Moment) {
        self.function = function
        self.moment = moment
    }

    /// The name and the moment.
    package var description: String { "\(function) (\(moment.rawValue))" }
}

/// The hooks of a patch that run in a switch, and where.
struct HookPlan: Hashable, Sendable {
    /// A hook in the process.
    struct Call: Hashable, Sendable {
        let name: HookName
        let address: RemoteAddress
    }

    /// Where they run.
    let area: HookArea
    /// Those before the first write, in order.
    let before: [Call]
    /// Those after the last write, in order.
    let after: [Call]
    /// How long each may take.
    let limit: Duration

    /// The hooks of a patch that is in a process; nil if the patch has none at all.
    ///
    /// - Parameters:
    ///   - record: The patch.
    ///   - moments: What is meant by before and after.
    ///   - limit: How long each may take.
    init?(
        of record: ResidentRecord, _ moments: (before: Manifest.Hook.Moment, after: Manifest.Hook.Moment),
        limit: Duration
    ) {
        guard let area = record.hookArea else { return nil }
        func calls(_ moment: Manifest.Hook.Moment) -> [Call] {
            record.manifest.hooks.filter { $0.moment == moment }.map { hook in
                Call(
                    name: HookName(function: hook.function, moment: moment),
                    address: record.patchBase.advanced(by: hook.offset))
            }
        }
        self.area = area
        before = calls(moments.before)
        after = calls(moments.after)
        self.limit = limit
    }

    /// A plan without hooks, for something else that runs in the area.
    init(area: HookArea, limit: Duration) {
        self.area = area
        before = []
        after = []
        self.limit = limit
    }

    /// The area's code, in which nobody may be when it is used again: a signal's handler may run above it.
    var run: ActiveCode.Run {
        ActiveCode.Run(function: "hook", range: area.code, safe: [], endsInCall: false, countsStart: true)
    }
}
