// SPDX-License-Identifier: Apache-2.0

/// A pattern for paths, as a shell matches them.
///
/// `*` is any number of characters, `?` is one, `[…]` is one of a set, and none of them is a `/`. A set that is not closed
/// is a plain bracket. There is no way to quote. Reference implementations match so.
package struct PathPattern: Hashable, Sendable {
    /// The pattern as metadata has it.
    package let text: String
    private let components: [[Token]]

    /// A pattern.
    package init(_ text: String) {
        self.text = text
        components = Self.split(text).map(Self.tokens)
    }

    private enum Token: Hashable, Sendable {
        case character(Unicode.Scalar)
        case any
        case anyNumber
        case set([ClosedRange<Unicode.Scalar>], negated: Bool)

        func matches(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .character(let character): character == scalar
            case .any: true
            case .anyNumber: false
            case .set(let ranges, let negated): ranges.contains { $0.contains(scalar) } != negated
            }
        }
    }

    /// Whether a path is like the pattern.
    package func matches(_ path: TargetPath) -> Bool {
        let parts = Self.split(path.text)
        return parts.count == components.count
            && zip(parts, components).allSatisfy { Self.matches(Array($0), $1) }
    }

    private static func split(_ text: String) -> [[Unicode.Scalar]] {
        text.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false).map(Array.init)
    }

    /// Goes back to the last `*` only: an earlier one could not match more, and the time stays quadratic.
    private static func matches(_ name: [Unicode.Scalar], _ pattern: [Token]) -> Bool {
        var (place, token) = (0, 0)
        var star: (token: Int, place: Int)?
        while place < name.count {
            if token < pattern.count, pattern[token] == .anyNumber {
                star = (token, place)
                token += 1
            } else if token < pattern.count, pattern[token].matches(name[place]) {
                place += 1
                token += 1
            } else if let last = star {
                star = (last.token, last.place + 1)
                (place, token) = (last.place + 1, last.token + 1)
            } else {
                return false
            }
        }
        return pattern[token...].allSatisfy { $0 == .anyNumber }
    }

    private static func tokens(_ pattern: [Unicode.Scalar]) -> [Token] {
        var tokens: [Token] = []
        var place = 0
        while place < pattern.count {
            let scalar = pattern[place]
            place += 1
            switch scalar {
            case "*": tokens.append(.anyNumber)
            case "?": tokens.append(.any)
            case "[":
                if let (set, end) = Self.set(pattern, from: place) {
                    tokens.append(set)
                    place = end
                } else {
                    tokens.append(.character(scalar))
                }
            default: tokens.append(.character(scalar))
            }
        }
        return tokens
    }

    /// The set that begins behind a bracket, and the place behind it; nil if it is not closed.
    private static func set(_ pattern: [Unicode.Scalar], from start: Int) -> (Token, Int)? {
        let negated = start < pattern.count && pattern[start] == "!"
        let first = negated ? start + 1 : start
        // A closing bracket in the first place stands for itself.
        guard first < pattern.count, let end = pattern[(first + 1)...].firstIndex(of: "]") else { return nil }
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        var place = first
        while place < end {
            if place + 2 < end, pattern[place + 1] == "-" {
                // A range that goes backwards holds nothing.
                if pattern[place] <= pattern[place + 2] { ranges.append(pattern[place]...pattern[place + 2]) }
                place += 3
            } else {
                ranges.append(pattern[place]...pattern[place])
                place += 1
            }
        }
        return (.set(ranges, negated: negated), end + 1)
    }
}
