// SPDX-License-Identifier: Apache-2.0

package import LivePatch

/// What an author states about a kernel's live patch.
package struct KernelPatchOptions: Sendable {
    package var level: Int
    package var title: String?
    package var vulnerabilities: [String]
    package var revertHazards: [LocalizedText]
    package var waivers: [Waiver]
    /// The release that the kernel is as safe as with the patch.
    package var safeRelease: String?

    package init(
        level: Int = 1, title: String? = nil, vulnerabilities: [String] = [], revertHazards: [LocalizedText] = [],
        waivers: [Waiver] = [], safeRelease: String? = nil
    ) {
        self.level = level
        self.title = title
        self.vulnerabilities = vulnerabilities
        self.revertHazards = revertHazards
        self.waivers = waivers
        self.safeRelease = safeRelease
    }
}

/// What was made of a fix for a kernel.
package struct KernelPatch: Sendable {
    /// The live patch, with what the safety review says of it.
    package var reviewed: ReviewedPatch
    /// The units that the fix reaches and does not change.
    package var unchanged: [String]
    /// The units that the fix reaches and that are no part of this kernel.
    package var elsewhere: [String]
}
