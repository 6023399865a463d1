// SPDX-License-Identifier: Apache-2.0

/// How far a package has to be built before its units can be compiled one by one.
enum Recipe: Sendable, Equatable {
    /// Any package: all of `debian/rules build`, with every compiler call recorded. Slow once, and always right.
    case wholeBuild
    /// A package whose makefiles name every command after `dh_auto_configure`.
    case configured([Directory])

    /// A build folder and its makefile's targets.
    struct Directory: Sendable, Equatable {
        var path: String
        /// Makes the headers that units include.
        var generatedTarget: String?
        /// What `make --dry-run` is asked for.
        var plannedTarget: String
    }

    /// Changes whenever a recipe does.
    static let version = 2

    /// What is known about single packages.
    private static let table: [String: Recipe] = [
        // build_static only feeds the static libraries of libssl-dev.
        "openssl": .configured([
            Directory(path: "build_shared", generatedTarget: "build_generated", plannedTarget: "build_sw")
        ])
    ]

    static func of(_ package: DebianPackage) -> Recipe {
        table[package.name] ?? .wholeBuild
    }
}
