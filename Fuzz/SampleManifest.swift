// SPDX-License-Identifier: Apache-2.0

import ELF
import LivePatch

/// What a patch of one function says of itself.
let sampleManifest = Manifest(
    target: .init(name: "a", buildID: BuildID(bytes: [1]), package: nil), level: 1, fixes: [],
    functions: [
        .init(
            name: "f", pieces: [.init(name: "f", address: 64, size: 8, originalOffset: 0)], jumpOffset: 0,
            replacementOffset: 0, replacementSize: 8)
    ],
    addedFunctions: [], removedFunctions: [], data: [], findings: [], revertHazards: [],
    builder: .init(name: "b", version: "1"), compiler: "c")
