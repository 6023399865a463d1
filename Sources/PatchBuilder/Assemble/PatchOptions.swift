// SPDX-License-Identifier: Apache-2.0

package import LivePatch

/// What an author says of a patch beside its fix.
package struct PatchOptions: Sendable {
    /// The cumulative level, from 1.
    package var level: Int
    /// What the fix is, one entry for each file.
    package var fixes: [Manifest.Fix]
    /// What must be known before the patch is taken out of a running process.
    package var revertHazards: [LocalizedText]
    /// The findings that somebody decided are no obstacle.
    package var waivers: [Waiver]
    /// The sources of units that the fix reaches and leaves as they are, for the review.
    package var unchangedUnits: [String] = []
    /// The fix, for the review.
    package var fixText = ""
    /// The compiler that made the object files, in its own words.
    package var compiler: String
    /// Whether the target must have come out of a build of the whole source with its build ID.
    package var provesRebuild = false

    /// What was found before the patch is assembled.
    package var findings: [Finding] = []

    /// What an author says of a patch.
    package init(
        level: Int, fixes: [Manifest.Fix], revertHazards: [LocalizedText], waivers: [Waiver] = [], compiler: String
    ) {
        self.level = level
        self.fixes = fixes
        self.revertHazards = revertHazards
        self.waivers = waivers
        self.compiler = compiler
    }
}
