// SPDX-License-Identifier: Apache-2.0

/// A live patch as a value: what an author builds, an operator signs, and a host applies.
///
/// On disk it is an ELF file with the suffix `.mend`; ``init(parsing:)`` reads it, ``encoded()`` writes it.
package struct Artefact: Hashable, Sendable {
    /// What the patch says about itself.
    package var manifest: Manifest
    /// What it brings into a process.
    package var image: Image
    /// The fields of the image that are filled in the process.
    package var relocations: [LoadRelocation]
    /// The original bytes of every piece that the patch replaces; ``Manifest/Piece/originalOffset`` points into it.
    package var original: [UInt8]
    /// The JSON text of the review document, unread; empty if there is none.
    ///
    /// It is for people; who needs it reads it with ``ReviewDocument/init(parsing:)``.
    package var review: [UInt8]
    /// The module of a kernel's patch; empty for a patch of processes.
    package var module: [UInt8] = []
    /// What was seen when a kernel's patch was tried in a virtual machine, as JSON; empty if it was not.
    package var proof: [UInt8] = []

    /// An artefact from its parts; no check is made before it is encoded.
    package init(
        manifest: Manifest, image: Image, relocations: [LoadRelocation], original: [UInt8], review: [UInt8] = [],
        module: [UInt8] = [], proof: [UInt8] = []
    ) {
        self.manifest = manifest
        self.image = image
        self.relocations = relocations
        self.original = original
        self.review = review
        self.module = module
        self.proof = proof
    }

    /// The original bytes of a piece.
    ///
    /// A parsed artefact has them all; see ``ArtefactError/outOfBounds(what:offset:size:limit:)``.
    package func originalBytes(of piece: Manifest.Piece) -> ArraySlice<UInt8> {
        original[Int(piece.originalOffset)..<Int(piece.originalOffset + piece.size)]
    }
}

extension Artefact {
    /// What an artefact may hold at most; beyond it a file is refused unread.
    package enum Limit {
        /// The file, in bytes.
        package static let fileSize = 64 << 20
        /// The image in memory, in bytes.
        package static let imageSize: UInt64 = 64 << 20
        /// The manifest's text, in bytes.
        package static let manifestSize = 4 << 20
        /// The review document's text, in bytes.
        package static let reviewSize = 16 << 20
        /// The relocations.
        package static let relocations = 1 << 20
        /// The replaced functions.
        package static let functions = 4096
        /// The variables that a patch adds.
        package static let variables = 4096
        /// The hooks.
        package static let hooks = 64
    }

    /// The length of the jump that redirects a function, `jmp rel32`, in bytes.
    package static let jumpSize: UInt64 = 5
}
