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

    /// The patch, if nothing stands in its way.
    ///
    /// - Throws: ``PatchRefusal/blocked(_:)``.
    package func accepted() throws(PatchRefusal) -> Artefact {
        guard blocking.isEmpty else { throw .blocked(blocking) }
        return artefact
    }
}
