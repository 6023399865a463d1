// SPDX-License-Identifier: Apache-2.0

/// Why a dump could not be read.
package enum GimpleError: Error, Hashable {
    /// The text ends in the middle of something.
    case truncated(line: Int)
    /// A byte that no statement has.
    case unknownByte(UInt8, line: Int)
    /// A function whose parameters cannot be made out.
    case unknownHeader(line: Int)
    /// A statement of a form that is unknown here, with its beginning.
    case unknownStatement(String, line: Int)
    /// More than a unit can have.
    case tooLarge(line: Int)
}

extension GimpleError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .truncated(let line): "line \(line): the text ends in the middle of a statement"
        case .unknownByte(let byte, let line):
            "line \(line): byte 0x\(String(byte, radix: 16)) is in no known statement"
        case .unknownHeader(let line): "line \(line): the parameters of the function cannot be made out"
        case .unknownStatement(let text, let line): "line \(line): unknown statement ‘\(text)’"
        case .tooLarge(let line): "line \(line): nested too deeply"
        }
    }
}
