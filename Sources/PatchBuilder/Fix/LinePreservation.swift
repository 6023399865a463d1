// SPDX-License-Identifier: Apache-2.0

/// Keeps the line numbers that a compiler sees after a fix as they were before it.
///
/// Code that holds `__LINE__` (assertions, error queues) would otherwise differ in every function below a hunk, and each
/// of these functions would be taken for a changed one. Wherever a kept line would get another number, a `#line` is put
/// before it, or before the first kept line after it where a preprocessor line may stand. What `#line` changes is only
/// in the tree that is compiled; it is never part of the artefact.
enum LinePreservation {
    /// The text to compile.
    static func text(of fixed: [FixedLine], original: [ArraySlice<UInt8>]) -> [UInt8] {
        let wanted = presumedNumbers(of: original)
        var output: [UInt8] = []
        var lexer = SourceLexer()
        var number = 1
        // A `#line` in a conditional group counts only if the group is compiled, which is not known here. When the group
        // ends, the number is uncertain until another `#line`.
        var insertedDepth = 0
        var isUncertain = false
        for line in fixed {
            if let origin = line.origin, number != wanted[origin - 1] || isUncertain, lexer.isAtSafePlace {
                number = wanted[origin - 1]
                insertedDepth = lexer.conditionalDepth
                isUncertain = false
                output += Array("#line \(number)\n".utf8)
            }
            output += line.text
            lexer.read(line.text)
            number += 1
            switch lexer.endedDirective {
            case .line(let next): number = next
            case .middle where lexer.conditionalDepth <= insertedDepth,
                .end where lexer.conditionalDepth < insertedDepth:
                isUncertain = true
                insertedDepth = 0
            default: break
            }
        }
        return output
    }

    /// The number that a compiler gives each line: its position, unless the text itself says `#line`.
    private static func presumedNumbers(of lines: [ArraySlice<UInt8>]) -> [Int] {
        var lexer = SourceLexer()
        var number = 1
        return lines.map { line in
            defer {
                lexer.read(line)
                number += 1
                if case .line(let next) = lexer.endedDirective { number = next }
            }
            return number
        }
    }
}
