// SPDX-License-Identifier: Apache-2.0

extension InclusionText {
    /// Prints what is found, and then, behind an empty line, the links.
    ///
    /// A directive is printed as the file, a zero byte and the line; a link as the file, a zero byte and what it leads to.
    /// grep ends with 1 if nothing is found.
    private static let search = """
        grep -rIoZE '\(directive)|__has_include.*|\(definition)|\(assembler)' . || test $? -eq 1
        echo
        find . -type l -printf '%p\\0%l\\n'
        """

    /// Comments before the `#` and behind it are allowed for, and so is the digraph for it.
    private static let directive =
        #"^(.*\*/)?[[:space:]]*(#|%:)[[:space:]]*(/\*.*\*/)?[[:space:]]*(include|include_next|import)([^_[:alnum:]].*|$)"#

    /// What an assembler itself includes, behind a label perhaps.
    private static let assembler =
        #"^[[:space:]]*([_.$[:alnum:]]+:)?[[:space:]]*\.(include|incbin)[[:space:]].*"#

    /// A macro with a source's name in it.
    private static let definition =
        #"^[[:space:]]*(#|%:)[[:space:]]*define[[:space:]].*\.(c|cc|cp|cpp|cxx|c\+\+|C|CPP|s|S|sx)([^_[:alnum:]].*|$)"#

    /// Reads a root's tree, once: what is found is kept in the root, whose tree never changes.
    static func of(
        _ root: BuildRoot, environment: [String: String], progress: BuildProgress
    ) async throws(BuildError) -> InclusionText {
        if !Files.exists(root.inclusions) {
            progress(.searchingInclusions)
            let found = try await ToolCall(
                tool: .shell, arguments: ["-c", search], directory: root.tree, environment: environment,
                log: root.log("inclusions")
            ).capture()
            try Files.write(found, to: root.inclusions)
        }
        return InclusionText(parsing: try Files.read(root.inclusions))
    }
}
