// SPDX-License-Identifier: Apache-2.0

internal import HostProtocol
internal import JSON
internal import LivePatch
internal import ServicePolicy

extension HostRecord {
    static let columns = """
        id, public_key, activation_key, contract, host_group, state, registered, address, replaces, ticket, copied, \
        facts, targets, holds, halted, eligibility, counter, digest, boots, seen, events_kept
        """

    /// Reads a row of ``columns``.
    init(_ row: SQLRow) throws(StoreError) {
        id = try row.read(0, HostID.init)
        publicKey = try row.text(1)
        activationKey = try row.text(2)
        contract = try row.text(3)
        group = try row.text(4)
        state = try row.read(5, State.init(rawValue:))
        registered = Moment(seconds: try row.integer(6))
        address = try row.text(7)
        replaces = try row.optionalText(8).flatMap(HostID.init)
        ticket = try row.optionalText(9)
        copied = try row.optionalInteger(10).map { Moment(seconds: $0) }
        facts = try row.read(11) { text in Self.document(text).flatMap { try? HostFacts($0) } }
        targets = try row.read(12) { Self.list($0) { (fields) throws(ProtocolError) in try CheckIn.Target(fields) } }
        holds = try row.read(13) { Self.list($0) { (fields) throws(ProtocolError) in try CheckIn.Hold(fields) } }
        halted = try row.optionalInteger(14).map { Moment(seconds: $0) }
        eligibility = try row.read(15) { text in Self.document(text).flatMap { try? EligibilityAnswer($0) } }
        progress = HostProgress(
            counter: try row.integer(16), digest: try row.text(17), boots: Words.words(of: try row.text(18)),
            seen: Moment(seconds: try row.integer(19)), eventsKept: try row.integer(20))
    }

    /// The columns of what a host says, in the order in which they are written.
    var said: [SQLValue] {
        [
            .text(facts.hostname), .text(facts.machineID), .text(eligibility.system ?? ""), .text(facts.kernel),
            .text(facts.tool), .text(Words.column(facts.tags)), .text(Self.text(facts.value)),
            .text(Self.text(.array(targets.map(\.value)))), .text(Self.text(.array(holds.map(\.value)))),
            .optional(halted?.seconds), .text(Self.text(eligibility.value)),
        ]
    }

    private static func text(_ value: JSONValue) -> String { String(decoding: value.compactText, as: UTF8.self) }

    private static func document(_ text: String) -> ProtocolFields? {
        guard let value = try? JSONValue(parsing: Array(text.utf8)) else { return nil }
        return try? ProtocolFields(value, path: "")
    }

    private static func list<Element>(
        _ text: String, _ read: (ProtocolFields) throws(ProtocolError) -> Element
    ) -> [Element]? {
        guard let value = try? JSONValue(parsing: Array(text.utf8)) else { return nil }
        let fields = try? ProtocolFields(.object(["list": value]), path: "")
        return try? fields?.list("list", read)
    }
}

extension HostEventRecord {
    static let columns = "host, number, time, received, kind, patch, rollout, detail"

    /// Reads a row of ``columns``.
    init(_ row: SQLRow) throws(StoreError) {
        host = try row.read(0, HostID.init)
        event = CheckIn.Event(
            number: try row.integer(1), time: Moment(seconds: try row.integer(2)),
            kind: try row.read(4, CheckIn.Event.Kind.init(rawValue:)),
            patch: try row.optionalText(5).flatMap(ArtefactID.init(hexadecimal:)),
            rollout: try row.optionalText(6), detail: try row.text(7))
        received = Moment(seconds: try row.integer(3))
    }
}
