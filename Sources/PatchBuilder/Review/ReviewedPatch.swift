// SPDX-License-Identifier: Apache-2.0

package import LivePatch

/// A patch with what the safety review says of it.
package struct ReviewedPatch: Sendable {
    /// The patch; if it is not whole, only what its manifest and its review document say without its code.
    package var artefact: Artefact
    /// Whether the patch was linked; one that findings block may not have been.
    package var isWhole: Bool
    /// The findings that stand in its way.
    package var blocking: [Finding]
    /// The waivers that waive nothing here; they may do so in another target of the same fix.
    package var needless: [Waiver]

    /// Refuses a waiver that waives nothing in any of the patches of a fix: it is misspelt, or out of date.
    ///
    /// - Throws: ``PatchRefusal/needlessWaiver(rule:symbol:)``.
    package static func requireNoNeedlessWaivers(_ patches: [ReviewedPatch]) throws(PatchRefusal) {
        guard let first = patches.first else { return }
        for waiver in first.needless where patches.allSatisfy({ $0.needless.contains(waiver) }) {
            throw .needlessWaiver(rule: waiver.rule, symbol: waiver.symbol)
        }
    }

    /// The patch, if nothing stands in its way.
    ///
    /// - Throws: ``PatchRefusal/blocked(_:)``.
    package func accepted() throws(PatchRefusal) -> Artefact {
        guard blocking.isEmpty else { throw .blocked(blocking) }
        return artefact
    }
}
