// SPDX-License-Identifier: Apache-2.0

package import HostProtocol
internal import LivePatch
package import ServicePolicy

extension SQLValue {
    /// A number of a host's, which may be anything: bounded, so that the sum over all hosts is a number.
    fileprivate static func count(_ number: Int) -> SQLValue { .integer(Int64(min(number, 1_000_000_000))) }
}

extension Records {
    private static let joined = "hosts JOIN host_states ON host_states.host = hosts.id"

    /// A host.
    package func host(_ id: HostID) throws(StoreError) -> HostRecord? {
        try first("SELECT \(HostRecord.columns) FROM \(Self.joined) WHERE id = ?", .text(id.text))
            .map { (row) throws(StoreError) in try HostRecord(row) }
    }

    /// Hosts by name, held until the transaction ends.
    ///
    /// All who hold several take them in the order of their names, so that nobody waits for one who waits for him.
    package func hosts(locking ids: [HostID]) throws(StoreError) -> [HostID: HostRecord] {
        var hosts: [HostID: HostRecord] = [:]
        let sql = "SELECT \(HostRecord.columns) FROM \(Self.joined) WHERE id IN (…) ORDER BY id"
        for row in try query(sql + connection.lockingClause, in: ids.map(\.text).sorted()) {
            let host = try HostRecord(row)
            hosts[host.id] = host
        }
        return hosts
    }

    /// The public key of a host, as digits; nil if there is no such host.
    package func publicKey(of id: HostID) throws(StoreError) -> String? {
        try first("SELECT public_key FROM hosts WHERE id = ?", .text(id.text))?.text(0)
    }

    /// The host whose registration a ticket opened.
    package func host(ofTicket hash: String) throws(StoreError) -> HostID? {
        try first("SELECT id FROM hosts WHERE ticket = ?", .text(hash))?.read(0, HostID.init)
    }

    /// Enters a host, or what is new of one that registers again.
    package func put(_ host: HostRecord) throws(StoreError) { try put([host]) }

    /// Enters hosts, each once.
    package func put(_ hosts: [HostRecord]) throws(StoreError) {
        let columns = """
            id, public_key, activation_key, contract, host_group, state, registered, address, replaces, ticket, copied, \
            hostname, machine_id, system, kernel, tool, tags, facts, targets, holds, halted, eligibility
            """
        let changes = columns.split(separator: ", ").dropFirst().map { "\($0) = excluded.\($0)" }
        let rows = hosts.map { Self.identity(of: $0) + $0.said }
        let tail = "ON CONFLICT (id) DO UPDATE SET \(changes.joined(separator: ", "))"
        try insert("INSERT INTO hosts (\(columns))", rows, tail)
        try put(hosts.map { ($0.id, $0.progress) })
        try putTargets(of: hosts)
    }

    private static func identity(of host: HostRecord) -> [SQLValue] {
        [
            .text(host.id.text), .text(host.publicKey), .text(host.activationKey), .text(host.contract),
            .text(host.group), .text(host.state.rawValue), .integer(host.registered.seconds), .text(host.address),
            .optional(host.replaces?.text), .optional(host.ticket), .optional(host.copied?.seconds),
        ]
    }

    /// Writes how far hosts have come, each once.
    package func put(_ progress: [(host: HostID, progress: HostProgress)]) throws(StoreError) {
        try insert(
            "INSERT INTO host_states (host, counter, digest, boots, seen, events_kept)",
            progress.map { host, progress in
                [
                    .text(host.text), .integer(progress.counter), .text(progress.digest),
                    .text(Words.column(progress.boots)), .integer(progress.seen.seconds),
                    .integer(progress.eventsKept),
                ]
            },
            """
            ON CONFLICT (host) DO UPDATE SET counter = excluded.counter, digest = excluded.digest,
            boots = excluded.boots, seen = excluded.seen, events_kept = excluded.events_kept
            """)
    }

