// SPDX-License-Identifier: Apache-2.0

package import ServicePolicy

/// Which hosts a list shows.
package struct HostFilter: Hashable, Sendable {
    /// A part of the host's name, its system, its kernel or its ID.
    package var text = ""
    /// The group; nil for all.
    package var group: String?
    /// A tag that it has; nil for any.
    package var tag: String?
    /// How the service stands to it; nil for all but those that are retired.
    package var state: HostRecord.State?
    /// The contract; nil for all.
    package var contract: String?
    /// The activation key; nil for all.
    package var activationKey: String?
    /// A build that it uses; nil for any.
    package var buildID: String?
    /// Only those that use it, or any build, at a lower level than this.
    package var belowLevel: Int?
    /// Only those that were last heard before.
    package var silentSince: Moment?
    /// Only those of which another machine had the key.
    package var isCopied = false

    /// All hosts.
    package init() {}

    /// The condition of the filter, and its arguments.
    var condition: (sql: String, arguments: [SQLValue]) {
        var parts: [String] = []
        var arguments: [SQLValue] = []
        func add(_ part: String, _ values: SQLValue...) {
            parts.append(part)
            arguments += values
        }
        if !text.isEmpty {
            let pattern = SQLValue.text(Words.pattern(text.lowercased()))
            let columns = ["hostname", "system", "kernel", "id"].map { "LOWER(\($0)) LIKE ? ESCAPE '!'" }
            parts.append("(\(columns.joined(separator: " OR ")))")
            arguments += Array(repeating: pattern, count: columns.count)
        }
        if let state { add("state = ?", .text(state.rawValue)) } else { add("state <> 'retired'") }
        if let group { add("host_group = ?", .text(group)) }
        if let tag { add("tags LIKE ? ESCAPE '!'", .text(Words.pattern("\n\(tag)\n"))) }
        if let contract { add("contract = ?", .text(contract)) }
        if let activationKey { add("activation_key = ?", .text(activationKey)) }
        if let silentSince { add("seen < ?", .integer(silentSince.seconds)) }
        if isCopied { add("copied IS NOT NULL") }
        if buildID != nil || belowLevel != nil {
            var inner = "host_targets.host = hosts.id"
            if let buildID {
                inner += " AND build_id = ?"
                arguments.append(.text(buildID))
            }
            if let belowLevel {
                inner += " AND level < ?"
                arguments.append(.integer(Int64(belowLevel)))
            }
            parts.append("EXISTS (SELECT 1 FROM host_targets WHERE \(inner))")
        }
        return (parts.joined(separator: " AND "), arguments)
    }
}

/// A part of a list.
package struct Page: Hashable, Sendable {
    /// How many records come before.
    package var offset: Int
    /// How many there are at most.
    package var limit: Int

    /// A part of a list.
    package init(offset: Int = 0, limit: Int = 50) {
        self.offset = max(0, offset)
        self.limit = min(max(1, limit), 1000)
    }
}

/// What hosts are put in order by.
package enum HostOrder: String, CaseIterable, Hashable, Sendable {
    /// The name.
    case name
    /// Those that were heard last come first.
    case seen
    /// Those that registered last come first.
    case registered

    var sql: String {
        switch self {
        case .name: "hostname, id"
        case .seen: "seen DESC, id"
        case .registered: "registered DESC, id"
        }
    }
}
