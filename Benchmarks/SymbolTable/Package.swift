// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// What is measured is `package` API, which ends at the package. So Sources/ELF is a link to the module's own sources:
// the module is compiled as it is in the product, as a module of its own, nothing is made public for a benchmark, and
// none of the product's dependencies are fetched.

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
    name: "symbol-table-benchmark",
    targets: [
        .target(name: "ELF", swiftSettings: strict),
        .executableTarget(name: "symbol-table-benchmark", dependencies: ["ELF"], swiftSettings: strict),
    ]
)
