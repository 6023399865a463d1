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
