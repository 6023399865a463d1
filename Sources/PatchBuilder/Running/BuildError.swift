// SPDX-License-Identifier: Apache-2.0

/// Why a fix could not be turned into object files.
package indirect enum BuildError: Error, Sendable, Equatable {
    // The fix itself.
    case malformedFix(line: Int, FixProblem)
    case unsafePath(String, line: Int)
    case fileNotInSource(String, line: Int)
    case unsupportedFile(String, UnsupportedFile)
    case hunkDoesNotApply(HunkPlace, HunkMismatch)

    // A queue of fixes.
    case noSeries(String)
    case malformedSeries(String, line: Int, SeriesProblem)
    case inQueue(QueuePlace, BuildError)

    // The source and what it ships.
    case malformedPackage(String)
    case malformedSuite(String)
    case noArchive(release: String)
    case packageNotOffered(String)
    case versionNotOffered(package: String, version: String, offered: [String])
    case malformedArchiveAnswer(tool: String, field: String)
    case noTargets(package: String)
    case notSourceRPM(String)
    case unsuitableSpec(package: String, found: [String])
    case unsuitableSourceFolders(package: String, found: [String])
    case noSuchSource(String)
    case noSuchTarget(String)
    case targetNotELF(String)

    // Compiling.
    case nothingRecorded(command: String)
    case unitNotCompiled(String)
    case notIncluded(String)
    case unsupportedCommand(source: String, CommandProblem)
    case unitFailed(source: String, fixed: Bool, lastLines: [String])

    // Tools and the machine.
    case toolMissing(Tool)
    case toolFailed(Tool, arguments: [String], outcome: ToolOutcome, lastLines: [String], log: String)
    case sandboxUnavailable(reason: String, SandboxObstacle)
    case diskFull(Tool, path: String)
    case toolOutputTooLong(Tool, limit: Int)
    case fileSystem(FileOperation, path: String, reason: String)
    case unsuitableCache(String)
    case noSuchRoot(String, known: [String])
    case rootInUse(String)
    case cancelled

    /// A kernel's files are not as they must be.
    case kernel(KernelRefusal)
}

/// What is wrong with the text of a fix.
package enum FixProblem: Sendable, Equatable {
    case noHunks
    case contextFormat
    case missingNewName
    case malformedHunkHeader
    case malformedName
    case numberTooLarge
    case hunkWithoutFile
    case truncatedHunk(missingOld: Int, missingNew: Int)
    case strayLineAfterHunk
    case unexpectedHunkLine
    case fileNamedTwice(String)
    case malformedWaiver
}

/// A kind of file that this slice of the builder does not patch.
package enum UnsupportedFile: Sendable, Equatable {
    case assembler
    case template
    case createdUnit
    case existing
    case deleted
    case renamed
    case binary
    case copied(to: String)
    case other
}

/// Where a hunk stands in the fix, and which file it is for.
package struct HunkPlace: Sendable, Equatable {
    package var file: String
    package var hunk: Int
    package var fixLine: Int

    package init(file: String, hunk: Int, fixLine: Int) {
        self.file = file
        self.hunk = hunk
        self.fixLine = fixLine
    }
}

/// How a hunk and the file that it is for disagree.
package enum HunkMismatch: Sendable, Equatable {
    case alreadyApplied(line: Int)
    case ambiguous(lines: [Int])
    case nearest(line: Int, matching: Int, of: Int, differsAt: Int, expected: String, found: String?)
    case nowhere
}

/// Why a recorded compiler call cannot be repeated for one unit.
package enum CommandProblem: Sendable, Hashable, Codable {
    case responseFile(String)
    case linkTimeOptimisation(String)
    case assemblerInclusion(String)
    case missingArgument(String)
}

/// How a tool ended, when it did not end well.
package enum ToolOutcome: Sendable, Equatable {
    case exited(Int)
    case signalled(Int)
    case notStarted(String)
}

/// What was tried on a file.
package enum FileOperation: String, Sendable, Equatable {
    case read, write, create, remove, rename, copy, list, lock
}
