// SPDX-License-Identifier: Apache-2.0

package import HostProtocol
internal import JSON
internal import LivePatch
internal import PatchCatalogue
internal import ServicePolicy

extension HostState {
    private static let schemaVersion: Int64 = 1

    /// Reads a state.
    ///
    /// - Throws: `ProtocolError`.
    package init(parsing bytes: [UInt8]) throws(ProtocolError) {
        self.init()
        let fields = try StateFields(message: bytes, schemaVersion: Self.schemaVersion)
        registration = try fields.optional("registration") { (name) throws(ProtocolError) in
            try HostRegistration(try fields.fields(name))
        }
        counter = try fields.integer("counter", atLeast: 0)
        lease = try fields.optional("lease", fields.value)
        instructions = try fields.optional("instructions", fields.value)
        answer = try fields.optional("answer") { (name) throws(ProtocolError) in
            try KeptAnswer(try fields.fields(name))
        }
        lastEvent = try fields.integer("lastEvent", atLeast: 0)
        events = try fields.list("events") { (fields) throws(ProtocolError) in try CheckIn.Event(fields) }
        holds = try fields.list("holds") { (fields) throws(ProtocolError) in try CheckIn.Hold(fields) }
        accepted = try fields.list("accepted") { (fields) throws(ProtocolError) in try AcceptedLevel(fields) }
        previous = try fields.list("previous") { (fields) throws(ProtocolError) in try AcceptedLevel(fields) }
        marker = try fields.optional("marker") { (name) throws(ProtocolError) in
            try CrashMarker(try fields.fields(name))
        }
        halt = try fields.optional("halt") { (name) throws(ProtocolError) in
            let halt = try fields.fields(name)
            return AgentHalt(since: try halt.time("since"), reason: try halt.string("reason"))
        }
        failures = try fields.size("failures")
        suspects = try fields.strings("suspects").compactMap { ArtefactID(hexadecimal: $0) }
        revocations = try fields.integer("revocations", atLeast: 0)
        clockFloor = try fields.optional("clockFloor", fields.time)
        known = try fields.list("known") { (fields) throws(ProtocolError) in try KnownPatch(fields) }
        history = try fields.list("history") { (fields) throws(ProtocolError) in try HistoryEntry(fields) }
    }

    /// The state as its file has it.
    package var encoded: [UInt8] {
        JSONValue.object([
            "schemaVersion": .integer(Self.schemaVersion), "registration": registration?.value ?? .null,
            "counter": .integer(counter), "lease": lease ?? .null, "instructions": instructions ?? .null,
            "answer": answer?.value ?? .null, "lastEvent": .integer(lastEvent),
            "events": .array(events.map(\.value)), "holds": .array(holds.map(\.value)),
            "accepted": .array(accepted.map(\.value)), "previous": .array(previous.map(\.value)),
            "marker": marker?.value ?? .null,
            "halt": halt.map { .object(["since": .time($0.since), "reason": .string($0.reason)]) } ?? .null,
            "failures": .integer(Int64(failures)), "suspects": .texts(suspects.map(\.description)),
            "revocations": .integer(revocations), "clockFloor": clockFloor.map { .time($0) } ?? .null,
            "known": .array(known.map(\.value)), "history": .array(history.map(\.value)),
        ]).text
    }
}

extension HostRegistration {
    init(_ fields: StateFields) throws(ProtocolError) {
        server = try fields.string("server")
        certificates = try fields.optional("certificates", fields.string)
        hardware = try fields.word("hardware")
        origin = try fields.word("origin")
        tags = try fields.strings("tags")
        since = try fields.time("since")
    }

    var value: JSONValue {
        .object([
            "server": .string(server), "certificates": .text(certificates), "hardware": .string(hardware.rawValue),
            "origin": .string(origin.rawValue), "tags": .texts(tags), "since": .time(since),
        ])
    }
}

extension KeptAnswer {
    init(_ fields: StateFields) throws(ProtocolError) {
        eligibility = try EligibilityAnswer(try fields.fields("eligibility"))
        token = try fields.optional("token", fields.string)
        nextCheckIn = try fields.integer("nextCheckIn", atLeast: 1)
        received = try fields.time("received")
        clockDifference = try fields.integer("clockDifference", atLeast: .min)
    }

    var value: JSONValue {
        .object([
            "eligibility": eligibility.value, "token": .text(token), "nextCheckIn": .integer(nextCheckIn),
            "received": .time(received), "clockDifference": .integer(clockDifference),
        ])
    }
}

extension AcceptedLevel {
    init(_ fields: StateFields) throws(ProtocolError) {
        product = try fields.string("product")
        distribution = try fields.string("distribution")
        target = try fields.string("target")
        buildID = try fields.string("buildID")
        level = try fields.size("level")
        patch = try fields.identity("patch")
        rollout = try fields.optional("rollout", fields.string)
        since = try fields.time("since")
    }

    var value: JSONValue {
        .object([
            "product": .string(product), "distribution": .string(distribution), "target": .string(target),
            "buildID": .string(buildID), "level": .integer(Int64(level)), "patch": .string(patch.description),
            "rollout": .text(rollout), "since": .time(since),
        ])
    }
}

extension CrashMarker {
    init(_ fields: StateFields) throws(ProtocolError) {
        patches = try fields.strings("patches").compactMap { ArtefactID(hexadecimal: $0) }
        bootID = try fields.string("bootID")
        time = try fields.time("time")
        isOrderly = try fields.boolean("isOrderly")
    }

    var value: JSONValue {
        .object([
            "patches": .texts(patches.map(\.description)), "bootID": .string(bootID), "time": .time(time),
            "isOrderly": .boolean(isOrderly),
        ])
    }
}

extension KnownPatch {
    init(_ fields: StateFields) throws(ProtocolError) {
        patch = try fields.identity("patch")
        do {
            description = try PatchDescription(custom: try fields.fields("description").object)
        } catch let error as CatalogueError {
            throw .badValue(field: fields.path(of: "description"), value: "\(error)")
        } catch {
            throw .missing(field: fields.path(of: "description"))
        }
    }

    var value: JSONValue {
        .object(["patch": .string(patch.description), "description": .object(description.custom)])
    }
}

extension HistoryEntry {
    init(_ fields: StateFields) throws(ProtocolError) {
        time = try fields.time("time")
        kind = try fields.word("kind")
        patch = try fields.optional("patch", fields.identity)
        target = try fields.optional("target", fields.string)
        level = try fields.optional("level", fields.size)
        detail = try fields.string("detail")
    }

    var value: JSONValue {
        .object([
            "time": .time(time), "kind": .string(kind.rawValue), "patch": .text(patch?.description),
            "target": .text(target), "level": level.map { .integer(Int64($0)) } ?? .null, "detail": .string(detail),
        ])
    }
}
