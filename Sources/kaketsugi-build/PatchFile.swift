// SPDX-License-Identifier: Apache-2.0

import LivePatch

/// A live patch and the file that it was written to or read from.
struct PatchFile {
    /// The file.
    var path: String
    /// What is in it.
    var artefact: Artefact
    /// Its identity.
    var id: ArtefactID
    /// Its length in bytes.
    var size: Int

    /// A live patch and the bytes of its file.
    init(path: String, artefact: Artefact, file: [UInt8]) {
        self.path = path
        self.artefact = artefact
        id = ArtefactID(of: file)
        size = file.count
    }
}
