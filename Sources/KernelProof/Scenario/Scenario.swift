// SPDX-License-Identifier: Apache-2.0

/// What an author wants to see of a patch in a running kernel.
///
/// It is a script for the shell of BusyBox. Lines like `# before: accepted` at its beginning tell what the machine must have
/// and what is expected; functions tell what to do:
///
/// ```sh
/// # before: 200
/// # after: 32
/// # modules: dummy
/// # late-modules: bridge
/// # program: leases.c
/// trigger() { leases; }
/// hold() { exec 7</proc/self/stat; }
/// release() { exec 7<&-; }
/// busy() { ls -R /proc; }
/// ```
package struct Scenario: Hashable, Sendable {
    /// What `trigger` prints without the patch; nil if there is no trigger.
    package private(set) var before: String?
    /// What it prints with the patch.
    package private(set) var after: String?
    /// Modules to be loaded before the patch, with what they depend on.
    package private(set) var modules: [String] = []
    /// Modules to be loaded after it.
    package private(set) var lateModules: [String] = []
    /// Programs in C, by the paths of their sources beside the script.
    package private(set) var programs: [String] = []
    /// The script.
    package let script: String

    /// What is done where an author says nothing: the patch is loaded under activity, and taken out again.
    package static let usual = Scenario(script: "")

    private init(script: String) { self.script = script }

    /// Reads a scenario.
    ///
    /// - Throws: `ProofError.scenario` with the line.
    package init(parsing text: String) throws(ProofError) {
        script = text
        if let end = text.unicodeScalars.firstIndex(of: "\r") {
            throw .scenario(
                line: text.unicodeScalars[..<end].count { $0 == "\n" } + 1,
                problem: "a carriage return; the machine's shell needs lines that end as Unix has them")
        }
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard line.hasPrefix("# "), let colon = line.firstIndex(of: ":") else { continue }
            let name = String(line[line.index(line.startIndex, offsetBy: 2)..<colon])
            let value = Self.trimmed(line[line.index(after: colon)...])
            try take(name, value, line: index + 1)
        }
        let hasTrigger = Self.defines("trigger", in: text)
        guard (before != nil) == hasTrigger, (after != nil) == hasTrigger else {
            throw .scenario(line: 1, problem: "a function trigger, `# before:` and `# after:` belong together")
        }
        if before == after, hasTrigger {
            throw .scenario(line: 1, problem: "before and after are the same; so the trigger would prove nothing")
        }
        guard Self.defines("hold", in: text) == Self.defines("release", in: text) else {
            throw .scenario(line: 1, problem: "the functions hold and release belong together")
        }
    }

    private mutating func take(_ name: String, _ value: String, line: Int) throws(ProofError) {
        let words = value.split(separator: " ").map(String.init)
        switch name {
        case "before": before = value
        case "after": after = value
        case "modules": modules += try Self.names(words, line: line)
        case "late-modules": lateModules += try Self.names(words, line: line)
        case "program": programs += try Self.files(words, line: line)
        // Any other comment is a comment.
        default: return
        }
        guard !value.isEmpty else { throw .scenario(line: line, problem: "\(name) says nothing") }
    }

    private static func names(_ words: [String], line: Int) throws(ProofError) -> [String] {
        for word in words {
            let isName = word.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
            guard isName else { throw .scenario(line: line, problem: "\(word) is no name of a module") }
        }
        return words
    }

    private static func files(_ words: [String], line: Int) throws(ProofError) -> [String] {
        for word in words {
            guard word.hasSuffix(".c"), word.utf8.count > 2, !word.contains("/") else {
                throw .scenario(line: line, problem: "\(word) is no C file beside the scenario")
            }
        }
        return words
    }

    /// Whether the script defines a function, as people write it: `name() {`.
    static func defines(_ name: String, in script: String) -> Bool {
        script.split(separator: "\n").contains { $0.hasPrefix("\(name)()") || $0.hasPrefix("\(name) ()") }
    }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0 == " " }
        return String(start.reversed().drop { $0 == " " }.reversed())
    }
}
