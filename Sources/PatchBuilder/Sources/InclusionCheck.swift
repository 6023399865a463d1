// SPDX-License-Identifier: Apache-2.0

/// Refuses a fix of a source file that other files of the tree include as text: their units change as well, and only
/// the unit of the file itself is built anew.
struct InclusionCheck: Sendable {
    /// The build root whose tree is searched.
    var root: BuildRoot
    /// The environment of tools.
    var environment: [String: String]

    /// Prints `FILE:LINE:#include "NAME.c"` for each such directive; grep ends with 1 if there is none.
    private static let search = """
        grep -rnoHE '^[[:space:]]*#[[:space:]]*include[[:space:]]*["<][^">]*\\.(c|cc|cpp|cxx)[">]' \
        --include='*.[cChHS]' --include='*.cc' --include='*.cpp' --include='*.cxx' --include='*.hpp' --include='*.inc' \
        . || test $? -eq 1
        """

    /// Searches the tree for directives that name one of the files.
    ///
    /// - Throws: `BuildError.unsupportedFile` with the file that includes it.
    func require(_ touched: [TouchedFile]) async throws(BuildError) {
        let found = try await ToolCall(
            tool: .shell, arguments: ["-c", Self.search], directory: root.tree, environment: environment,
            log: root.log("inclusions")
        ).capture()
        for line in String(decoding: found, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2)
            guard parts.count == 3, let name = Self.includedName(in: parts[2]) else { continue }
            for file in touched where file.path == name || file.path.hasSuffix("/" + name) {
                throw .unsupportedFile(file.path, .included(by: String(parts[0].trimmingPrefix("./"))))
            }
        }
    }

    /// The name in a directive, without the folders above that it begins with.
    private static func includedName(in directive: Substring) -> String? {
        guard let start = directive.firstIndex(where: { $0 == "\"" || $0 == "<" }) else { return nil }
        let name = directive[directive.index(after: start)...].dropLast()
        let parts = name.split(separator: "/").drop { $0 == ".." || $0 == "." }
        return parts.isEmpty ? nil : parts.joined(separator: "/")
    }
}
