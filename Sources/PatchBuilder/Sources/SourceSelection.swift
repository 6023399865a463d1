// SPDX-License-Identifier: Apache-2.0

/// What a patch is built from.
package enum SourceSelection: Sendable, Equatable {
    /// A version of a Debian source package, of a release or of the machine's own; the targets are what its binary
    /// packages ship.
    case debianPackage(DebianPackage, DebianRelease? = nil)
    /// An RPM source package; the targets are what a binary package ships, or one file.
    case rpm(RPMPackage)
    /// Any project whose build command calls its compilers through `PATH`; the targets are single files.
    case project(Project)
}

/// An RPM source package with what was built from it.
package struct RPMPackage: Sendable, Equatable {
    /// The `.src.rpm` file.
    package var source: String
    /// The binary package whose ELF files are the targets.
    package var binary: String?
    /// The ELF file as it is installed, where there is no binary package.
    package var target: String?

    package init(source: String, binary: String?, target: String?) {
        self.source = source
        self.binary = binary
        self.target = target
    }
}

/// A source tree with the command that builds it.
package struct Project: Sendable, Equatable {
    package var directory: String
    /// Run by `sh` in a copy of the directory.
    package var buildCommand: String
    /// The ELF files as they are installed: paths, or those relative to the directory, before or after the build.
    package var targets: [String]

    package init(directory: String, buildCommand: String, targets: [String]) {
        self.directory = directory
        self.buildCommand = buildCommand
        self.targets = targets
    }
}

/// A Debian package and a version of it.
package struct DebianPackage: Sendable, Hashable, Codable, CustomStringConvertible {
    package var name: String
    package var version: String

    /// Reads `NAME=VERSION`.
    ///
    /// - Throws: `BuildError.malformedPackage` for what Debian would not take as a name and a version.
    package init(parsing text: String) throws(BuildError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isName(parts[0]), Self.isVersion(parts[1]) else { throw .malformedPackage(text) }
        self.init(name: String(parts[0]), version: String(parts[1]))
    }

    init(name: String, version: String) {
        self.name = name
        self.version = version
    }

    package var description: String { "\(name)=\(version)" }

    // Debian Policy 5.6.1: lower-case letters, digits, + - . and at least two of them.
    private static func isName(_ text: Substring) -> Bool {
        text.utf8.count >= 2 && text.first != "-" && text.first != "." && text.first != "+"
            && text.utf8.allSatisfy { isAlphanumeric($0) && !(0x41...0x5A).contains($0) || "+-.".utf8.contains($0) }
    }

    // Debian Policy 5.6.12: it begins with a digit, as the epoch or the upstream version does.
    private static func isVersion(_ text: Substring) -> Bool {
        text.utf8.first.map { (0x30...0x39).contains($0) } == true
            && text.utf8.allSatisfy { isAlphanumeric($0) || ".+-:~".utf8.contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
