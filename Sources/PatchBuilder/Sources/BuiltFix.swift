// SPDX-License-Identifier: Apache-2.0

/// A fix as object files, and what it is to be matched with.
package struct BuiltFix: Sendable {
    /// One for each way in which a touched source is compiled.
    ///
    /// A source that goes into a static and a shared library, say, gives several: the one whose unfixed code is found in
    /// the target is meant.
    package var units: [UnitObjects]
    /// The sources of the units that the fix reaches without a change of their code.
    package var unchanged: [String] = []
    /// The files of the fix in its order, relative to the source tree.
    package var touched: [String] = []
    package var targets: [TargetFile]
    /// What the build saw as `/`.
    package var system = "/"
    package var fix: Fix
    /// The first line that the compiler says of itself.
    package var compiler: String
}

extension BuiltFix {
    init(
        _ built: FixBuilder.Result, of touched: [TouchedFile], targets: [TargetFile], system: String = "/", fix: Fix
    ) {
        self.init(
            units: built.units, unchanged: built.unchanged, touched: touched.map(\.path), targets: targets,
            system: system, fix: fix, compiler: built.compiler)
    }
}

/// The objects of one unit.
package struct UnitObjects: Sendable {
    /// The source relative to the source tree.
    package var source: String
    /// The unit's own command, as it is compiled unfixed, without the name of the object.
    package var compileCommand: [String]
    /// Unfixed, with the unit's own options.
    package var plain: [UInt8]
    /// Unfixed, each function and datum in its own section.
    package var sectioned: [UInt8]
    /// With the fix, each function and datum in its own section.
    package var fixed: [UInt8]
    /// What the compiler read out of the two sources.
    package var statements: Statements
    /// Whether the source is assembler: then the unfixed objects are one and the same, and functions share sections.
    package var isAssembler: Bool

    /// The statements of the two sectioned builds as the compiler wrote them down; nil from one that does not.
    package struct Statements: Sendable {
        package var unfixed: [UInt8]?
        package var fixed: [UInt8]?

        /// What the compiler wrote down.
        package init(unfixed: [UInt8]? = nil, fixed: [UInt8]? = nil) {
            self.unfixed = unfixed
            self.fixed = fixed
        }
    }

    /// The objects of a unit.
    package init(
        source: String, compileCommand: [String], plain: [UInt8], sectioned: [UInt8], fixed: [UInt8],
        statements: Statements = Statements(), isAssembler: Bool = false
    ) {
        self.source = source
        self.compileCommand = compileCommand
        self.plain = plain
        self.sectioned = sectioned
        self.fixed = fixed
        self.statements = statements
        self.isAssembler = isAssembler
    }
}

/// A file that a patch may be for.
package struct TargetFile: Sendable {
    /// The last component of the path, for example `libssl.so.3`.
    package var name: String
    package var path: String
    package var bytes: [UInt8]
    /// The binary package that ships it, for example `libssl3=3.0.20-1~deb12u2`.
    package var package: String?
    /// What a build of the whole source made of it here, if there was one.
    package var rebuilt: RebuiltFile?

    /// A file by its path and contents.
    package init(name: String, path: String, bytes: [UInt8], package: String?) {
        self.name = name
        self.path = path
        self.bytes = bytes
        self.package = package
    }
}
