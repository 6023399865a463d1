// SPDX-License-Identifier: Apache-2.0

/// The compiled units of a fix for a kernel, without it and with it.
package struct BuiltKernelFix: Sendable {
    /// The fix, with those of lower levels.
    package var fix: Fix
    /// The units whose objects differ.
    var units: [KernelUnitBuild]
    /// The sources of the units that the fix reaches and does not change.
    var unchanged: [String]
    /// The files that the fix changes, by their paths in the tree.
    var touched: [String]

    /// Whether a level changes any code or data beside what the level below it has changed.
    ///
    /// What cannot be compared counts as a change.
    package func differs(from below: BuiltKernelFix?) -> Bool {
        var lower: [String: KernelUnitBuild] = [:]
        for unit in below?.units ?? [] { lower[unit.source] = unit }
        for unit in units {
            let before = lower.removeValue(forKey: unit.source)?.objects.fixed ?? unit.objects.sectioned
            if differs(unit, before, unit.objects.fixed) { return true }
        }
        // Units that the level below had changed and that are as they were shipped again.
        return lower.values.contains { differs($0, $0.objects.fixed, $0.objects.sectioned) }
    }

    private func differs(_ unit: KernelUnitBuild, _ before: [UInt8], _ after: [UInt8]) -> Bool {
        do throws(KernelRefusal) {
            return try !KernelUnitDiff(
                from: KernelUnit(name: unit.source, bytes: before), to: KernelUnit(name: unit.source, bytes: after)
            ).isEmpty
        } catch {
            return true
        }
    }
}
