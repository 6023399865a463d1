// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

/// What every Swift target of this package is compiled with: Swift 6 mode, no silent unsafety, no tolerated warning.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
]

/// A room of the architecture: a library target whose source folder has its own name.
func room(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil)
    -> Target
{
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

/// The tests of a room.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let certificates = Target.Dependency.product(name: "X509", package: "swift-certificates")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let hummingbird: [Target.Dependency] = ["Hummingbird", "HummingbirdCore", "HummingbirdHTTP2", "HummingbirdTLS"].map {
    .product(name: $0, package: "hummingbird")
}
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let serviceLifecycle = Target.Dependency.product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let toml = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")

let package = Package(
    name: "kaketsugi",
    products: [
        .executable(name: "kaketsugi", targets: ["kaketsugi"]),
        .executable(name: "kaketsugi-build", targets: ["kaketsugi-build"]),
        .executable(name: "kaketsugi-server", targets: ["kaketsugi-server"]),
        .executable(name: "tuf-client", targets: ["tuf-client"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Floor 0: one C boundary each.
        .target(name: "CLinux"),
        .systemLibrary(name: "CCapstone", providers: [.apt(["libcapstone-dev"])]),
        .systemLibrary(name: "CPostgreSQL", providers: [.apt(["libpq-dev"])]),

        // Floor 1: the machine, and the file format.
        room("LinuxSystem", ["CLinux"]),
        room("ELF"),
        room("PerfData"),
        room("JSON"),
        room("CivilTime"),
        room("Disassembly", ["CCapstone"]),

        // Floor 2: the artefact and the service's rules, pure values; signed distribution.
        room("LivePatch", ["ELF", "JSON", crypto]),
        room("UpdateFramework", ["CivilTime", "JSON", "LinuxSystem", crypto, cryptoExtras]),
        room("ServicePolicy", ["CivilTime"]),
        room("ModuleSigning", [crypto, cryptoExtras]),
        room("VirtualMachines", ["LinuxSystem", subprocess, system]),

        // Floor 3: making patches, and applying them.
        room(
            "PatchBuilder",
            ["Disassembly", "ELF", "LivePatch", "LinuxSystem", "VirtualMachines", crypto, subprocess, system],
            resources: [
                .embedInCode("Header/kaketsugi.h"), .embedInCode("Header/kaketsugi-kernel.h"),
                .embedInCode("Kernel/Module/module.c"),
            ]),
        room("KernelProof", ["ELF", "JSON", "LinuxSystem", "VirtualMachines", subprocess, system]),
        room("ProcessPatcher", ["ELF", "LivePatch", "LinuxSystem"]),
        room("KernelPatcher", ["ELF", "LivePatch", "LinuxSystem", "ModuleSigning"]),

        room("PatchCatalogue", ["ELF", "JSON", "LivePatch", "UpdateFramework"]),

        room(
            "HTTPTransport",
            ["LinuxSystem", "UpdateFramework", nioCore, nioHTTP1, nioPosix, nioSSL, nioTLS]),

        room("HostProtocol", ["JSON", "LivePatch", "ServicePolicy", "UpdateFramework", crypto]),

        // Floor 4: the service's records, and what they let hosts have; showing patches to people.
        room(
            "ServiceStore",
            [
                "CPostgreSQL", "CivilTime", "HostProtocol", "JSON", "LivePatch", "ServicePolicy", "UpdateFramework",
                crypto, cryptoExtras, grdb,
            ]),
        room(
            "Director",
            [
                "CivilTime", "HostProtocol", "JSON", "LivePatch", "PatchCatalogue", "ServicePolicy", "ServiceStore",
                "UpdateFramework", crypto,
            ]),
        room(
            "HostAgent",
            [
                "CivilTime", "HTTPTransport", "HostProtocol", "JSON", "LinuxSystem", "LivePatch", "PatchCatalogue",
                "ServicePolicy",
                "UpdateFramework", crypto, toml,
            ]),
        room("PatchReview", ["Disassembly", "ELF", "LivePatch"]),

        // Floor 5: the service over HTTP, and the executables, wiring only.
        room(
            "Service",
            hummingbird + [
                "CivilTime", "Director", "HostProtocol", "JSON", "LinuxSystem", "LivePatch", "PatchCatalogue",
                "ServicePolicy", "ServiceStore", "UpdateFramework", asn1, certificates, crypto, cryptoExtras, httpTypes,
                logging, mustache, nioCore, nioHTTP1,
                nioHTTPTypes, nioPosix, nioSSL, nioTLS, serviceLifecycle, unixSignals,
            ],
            resources: [.embedInCode("Resources")]),
        room("CommandLineOutput", [argumentParser]),
        .executableTarget(
            name: "kaketsugi",
            dependencies: [
                "CommandLineOutput", "ELF", "HTTPTransport", "HostAgent", "HostProtocol", "JSON", "KernelPatcher",
                "LivePatch", "LinuxSystem", "PatchCatalogue", "PerfData", "ProcessPatcher", "ServicePolicy",
                argumentParser,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "kaketsugi-build",
            dependencies: [
                "CommandLineOutput", "ELF", "JSON", "KernelProof", "LinuxSystem", "LivePatch", "ModuleSigning",
                "PatchBuilder", "PatchReview",
                argumentParser,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "kaketsugi-server",
            dependencies: [
                "CivilTime", "CommandLineOutput", "Director", "HostProtocol", "JSON", "LinuxSystem", "LivePatch",
                "PatchCatalogue", "Service", "ServicePolicy", "ServiceStore", "UpdateFramework", argumentParser,
                logging, unixSignals,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "tuf-client",
            dependencies: [
                "CommandLineOutput", "HTTPTransport", "LinuxSystem", "UpdateFramework", argumentParser,
            ],
            swiftSettings: strict),

        // What benchmarks need of the rooms.
        .executableTarget(
            name: "fleet-simulator",
            dependencies: [
                "HostProtocol", "JSON", "LinuxSystem", "LivePatch", "ServicePolicy", argumentParser, nioCore, nioHTTP1,
                nioPosix,
            ],
            path: "Benchmarks/Fleet/Simulator", swiftSettings: strict),
        // Check-ins without a network: what the records and the director cost.
        .executableTarget(
            name: "check-in-benchmark",
            dependencies: [
                "Director", "HostProtocol", "ServicePolicy", "ServiceStore", "ServiceTesting", argumentParser,
            ],
            path: "Benchmarks/CheckIns/Program", swiftSettings: strict),

        // What tests of several rooms share: compiling and running small C programs.
        .target(
            name: "TestSupport", dependencies: ["ELF", "JSON", "LivePatch", nioCore, nioPosix, nioSSL],
            path: "Tests/TestSupport",
            swiftSettings: strict),
        // What tests of the service share: a PostgreSQL of their own.
        .target(
            name: "ServiceTesting",
            dependencies: [
                "Director", "HostProtocol", "JSON", "LivePatch", "PatchCatalogue", "ServicePolicy", "ServiceStore",
                "TestSupport", "UpdateFramework",
            ],
            path: "Tests/ServiceTesting", swiftSettings: strict),
        // What tests of the kernel share: a kernel of Debian's, modules for it, and steps in virtual machines.
        .target(
            name: "KernelTesting", dependencies: ["ELF", "LivePatch", "TestSupport", "VirtualMachines"],
            path: "Tests/KernelTesting", exclude: ["Modules"], swiftSettings: strict),
        tests("LinuxSystemTests", ["LinuxSystem", "TestSupport"]),
        tests("ELFTests", ["ELF", "TestSupport"]),
        tests("PerfDataTests", ["PerfData"]),
        tests("JSONTests", ["JSON", "TestSupport"]),
        tests("DisassemblyTests", ["Disassembly", "TestSupport"]),
        tests("ServicePolicyTests", ["CivilTime", "ServicePolicy"]),
        tests(
            "HostProtocolTests",
            ["HostProtocol", "JSON", "LivePatch", "ServicePolicy", "TestSupport", "UpdateFramework"]),
        // A server that does nothing but write, for tests that end it in the middle of that.
        .executableTarget(
            name: "record-writer", dependencies: ["LinuxSystem", "ServicePolicy", "ServiceStore"],
            path: "Tests/RecordWriter", swiftSettings: strict),
        tests(
            "ServiceStoreTests",
            [
                "CivilTime", "Director", "HostProtocol", "JSON", "LivePatch", "ServicePolicy", "ServiceStore",
                "ServiceTesting",
                "TestSupport", "record-writer",
            ]),
        .testTarget(
            name: "DirectorTests",
            dependencies: [
                "CivilTime", "Director", "HostProtocol", "JSON", "LivePatch", "PatchCatalogue", "ServicePolicy",
                "ServiceStore", "ServiceTesting", "TestSupport", "UpdateFramework",
            ],
            exclude: ["openvex-0.2.0.schema.json"], swiftSettings: strict),
        tests("LivePatchTests", ["LivePatch", "ELF", "JSON", "TestSupport"]),
        tests("PatchBuilderTests", ["PatchBuilder", "LivePatch", "ELF", "TestSupport"]),
        .testTarget(
            name: "UpdateFrameworkTests",
            dependencies: ["JSON", "UpdateFramework", "TestSupport", crypto],
            exclude: ["Python/canonical.py", "Python/read_repository.py"], swiftSettings: strict),
        tests("CeremonyTests", ["JSON", "UpdateFramework", "TestSupport"]),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "CommandLineOutput", "ELF", "HostProtocol", "JSON", "LivePatch", "PatchCatalogue", "ServicePolicy",
                "ServiceStore", "ServiceTesting", "TestSupport", "UpdateFramework",
                "kaketsugi-server", "tuf-client",
            ],
            exclude: ["read_tree.py", "terminal.py"], swiftSettings: strict),
        tests(
            "ServiceTests",
            [
                "CivilTime", "Director", "ELF", "HostProtocol", "JSON", "LivePatch", "PatchCatalogue", "Service",
                "ServicePolicy", "ServiceStore", "TestSupport", "UpdateFramework", logging, nioCore, nioPosix,
            ]),
        .testTarget(
            name: "UpdateClientTests", dependencies: ["TestSupport", "tuf-client"],
            exclude: ["attacks.py"],
            swiftSettings: strict),
        tests("ModuleSigningTests", ["ModuleSigning", "TestSupport"]),
        tests(
            "KernelPatcherTests",
            [
                "ELF", "KernelPatcher", "KernelTesting", "LinuxSystem", "LivePatch", "ModuleSigning", "PatchBuilder",
                "TestSupport", "VirtualMachines", "kaketsugi", "kaketsugi-build",
            ]),
        tests("KernelProofTests", ["JSON", "KernelProof", "TestSupport", "VirtualMachines"]),
        tests("VirtualMachinesTests", ["TestSupport", "VirtualMachines"]),
        tests(
            "HTTPTransportTests",
            ["HTTPTransport", "TestSupport", "UpdateFramework", nioCore, nioHTTP1, nioPosix, nioSSL]),
        tests(
            "HostAgentTests",
            [
                "HTTPTransport", "HostAgent", "HostProtocol", "JSON", "LinuxSystem", "LivePatch", "PatchCatalogue",
                "ServicePolicy", "TestSupport", "UpdateFramework", "ELF", nioCore, nioHTTP1, nioPosix, nioSSL,
            ]),
        tests(
            "PatchReviewTests", ["PatchReview", "LivePatch", "ELF", "TestSupport", "kaketsugi-build"]),
        tests(
            "ProcessPatcherTests", ["ProcessPatcher", "LivePatch", "LinuxSystem", "ELF", "TestSupport"]),
        tests(
            "EndToEndTests",
            [
                "JSON", "KernelProof", "KernelTesting", "LivePatch", "PatchCatalogue", "TestSupport", "UpdateFramework",
                "VirtualMachines", "kaketsugi", "kaketsugi-build", "kaketsugi-server", argumentParser,
            ]),
    ],
    cLanguageStandard: .gnu17
)
