// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// A result that a tool can print for people and for programs.
package protocol Presentable {
    /// What programs read; its first field is a schema version.
    associatedtype Report: Encodable
    /// The result for programs.
    var report: Report { get }
    /// The result for people, in lines of at most 80 columns.
    func text(in language: Language) -> String
}

/// The ways to print a result.
package enum Output: Sendable {
    /// Text for people.
    case text
    /// JSON for programs.
    case json

    /// A report in JSON on one line.
    package static func line(_ report: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(report), as: UTF8.self)
    }

    /// The result as it is to be printed.
    package func render(_ result: some Presentable, in language: Language = .current) throws -> String {
        switch self {
        case .text:
            return result.text(in: language)
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(result.report), as: UTF8.self)
        }
    }
}
