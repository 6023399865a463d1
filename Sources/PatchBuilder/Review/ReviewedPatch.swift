// SPDX-License-Identifier: Apache-2.0

package import LivePatch

/// A patch with what the safety review says of it.
package struct ReviewedPatch: Sendable {
    /// The patch; nil if findings block it and it could not be linked either.
    package var artefact: Artefact?
    /// The findings that stand in its way.
    package var blocking: [Finding]

    /// The patch, if nothing stands in its way.
    ///
    /// - Throws: ``PatchRefusal/blocked(_:)``.
    package func accepted() throws(PatchRefusal) -> Artefact {
        guard blocking.isEmpty, let artefact else { throw .blocked(blocking) }
        return artefact
    }
}