    /// Writes what a host says of itself.
    package func putSaid(by host: HostRecord) throws(StoreError) {
        try connection.execute(
            """
            UPDATE hosts SET hostname = ?, machine_id = ?, system = ?, kernel = ?, tool = ?, tags = ?, facts = ?,
            targets = ?, holds = ?, halted = ?, eligibility = ? WHERE id = ?
            """, host.said + [.text(host.id.text)])
    }

    /// Writes which targets hosts use, in a form that can be asked for over all hosts.
    package func putTargets(of hosts: [HostRecord]) throws(StoreError) {
        for (size, piece) in Chunks.pieces(hosts.map(\.id.text)) {
            guard let last = piece.last else { continue }
            let filled = piece + Array(repeating: last, count: size - piece.count)
            try connection.execute(
                "DELETE FROM host_targets WHERE host IN (\(Chunks.marks(size)))", filled.map(SQLValue.text))
        }
        var rows: [[SQLValue]] = []
        for host in hosts {
            var seen: Set<[String]> = []
            for target in host.targets where seen.insert([target.buildID, target.name]).inserted {
                rows.append(Self.row(target, of: host.id))
            }
        }
        try insert("INSERT INTO host_targets (host, build_id, name, level, patch, processes, patched)", rows, "")
    }

    private static func row(_ target: CheckIn.Target, of host: HostID) -> [SQLValue] {
        [
            .text(host.text), .text(target.buildID), .text(target.name), .count(target.level),
            .optional(target.patch?.description), .count(target.processes), .count(target.patched),
        ]
    }

    /// Changes how the service stands to a host.
    ///
    /// - Throws: `StoreError.noSuch`.
    package func set(_ state: HostRecord.State, of id: HostID) throws(StoreError) {
        let changed = try execute(
            "UPDATE hosts SET state = ? WHERE id = ?", .text(state.rawValue), .text(id.text))
        guard changed == 1 else { throw .noSuch(.host, id.text) }
    }

    /// Puts a host into a group.
    ///
    /// - Throws: `StoreError.noSuch`.
    package func set(group: String, of id: HostID) throws(StoreError) {
        let changed = try execute("UPDATE hosts SET host_group = ? WHERE id = ?", .text(group), .text(id.text))
        guard changed == 1 else { throw .noSuch(.host, id.text) }
    }

    /// Notes that another machine came with a host's key.
    package func noteCopy(of ids: [HostID], at now: Moment) throws(StoreError) {
        for id in ids { try execute("UPDATE hosts SET copied = ? WHERE id = ?", .integer(now.seconds), .text(id.text)) }
    }

    /// Keeps events; those that are kept already are left as they are.
    package func add(_ events: [HostEventRecord]) throws(StoreError) {
        try insert(
            "INSERT INTO host_events (\(HostEventRecord.columns))",
            events.map { record in
                [
                    .text(record.host.text), .integer(record.event.number), .integer(record.event.time.seconds),
                    .integer(record.received.seconds), .text(record.event.kind.rawValue),
                    .optional(record.event.patch?.description), .optional(record.event.rollout),
                    .text(record.event.detail),
                ]
            }, "ON CONFLICT (host, number) DO NOTHING")
    }

    /// The newest events of a host.
    package func events(of host: HostID, limit: Int = 100) throws(StoreError) -> [HostEventRecord] {
        try events("WHERE host = ? ORDER BY number DESC LIMIT ?", [.text(host.text), .integer(Int64(limit))])
    }

    /// The newest events of all hosts, or of those that came by a rollout.
    package func events(ofRollout rollout: String? = nil, limit: Int = 100) throws(StoreError) -> [HostEventRecord] {
        let condition = rollout == nil ? "" : "WHERE rollout = ?"
        return try events(
            "\(condition) ORDER BY received DESC, host, number DESC LIMIT ?",
            (rollout.map { [.text($0)] } ?? []) + [.integer(Int64(limit))])
    }

    private func events(_ rest: String, _ arguments: [SQLValue]) throws(StoreError) -> [HostEventRecord] {
        var events: [HostEventRecord] = []
        let sql = "SELECT \(HostEventRecord.columns) FROM host_events \(rest)"
        for row in try connection.query(sql, arguments) { events.append(try HostEventRecord(row)) }
        return events
    }
}
