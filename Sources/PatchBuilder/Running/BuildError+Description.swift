// SPDX-License-Identifier: Apache-2.0

extension BuildError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformedFix(let line, let problem):
            "fix, line \(line): \(problem)"
        case .unsafePath(let path, let line):
            "fix, line \(line): ‘\(path)’ leads out of the source tree; name files relative to it"
        case .fileNotInSource(let path, let line):
            "fix, line \(line): the source has no file ‘\(path)’, with or without its first folder; "
                + "make the fix against the root of this source and version"
        case .unsupportedFile(let file, let kind):
            "fix: ‘\(file)’ \(kind)"
        case .hunkDoesNotApply(let place, let mismatch):
            "fix, line \(place.fixLine): hunk \(place.hunk) does not apply to ‘\(place.file)’: \(mismatch)"
        case .noSeries(let directory):
            "‘\(directory)’ has no file named series, which lists the fixes of a queue, one a line"
        case .malformedSeries(let path, let line, let problem):
            "\(path), line \(line): \(problem)"
        case .inQueue(let place, let error):
            "\(place.series), line \(place.line), \(place.file): \(error)"
        case .malformedPackage(let text):
            "‘\(text)’ is not a package; write NAME=VERSION, for example openssl=3.0.20-1~deb12u2"
        case .malformedSuite(let text):
            "‘\(text)’ is not a release of Debian; write its code name, for example bookworm"
        case .noArchive(let release):
            "apt on this machine is configured with no archive for Debian \(release); add one to "
                + "/etc/apt/sources.list.d, with the component main"
        case .packageNotOffered(let name):
            "the configured archive has no source package ‘\(name)’, and no binary package of this name; give the name "
                + "that ‘apt-cache showsrc’ knows, and the release that has it with --suite"
        case .versionNotOffered(let package, let version, let offered):
            "the configured archive does not offer \(package) \(version); it offers \(list(offered))"
        case .malformedArchiveAnswer(let tool, let field):
            "\(tool) gave no usable ‘\(field)’; run it by hand to see what the archive answers"
        case .noTargets(let package):
            "no binary package of \(package) holds an ELF file for this machine; name the source package whose binary "
                + "packages install the target"
        case .notSourceRPM(let path):
            "‘\(path)’ is not an RPM source package; give the .src.rpm file that the target was built from"
        case .unsuitableSpec(let package, let found):
            "\(package) holds \(found.isEmpty ? "no spec file" : "the spec files \(list(found))"); it should hold one"
        case .unsuitableSourceFolders(let package, let found):
            "the preparation of \(package) leaves \(found.isEmpty ? "no folder" : "the folders \(list(found))"); fixes are "
                + "made against the one folder that %setup enters"
        case .noSuchSource(let path):
            "‘\(path)’ is not a folder; --source wants the root of a source tree"
        case .noSuchTarget(let path):
            "‘\(path)’ is neither an existing file nor made by the build; --target wants the ELF file as installed"
        case .targetNotELF(let path):
            "‘\(path)’ is not a 64-bit ELF file for x86-64; --target wants the program or shared object as installed"
        case .nothingRecorded(let command):
            "‘\(command)’ called no compiler through PATH; if everything was up to date, build from clean, and if "
                + "the compiler is named by its full path, name it as plain cc or gcc"
        case .unitNotCompiled(let source):
            "fix: the build compiles no unit from ‘\(source)’; leave out files that do not reach the target"
        case .notIncluded(let file):
            "fix: no unit that the build compiles includes ‘\(file)’; leave out files that do not reach the target"
        case .unsupportedCommand(let source, let problem):
            "‘\(source)’ is compiled in a way that cannot be repeated alone: \(problem)"
        case .unitFailed(let source, let fixed, let lastLines):
            fixed
                ? "‘\(source)’ does not compile with the fix; correct it by what the compiler says\(quoted(lastLines))"
                : "‘\(source)’ does not compile without the fix, as the build root is; if the fix does not need it, leave "
                    + "out what reaches it, or build the source whole with --source and --build\(quoted(lastLines))"
        case .toolMissing(let tool):
            "‘\(tool.name)’ is needed and not installed; install the Debian package \(tool.package)"
        case .toolFailed(let tool, let arguments, let outcome, let lastLines, let log):
            "‘\(([tool.name] + arguments).joined(separator: " "))’ \(outcome); all it said is in \(log)\(quoted(lastLines))"
        case .sandboxUnavailable(let reason, let obstacle):
            "a build runs in namespaces of its own, and bubblewrap cannot make them here (\(reason)): \(obstacle)"
        case .diskFull(let tool, let path):
            "‘\(tool.name)’ failed, and the disk that holds \(path) is full; make room, or choose another --cache"
        case .toolOutputTooLong(let tool, let limit):
            "‘\(tool.name)’ wrote more than \(limit) bytes; this is not an answer that can be used: run it by hand to see "
                + "what is the matter"
        case .fileSystem(let operation, let path, let reason):
            "cannot \(operation.rawValue) \(path): \(reason)"
        case .unsuitableCache(let path):
            "the cache \(path) has a blank, a colon or a ‘$’ in its path, which makefiles and PATH do not survive; "
                + "choose another with --cache"
        case .noSuchRoot(let name, let known):
            "the cache has no build root of ‘\(name)’; it has \(list(known))"
        case .rootInUse(let name):
            "the build root of ‘\(name)’ is in use by another run; wait for its end, and try again"
        case .cancelled:
            "interrupted; the cache is good, start again at any time"
        case .kernel(let refusal):
            refusal.description
        }
    }

    private func quoted(_ lines: [String]) -> String {
        lines.isEmpty ? "" : ":\n" + lines.map { "  | \($0)" }.joined(separator: "\n")
    }

    private func list(_ versions: [String]) -> String {
        versions.isEmpty ? "none" : versions.joined(separator: ", ")
    }
}

