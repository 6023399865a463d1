// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// What is measured is internal to its module. So the parts of the builder that find units in a shipped file are linked to
// and compiled together with the benchmark. Nothing is made public for it, and none of the product's dependencies are
// fetched.

/// The settings of the product.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
]

let package = Package(
    name: "matching-benchmark",
    targets: [
        .target(name: "ELF", swiftSettings: strict),
        .target(name: "JSON", swiftSettings: strict),
        .target(
            name: "LivePatch", dependencies: ["ELF", "JSON"],
            // An artefact's identity is a digest, which would need a package.
            exclude: ["ArtefactID.swift", "SymbolFile.swift", "Documentation.docc"],
            swiftSettings: strict),
        .target(name: "Disassembly", sources: ["DisassemblyError.swift"], swiftSettings: strict),
        .executableTarget(
            name: "matching-benchmark", dependencies: ["Disassembly", "ELF", "LivePatch"], swiftSettings: strict),
    ]
)
