// SPDX-License-Identifier: Apache-2.0

import LivePatch

/// A patch in the JSON of `plan` and `watch`.
struct PatchLine: Encodable {
    var patch: String
    var level: Int
    var target: String
    var buildID: String

    init(_ id: ArtefactID, _ manifest: Manifest) {
        patch = id.description
        level = manifest.level
        target = manifest.target.name
        buildID = "\(manifest.target.buildID)"
    }
}
