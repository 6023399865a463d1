// SPDX-License-Identifier: Apache-2.0

/// The structures of a unit, as far as they are needed to name members.
struct RecordTypes {
    /// A type as far as it matters.
    indirect enum Kind: Hashable {
        /// A structure by the name that the dump gives it; empty for one without.
        case record(String)
        /// A pointer.
        case pointer(to: Kind)
        /// Nothing that is or leads to a structure.
        case scalar
        /// Not known.
        case unknown

        func followed() -> Kind {
            switch self {
            case .pointer(let target): target
            case .record, .scalar, .unknown: .unknown
            }
        }
    }

    func kind(of type: GimpleType) -> Kind {
        guard let record = type.record else { return type.pointers > 0 ? .pointer(to: .scalar) : .scalar }
        return (0..<type.pointers).reduce(.record(record)) { kind, _ in .pointer(to: kind) }
    }

    func kind(ofVariable name: String) -> Kind { .unknown }
}

extension RecordTypes {
    /// The way from a place to a part of it.
    struct Path {
        private var current: Kind
        private(set) var members: [Member] = []
        private var record = ""
        private var names: [String] = []

        init(start: Kind) {
            current = start
            if case .record(let name) = start { record = name }
        }

        var isRecord: Bool {
            if case .record = current { true } else { false }
        }

        mutating func follow(_ types: RecordTypes) {
            current = current.followed()
            names = []
            if case .record(let name) = current { record = name } else { record = "" }
        }

        mutating func enter(_ name: String, _ types: RecordTypes) {
            // A member without a name: what is in it counts as the record's own.
            guard !name.hasPrefix("D.") else { return }
            names.append(name)
            members = [Member(record: record, name: names.joined(separator: "."))]
            current = .unknown
        }

        mutating func takeElement(_ types: RecordTypes) {}

        mutating func takeBits(first: Int, count: Int, _ types: RecordTypes) {
            members = [Member(record: record, name: "bits \(first)+\(count)")]
            current = .scalar
        }

        func wholeRecords(_ types: RecordTypes) -> [Member] { [Member(record: record, name: "")] }
    }
}
