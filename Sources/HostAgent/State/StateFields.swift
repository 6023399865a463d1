// SPDX-License-Identifier: Apache-2.0

package import HostProtocol
package import JSON
internal import LivePatch
package import ServicePolicy
internal import UpdateFramework

/// The fields of the agent's state; what is wrong in them is told as the protocol tells it.
package typealias StateFields = JSONFields<ProtocolError>

extension JSONFields where Failure == ProtocolError {
    /// A moment.
    ///
    /// - Throws: `ProtocolError`.
    func time(_ name: String) throws(ProtocolError) -> Moment {
        let text = try string(name)
        guard let time = UpdateTime(text) else { throw .badValue(field: path(of: name), value: text) }
        return Moment(seconds: time.secondsSince1970)
    }

    /// A patch's identity.
    ///
    /// - Throws: `ProtocolError`.
    func identity(_ name: String) throws(ProtocolError) -> ArtefactID {
        let text = try string(name)
        guard let patch = ArtefactID(hexadecimal: text) else { throw .badValue(field: path(of: name), value: text) }
        return patch
    }
}

extension JSONValue {
    /// A moment.
    static func time(_ moment: Moment) -> JSONValue { .string(moment.text) }
    /// A text, or null.
    static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    /// A number, or null.
    static func integer(_ number: Int64?) -> JSONValue { number.map { .integer($0) } ?? .null }
    /// Texts.
    static func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}

extension Moment {
    /// The moment as `YYYY-MM-DDTHH:MM:SSZ`.
    package var text: String { UpdateTime(secondsSince1970: seconds).description }

    /// A later moment, or the last there is.
    package func adding(seconds more: Int64) -> Moment {
        let (sum, overflow) = seconds.addingReportingOverflow(more)
        return Moment(seconds: overflow ? (more < 0 ? .min : .max) : sum)
    }

    /// How many seconds another moment is before this one.
    package func seconds(since other: Moment) -> Int64 {
        let (difference, overflow) = seconds.subtractingReportingOverflow(other.seconds)
        return overflow ? (seconds < other.seconds ? .min : .max) : difference
    }
}
