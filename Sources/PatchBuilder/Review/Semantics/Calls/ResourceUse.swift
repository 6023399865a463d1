// SPDX-License-Identifier: Apache-2.0

/// One use of a lock, a count or an object: which function, and what of.
struct ResourceUse: Hashable, Comparable, CustomStringConvertible {
    /// What a resource belongs to.
    enum Subject: Hashable, Comparable, CustomStringConvertible {
        /// A member of an object that outlives the call.
        case member(Member)
        case global(String)
        /// A parameter of the function, or what it points to.
        case parameter(Int)
        /// The function's result.
        case result
        /// Something that the same call has got and does not keep.
        case local
        case unknown

        var description: String {
            switch self {
            case .member(let member): "\(member)"
            case .global(let name): name
            case .parameter(let position): "parameter \(position + 1)"
            case .result: "its result"
            case .local: "something of the same call"
            case .unknown: "something unknown"
            }
        }
    }

    var function: String
    var kind: ResourceCalls.Kind
    var subject: Subject

    static func < (left: ResourceUse, right: ResourceUse) -> Bool {
        (left.function, left.subject) < (right.function, right.subject)
    }

    var description: String {
        switch kind {
        case .lock, .unlock, .reference, .release, .resize: "\(function) of \(subject)"
        case .acquire: "\(function) for \(subject)"
        }
    }
}

extension ResourceUse {
    /// The use that a call makes; nil if it is none of a resource.
    init?(_ call: CallFact) {
        let name: String
        switch call.callee {
        case .function(let function): name = function
        case .member(let member): name = member.name.split(separator: ".").last.map { String($0) } ?? ""
        case .pointer: return nil
        }
        guard let meaning = ResourceCalls.meaning(of: name) else { return nil }
        function = "\(call.callee)"
        kind = meaning.kind
        switch meaning.kind {
        case .acquire: subject = Subject(call.destinations)
        case .lock, .unlock, .reference, .resize, .release:
            let argument = call.arguments.indices.contains(meaning.argument) ? call.arguments[meaning.argument] : []
            subject = Subject(argument)
        }
    }
}

extension ResourceUse.Subject {
    /// Of several places where a value may be kept, that which lives longest counts.
    init(_ places: Set<ResultPlace>) {
        self =
            places.map { place -> Self in
                switch place {
                case .member(let member): .member(member)
                case .global(let name): .global(name)
                case .parameter(let position): .parameter(position)
                case .result: .result
                }
            }.min() ?? .local
    }

    /// What a value belongs to that may come from several places.
    init(_ origins: Set<Origin>) {
        self =
            origins.compactMap { origin -> Self? in
                switch origin {
                case .member(let member), .memberAddress(let member): .member(member)
                case .global(let name): .global(name)
                case .parameter(let position): .parameter(position)
                // A function that hands out what others own says so in its name.
                case .call(let name): Self.isLent(by: name) ? .unknown : .local
                case .local: .local
                case .constant: nil
                case .other: .unknown
                }
            }.min() ?? .unknown
    }

    private static func isLent(by name: String) -> Bool {
        ["get0", "_value", "_find", "_peek", "_lookup", "_retrieve"].contains { name.contains($0) }
    }
}
