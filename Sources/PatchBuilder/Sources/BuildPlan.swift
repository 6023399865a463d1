// SPDX-License-Identifier: Apache-2.0

/// What `make --dry-run --print-directory` said it would do.
struct BuildPlan: Codable, Equatable, Sendable {
    /// A command for the shell, and where it would run.
    struct Step: Codable, Equatable, Sendable {
        var directory: String
        var command: String
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

    /// The steps that may compile a source file: those that have its last component as the end of a word.
    func steps(naming source: String) -> [Step] {
        guard let name = source.split(separator: "/").last else { return [] }
        return steps.filter { step in
            step.command.split { $0.isWhitespace || "\"'".contains($0) }.contains { word in
                word == name || word.hasSuffix("/" + name)
            }
        }
    }

    // make[1]: Entering directory '/path'
    private static func directory(in line: Substring, after words: String) -> String? {
        guard line.hasPrefix("make"), let range = line.firstRange(of: words) else { return nil }
        let quoted = line[range.upperBound...]
        guard quoted.count >= 2 else { return nil }
        return String(quoted.dropFirst().dropLast())
    }
}