extension FixProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noHunks: "no change found; a fix is a unified diff (diff -u, git diff)"
        case .contextFormat: "context diffs are not read; make it with diff -u"
        case .missingNewName: "a line ‘+++ NAME’ must follow ‘--- NAME’"
        case .malformedHunkHeader: "not a hunk header; it should read ‘@@ -LINE,COUNT +LINE,COUNT @@’"
        case .malformedName: "the quoted file name is not closed or has an unknown escape; write it as git diff does"
        case .numberTooLarge: "a line number beyond all reason; make the fix anew with diff -u"
        case .hunkWithoutFile: "a hunk before any ‘--- NAME’ and ‘+++ NAME’; name the file that it changes"
        case .truncatedHunk(let missingOld, let missingNew):
            "the hunk ends early: \(missingOld) old and \(missingNew) new lines are missing; "
                + "make it anew, or correct the counts behind @@"
        case .strayLineAfterHunk: "the hunk has more lines than its header says; correct the counts behind @@"
        case .unexpectedHunkLine: "a line inside a hunk starts with a space, ‘-’, ‘+’ or ‘\\’"
        case .malformedWaiver:
            "a waiver reads ‘Waive: RULE REASON’ or ‘Waive: RULE:SYMBOL REASON’, where RULE is one that can be waived"
        case .fileNamedTwice(let name): "‘\(name)’ was changed before in this fix; merge both changes into one"
        }
    }
}

extension UnsupportedFile: CustomStringConvertible {
    package var description: String {
        switch self {
        case .assembler:
            "generates assembler source, or is of an assembler that GCC does not call, which is not followed; see whether the "
                + "fix stands without it, or make it against the ‘.s’ if the build leaves that in its tree"
        case .template:
            "is a template that the build turns into source, which is not followed; make the fix against the file that the "
                + "build makes of it, or leave it out"
        case .createdUnit:
            "is a new file that no unit of the fix includes, so that the build would have to be told of it; put its code "
                + "into a unit that exists, or leave it out if the target does not need it"
        case .existing: "is a new file in the fix, and the source has a file of this name; make the fix against that"
        case .deleted: "is deleted by the fix; a live patch cannot take code away: leave this part out"
        case .renamed: "is renamed by the fix; make the fix against the old name"
        case .binary: "is changed as binary data, which is not patched"
        case .copied(let copy):
            "has a copy, ‘\(copy)’, that units include and the fix leaves as it is; change the copy in the fix as well"
        case .other: "is not C or C++ source; leave out files that are not compiled into the target"
        }
    }
}

extension HunkMismatch: CustomStringConvertible {
    package var description: String {
        switch self {
        case .alreadyApplied(let line):
            "line \(line) already reads as after the fix; leave this hunk out"
        case .ambiguous(let lines):
            "its text stands at lines \(lines.map(String.init).joined(separator: ", ")) and not at the line it names; "
                + "give it more context"
        case .nearest(let line, let matching, let count, let differsAt, let expected, let found):
            "the nearest place is line \(line), where \(matching) of \(count) lines agree; line \(differsAt) reads\n"
                + "  | \(found ?? "(end of file)")\nand the fix expects\n  | \(expected)"
        case .nowhere:
            "no line of it is in the file; make the fix against the source of this version"
        }
    }
}

extension CommandProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .responseFile(let file): "its options are in the response file \(file); let the build pass them directly"
        case .linkTimeOptimisation(let option):
            "\(option) leaves code generation to the linker; units of such a target cannot be compared: build and install "
                + "the target without it"
        case .assemblerInclusion(let directive):
            "its assembler reads another file by itself (\(directive)), which is not followed; use #include, or leave the "
                + "files that it reads out of the fix"
        case .missingArgument(let option): "\(option) lacks its argument; correct the command in the source's build"
        }
    }
}

extension ToolOutcome: CustomStringConvertible {
    package var description: String {
        switch self {
        case .exited(let status): "failed with status \(status)"
        case .signalled(let signal): "was ended by signal \(signal)"
        case .notStarted(let reason): "could not be started (\(reason))"
        }
    }
}
