// SPDX-License-Identifier: Apache-2.0

/// How one unit is compiled, without what only says where results go: equal commands make equal objects.
struct CompileCommand: Codable, Hashable, Sendable {
    var directory: String
    /// The compiler by its full path.
    var compiler: String
    /// Every option that can change the object, in the order of the recorded call.
    var options: [String]
    /// The language that `-x` gives the source, if it does.
    var language: String?
    /// The source as the call spells it: `__FILE__` depends on it.
    var source: String
    /// The variables that a compiler reads, as they were set.
    var environment: [String: String]

    /// The source as an absolute path.
    var sourcePath: String { RelativePath.normalised(source, in: directory) }

    /// Whether an assembler is called, and no compiler's driver.
    var callsAssembler: Bool { CommandRecorder.isAssembler(InclusionText.lastComponent(compiler)) }

    /// Whether the source is assembler, with or without a preprocessor's directives.
    var isAssembler: Bool {
        callsAssembler || language.map { $0.hasPrefix("assembler") } ?? UnsupportedFile.isAssembler(source)
    }

    /// Whether no preprocessor reads the source.
    var isPlainAssembler: Bool {
        callsAssembler || language.map { $0 == "assembler" } ?? (RelativePath.suffix(of: source) == "s")
    }

    /// The last components of the files that options make the unit read before its source.
    var forcedFiles: [String] {
        zip(options, options.dropFirst()).filter { ["-include", "-imacros"].contains($0.0) }.map {
            InclusionText.lastComponent($0.1)
        }
    }

    /// The arguments that compile the unit into `output`, with more options after its own.
    func arguments(adding extra: [String] = [], output: String) -> [String] {
        if callsAssembler { return options + ["-o", output, source] }
        return options + extra + ["-c", "-o", output] + (language.map { ["-x", $0] } ?? []) + [source]
    }

    /// A key for what the command makes, whatever file it is put into.
    var digest: String {
        let variables = environment.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
        return Digest([directory, compiler, language ?? "", source, "options"] + options + ["environment"] + variables)
            .hexadecimal
    }
}
