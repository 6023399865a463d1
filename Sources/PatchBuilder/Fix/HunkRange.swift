// SPDX-License-Identifier: Apache-2.0

/// The numbers of a hunk header, `@@ -12,7 +12,9 @@ name of the function`.
struct HunkRange: Equatable {
    var oldStart: Int
    var oldCount: Int
    var newStart: Int
    var newCount: Int

    /// No source file has more lines; what is beyond is a damaged fix.
    private static let limit = 100_000_000

    /// Reads a header; nil if it is not one.
    init?(parsing text: String, line: Int) throws(BuildError) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0] == "@@", parts[3] == "@@", parts[1].first == "-", parts[2].first == "+" else {
            return nil
        }
        guard let old = try Self.range(parts[1].dropFirst(), line), let new = try Self.range(parts[2].dropFirst(), line)
        else { return nil }
        (oldStart, oldCount) = old
        (newStart, newCount) = new
    }

    private static func range(_ text: Substring, _ line: Int) throws(BuildError) -> (start: Int, count: Int)? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= 2, let start = try number(parts[0], line) else { return nil }
        guard parts.count == 2 else { return (start, 1) }
        guard let count = try number(parts[1], line) else { return nil }
        return (start, count)
    }

    private static func number(_ text: Substring, _ line: Int) throws(BuildError) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        guard let value = Int(text), value <= limit else { throw .malformedFix(line: line, .numberTooLarge) }
        return value
    }
}
