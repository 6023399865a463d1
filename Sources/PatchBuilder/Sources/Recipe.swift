// SPDX-License-Identifier: Apache-2.0

/// How far a package has to be built before its units can be compiled one by one.
enum Recipe: Sendable, Equatable {
    /// A target of `debian/rules` that compiles what the package ships, with every compiler call recorded. Slow once,
    /// and always right.
    case recorded(target: String)
    /// A package whose makefiles name every command after `dh_auto_configure`.
    case configured([Directory])

    /// A build folder and its makefile's targets.
    struct Directory: Sendable, Equatable {
        var path: String
        /// Makes the headers that units include.
        var generatedTarget: String?
        /// What `make --dry-run` is asked for: the first of these that the makefile has.
        var plannedTargets: [String]
    }

    /// Changes whenever a recipe does.
    static let version = 2

    /// What builds the packages for this machine and not the documentation (Debian Policy 4.9); unlike `build` it is
    /// seldom the name of a folder, which make would take for something already made.
    static let wholeBuild = Recipe.recorded(target: "build-arch")

    /// What is known about single packages.
    private static let table: [String: Recipe] = [
        // build_static only feeds the static libraries of libssl-dev.
        "openssl": .configured([
            // OpenSSL 1.1.1 has no build_sw; its `all` is the same.
            Directory(path: "build_shared", generatedTarget: "build_generated", plannedTargets: ["build_sw", "all"])
        ]),
        // build-arch would also build for i386 and x32, and the locales.
        "glibc": .recorded(target: "build_libc"),
    ]

    /// The target that builds everything that is compared with what is shipped.
    var wholeTarget: String {
        if case .recorded(let target) = self { return target }
        return "build-arch"
    }

    static func of(_ package: DebianPackage) -> Recipe {
        table[package.name] ?? .wholeBuild
    }
}
