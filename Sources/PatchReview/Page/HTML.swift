// SPDX-License-Identifier: Apache-2.0

/// A piece of a page.
///
/// Literals are markup, interpolated text is escaped: foreign text cannot become markup.
package struct HTML: ExpressibleByStringInterpolation, Hashable, Sendable {
    /// The markup.
    package private(set) var markup: String

    package init(stringLiteral value: String) { markup = value }

    package init(stringInterpolation interpolation: Interpolation) { markup = interpolation.markup }

    /// Takes literals as they are, text escaped, and other pieces as they are.
    package struct Interpolation: StringInterpolationProtocol {
        fileprivate var markup = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            markup.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        package mutating func appendLiteral(_ literal: String) { markup += literal }

        /// Text, escaped.
        package mutating func appendInterpolation(_ text: String) { markup += HTML.escaped(text) }

        /// A number.
        package mutating func appendInterpolation(_ number: some FixedWidthInteger) { markup += String(number) }

        /// A piece of a page.
        package mutating func appendInterpolation(_ piece: HTML) { markup += piece.markup }

        /// Pieces of a page, one after the other.
        package mutating func appendInterpolation(_ pieces: [HTML]) {
            for piece in pieces { markup += piece.markup }
        }
    }

    /// A text in which nothing is markup, and no character steers what stands around it.
    private static func escaped(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            default: result.unicodeScalars.append(scalar.steersText ? "\u{fffd}" : scalar)
            }
        }
        return result
    }
}

extension HTML {
    /// Pieces one after the other.
    static func + (left: HTML, right: HTML) -> HTML { "\(left)\(right)" }

    /// Nothing.
    static let empty: HTML = ""
}

extension Unicode.Scalar {
    /// Whether it is no character of XML (2.2), or a mark of direction, which would reorder the page (UAX 9).
    fileprivate var steersText: Bool {
        switch value {
        case 0...0x1f, 0x7f...0x9f, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfffe, 0xffff: true
        default: false
        }
    }
}
