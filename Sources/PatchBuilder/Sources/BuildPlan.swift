// SPDX-License-Identifier: Apache-2.0

/// What `make --dry-run --print-directory` said it would do.
struct BuildPlan: Codable, Equatable, Sendable {
    /// A command for the shell, and where it would run.
    struct Step: Codable, Equatable, Sendable {
        var directory: String
        var command: String

        /// The words as far as blanks and quotes tell them.
        fileprivate var words: [Substring] { command.split { $0.isWhitespace || "\"'".contains($0) } }
    }

    private(set) var steps: [Step] = []

    init() {}

    /// Reads make's output, of which only commands that compile are kept.
    ///
    /// - Parameters:
    ///   - text: The output.
    ///   - directory: Where make ran.
    init(parsing text: String, directory: String) {
        var directories = [directory]
        var command = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if command.isEmpty, let entered = Self.directory(in: line, after: "Entering directory ") {
                directories.append(entered)
            } else if command.isEmpty, Self.directory(in: line, after: "Leaving directory ") != nil {
                if directories.count > 1 { directories.removeLast() }
            } else {
                command += command.isEmpty ? String(line) : "\n" + line
                guard !line.hasSuffix("\\") else { continue }
                if command.contains(" -c ") {
                    steps.append(Step(directory: directories.last ?? directory, command: command))
                }
                command = ""
            }
        }
    }

    /// Appends the steps of another folder's plan.
    mutating func add(_ other: BuildPlan) { steps += other.steps }

    /// The steps that may compile one of some source files: those that have its last component as the end of a word.
    func steps(naming sources: [String]) -> [Step] {
        let names = Set(sources.map { InclusionText.lastComponent($0) })
        return steps.filter { step in
            step.words.contains { names.contains(InclusionText.lastComponent($0)) }
        }
    }

    /// The sources that an option makes read a file, by the last component of that file.
    func forcedSources(below tree: String) -> [String: [String]] {
        var forced: [String: [String]] = [:]
        for step in steps {
            let words = step.words
            for (option, file) in zip(words, words.dropFirst()) where option == "-include" || option == "-imacros" {
                let sources = words.filter {
                    UnsupportedFile.isUnit(String($0)) || UnsupportedFile.isAssembler(String($0))
                }.compactMap {
                    RelativePath.below(tree, RelativePath.normalised(String($0), in: step.directory))
                }
                forced[InclusionText.lastComponent(file), default: []] += sources
            }
        }
        return forced
    }

    /// A script of some steps that ends with the first one that fails.
    static func script(of steps: [Step]) -> String {
        steps.map { "(cd \(quoted($0.directory)) && \($0.command)\n) || exit" }.joined(separator: "\n")
    }

    private static func quoted(_ word: String) -> String { "'" + word.replacing("'", with: "'\\''") + "'" }

    // make[1]: Entering directory '/path'
    private static func directory(in line: Substring, after words: String) -> String? {
        guard line.hasPrefix("make"), let range = line.firstRange(of: words) else { return nil }
        let quoted = line[range.upperBound...]
        guard quoted.count >= 2 else { return nil }
        return String(quoted.dropFirst().dropLast())
    }
}
