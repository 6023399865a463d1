// SPDX-License-Identifier: Apache-2.0

/// What a compiler's preprocessor read for a unit, and what it made of it.
struct UnitText: Codable, Equatable, Sendable {
    /// A digest of the preprocessed text without line markers: units with equal ones have equal code.
    var digest: String
    /// The files of the tree that were read, without links in their paths.
    var files: [String]
}

/// A unit that a fix may reach, and one way in which it is compiled.
struct UnitCandidate: Sendable, Hashable {
    var source: String
    var command: CompileCommand
}

/// How units are compiled, as the kind of source knows it.
struct UnitCommands: Sendable {
    /// The commands of those files that the build compiles.
    var commands: @Sendable (_ sources: [String]) async throws(BuildError) -> [String: RecordedCommands]
    /// The sources of all units that an option (`-include`) makes read a file, by the last component of that file.
    var forced: @Sendable () throws(BuildError) -> [String: [String]]
}

extension UnitCommands {
    /// Those of a build that was recorded from its beginning to its end.
    static func recorded(in root: BuildRoot) -> UnitCommands {
        UnitCommands { (sources: [String]) async throws(BuildError) in
            try root.commands(for: sources)
        } forced: { () throws(BuildError) in
            try root.forcedSources()
        }
    }
}
