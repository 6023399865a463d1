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
        /// The files that make generates and units read, as the makefile's variables tell them.
        var generatedFiles: String?
        /// What `make --dry-run` is asked for: the first of these that the makefile has.
        var plannedTargets: [String]
    }

    /// Changes whenever the recipes of this kind do: what was made by an older one is made anew.
    var version: Int {
        switch self {
        case .recorded: 2
        case .configured: 3
        }
    }

    /// What builds the packages for this machine and not the documentation (Debian Policy 4.9); unlike `build` it is
    /// seldom the name of a folder, which make would take for something already made.
    static let wholeBuild = Recipe.recorded(target: "build-arch")

    /// What OpenSSL's makefile says it generates; what is no C is left out.
    static let generatedByOpenSSL = "$(filter %.h %.c,$(GENERATED_MANDATORY) $(GENERATED))"

    /// What is known about single packages.
    private static let table: [String: Recipe] = [
        // build_static only feeds the static libraries of libssl-dev. build_all_generated would also make the manual
        // pages, and assembler source, of which fixes change the generator; build_generated would leave out progs.h and der_rsa.h.
        "openssl": .configured([
            // OpenSSL 1.1.1 has no build_sw; its `all` is the same.
            Directory(
                path: "build_shared", generatedFiles: generatedByOpenSSL, plannedTargets: ["build_sw", "all"])
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
