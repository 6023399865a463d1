// SPDX-License-Identifier: Apache-2.0

/// What is tried in a virtual machine beside loading and unloading: the author's proof that a fix fixes.
package struct Scenario: Sendable, Equatable {
    /// Modules that are loaded before the patch; those that the patch changes and that are not named are loaded after it.
    package var modules: [String] = []
    /// C programs, by the names under which the scripts find them.
    package var programs: [String: String] = [:]
    /// What is run once.
    package var setup = ""
    /// What is run without the patch, with it, and without it again.
    package var trigger = ""
    /// What the trigger prints without the patch; nil if it is not to be compared.
    package var before: String?
    /// What the trigger prints with the patch; nil if it is not to be compared.
    package var after: String?
    /// What begins before the patch is loaded and ends when the file `/tmp/patched` is there: objects of the old code in
    /// the hands of the new one.
    package var hold = ""
    /// What is run again and again while the patch is loaded and taken out.
    package var activity = ""

    package init() {}
}

extension Scenario {
    /// Reads the text of a scenario: sections with a title in brackets, such as `[trigger]` and `[program NAME]`.
    ///
    /// - Throws: ``ProofError``.
    package init(parsing text: String) throws(ProofError) {
        var title: String?
        var lines: [Substring] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("["), line.hasSuffix("]") {
                try end(title, lines, line: number)
                title = String(line.dropFirst().dropLast())
                lines = []
            } else if title != nil {
                lines.append(line)
            } else if !line.allSatisfy(\.isWhitespace), !line.hasPrefix("#") {
                throw .malformedScenario(line: number + 1, text: String(line))
            }
        }
        try end(title, lines, line: text.split(separator: "\n", omittingEmptySubsequences: false).count)
    }

    private mutating func end(_ title: String?, _ lines: [Substring], line: Int) throws(ProofError) {
        guard let title else { return }
        let text = lines.joined(separator: "\n") + "\n"
        switch title {
        case "modules": modules = text.split(whereSeparator: \.isWhitespace).map(String.init)
        case "setup": setup = text
        case "trigger": trigger = text
        case "before": before = Self.normalized(text)
        case "after": after = Self.normalized(text)
        case "hold": hold = text
        case "activity": activity = text
        default:
            let words = title.split(separator: " ")
            guard words.count == 2, words[0] == "program",
                words[1].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
            else { throw .malformedScenario(line: line, text: "[\(title)]") }
            programs[String(words[1])] = text
        }
    }

    /// Lines without what ends them, and without empty ones.
    static func normalized(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).map { line in
            var line = line
            while line.last?.isWhitespace == true { line.removeLast() }
            return String(line)
        }.filter { !$0.isEmpty }.joined(separator: "\n")
    }
}

/// Why a live patch was not tried, or what it failed.
package enum ProofError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A scenario has what no scenario has.
    case malformedScenario(line: Int, text: String)
    /// A live patch is not one of a kernel.
    case notForKernel
    /// A live patch does not say of which package its kernel is.
    case unknownKernel(String)
    /// The scenario names a module that the kernel does not have.
    case noSuchModule(String)

    package var description: String {
        switch self {
        case .malformedScenario(let line, let text):
            "line \(line) of the scenario: ‘\(text)’: a scenario has the sections [modules], [setup], [trigger], [before], "
                + "[after], [hold], [activity] and [program NAME]"
        case .notForKernel: "the live patch is for processes; only those of kernels are tried in a virtual machine"
        case .unknownKernel(let name): "the live patch is for ‘\(name)’, of which no package is known"
        case .noSuchModule(let name): "the kernel has no module \(name)"
        }
    }
}
