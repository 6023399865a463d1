// SPDX-License-Identifier: Apache-2.0

package import JSON
package import LivePatch
package import ServicePolicy

/// What a host sends to ``Endpoint/checkIn``, signed with its key: how it is, and what happened since the last time.
package struct CheckIn: Hashable, Sendable {
    /// The layout.
    private static let schemaVersion: Int64 = 1

    /// A target that processes of the host use, and what they have of it.
    package struct Target: Hashable, Sendable {
        /// The name of the file, such as `libc.so.6`.
        package var name: String
        /// The build ID.
        package var buildID: String
        /// How many processes use it.
        package var processes: Int
        /// The level that is in force in them, the lowest where they differ; 0 for the original.
        package var level: Int
        /// The patch of that level; nil for the original.
        package var patch: ArtefactID?
        /// How many of the processes have it.
        package var patched: Int

        /// A target.
        package init(
            name: String, buildID: String, processes: Int, level: Int, patch: ArtefactID?, patched: Int
        ) {
            self.name = name
            self.buildID = buildID
            self.processes = processes
            self.level = level
            self.patch = patch
            self.patched = patched
        }
    }

    /// Something that happened on the host.
    package struct Event: Hashable, Sendable {
        /// What it was.
        package enum Kind: String, CaseIterable, Hashable, Sendable {
            /// A patch is in force in all processes that use its target.
            case applied
            /// It could not be put into some or all of them.
            case failed
            /// It was taken out.
            case reverted
            /// The host went down between an application and the end of its soak.
            case crashed
            /// A revocation took it back.
            case revoked
            /// The host has stopped by itself after failures, and applies nothing more.
            case halted
            /// The administrator lets it go on.
            case resumed
        }

        /// Counts the events of a host, from 1.
        package var number: Int64
        /// When it was, by the host's clock.
        package var time: Moment
        /// What it was.
        package var kind: Kind
        /// The patch; nil where it is about none.
        package var patch: ArtefactID?
        /// The rollout by which it came; nil without a director.
        package var rollout: String?
        /// More of it, for people.
        package var detail: String

        /// An event.
        package init(
            number: Int64, time: Moment, kind: Kind, patch: ArtefactID?, rollout: String?, detail: String
        ) {
            self.number = number
            self.time = time
            self.kind = kind
            self.patch = patch
            self.rollout = rollout
            self.detail = detail
        }
    }

    /// A build that the administrator keeps at a level.
    package struct Hold: Hashable, Sendable {
        /// The build ID, or `*` for all.
        package var buildID: String
        /// The highest level to take; nil for the one that it has.
        package var level: Int?
        /// Since when.
        package var since: Moment
        /// Why, for people.
        package var reason: String

        /// A hold.
        package init(buildID: String, level: Int?, since: Moment, reason: String) {
            self.buildID = buildID
            self.level = level
            self.since = since
            self.reason = reason
        }
    }

    /// Counts the check-ins of a key, and is kept before one is sent: two hosts with one key cannot both count on.
    package var counter: Int64
    /// The kernel's boot ID (random(4)), which tells restarts.
    package var bootID: String
    /// What the host says of itself.
    package var facts: HostFacts
    /// The targets that are in use.
    package var targets: [Target]
    /// What happened since the number that the service last confirmed.
    package var events: [Event]
    /// What the administrator holds back.
    package var holds: [Hold]

    /// A check-in.
    package init(
        counter: Int64, bootID: String, facts: HostFacts, targets: [Target], events: [Event], holds: [Hold]
    ) {
        self.counter = counter
        self.bootID = bootID
        self.facts = facts
        self.targets = targets
        self.events = events
        self.holds = holds
    }
}

extension CheckIn {
    /// How many targets, events or holds one message may have.
    package static let limit = 200

    /// Reads a check-in.
    ///
    /// - Throws: `ProtocolError`.
    package init(parsing bytes: [UInt8]) throws(ProtocolError) {
        let fields = try ProtocolFields(message: bytes, schemaVersion: Self.schemaVersion)
        counter = try fields.integer("counter", atLeast: 1)
        bootID = try fields.string("bootID", limit: 64)
        facts = try HostFacts(try fields.fields("facts"))
        targets = try fields.list("targets", limit: Self.limit) { (fields) throws(ProtocolError) in
            try Target(fields)
        }
        events = try fields.list("events", limit: Self.limit) { (fields) throws(ProtocolError) in try Event(fields) }
        holds = try fields.list("holds", limit: Self.limit) { (fields) throws(ProtocolError) in try Hold(fields) }
    }

    /// The message.
    package var encoded: [UInt8] {
        JSONValue.object([
            "schemaVersion": .integer(Self.schemaVersion), "counter": .integer(counter), "bootID": .string(bootID),
            "facts": facts.value, "targets": .array(targets.map(\.value)), "events": .array(events.map(\.value)),
            "holds": .array(holds.map(\.value)),
        ]).compactText
    }
}

extension CheckIn.Target {
    /// Reads a target.
    ///
    /// - Throws: `ProtocolError`.
    package init(_ fields: ProtocolFields) throws(ProtocolError) {
        name = try fields.string("name", limit: 255)
        buildID = try fields.buildID("buildID")
        processes = try fields.size("processes")
        level = try fields.size("level")
        patch = try fields.optional("patch", fields.patch)
        patched = try fields.size("patched")
        guard patched <= processes else { throw .badValue(field: fields.path(of: "patched"), value: "\(patched)") }
    }

    /// The target as it is sent and kept.
    package var value: JSONValue {
        .object([
            "name": .string(name), "buildID": .string(buildID), "processes": .integer(Int64(processes)),
            "level": .integer(Int64(level)), "patch": .optional(patch?.description),
            "patched": .integer(Int64(patched)),
        ])
    }
}

extension CheckIn.Event {
    /// Reads an event.
    ///
    /// - Throws: `ProtocolError`.
    package init(_ fields: ProtocolFields) throws(ProtocolError) {
        number = try fields.integer("number", atLeast: 1)
        time = try fields.moment("time")
        kind = try fields.word("kind")
        patch = try fields.optional("patch", fields.patch)
        rollout = try fields.optional("rollout") { (name) throws(ProtocolError) in
            try fields.string(name, limit: 64)
        }
        detail = try fields.string("detail", limit: 2048)
    }

    /// The event as it is sent and kept.
    package var value: JSONValue {
        .object([
            "number": .integer(number), "time": .moment(time), "kind": .string(kind.rawValue),
            "patch": .optional(patch?.description), "rollout": .optional(rollout), "detail": .string(detail),
        ])
    }
}

extension CheckIn.Hold {
    /// Reads a hold.
    ///
    /// - Throws: `ProtocolError`.
    package init(_ fields: ProtocolFields) throws(ProtocolError) {
        let text = try fields.string("buildID")
        buildID = text == "*" ? text : try fields.buildID("buildID")
        level = try fields.optional("level", fields.size)
        since = try fields.moment("since")
        reason = try fields.string("reason", limit: 512)
    }

    /// The hold as it is sent and kept.
    package var value: JSONValue {
        .object([
            "buildID": .string(buildID), "level": level.map { .integer(Int64($0)) } ?? .null,
            "since": .moment(since), "reason": .string(reason),
        ])
    }
}
