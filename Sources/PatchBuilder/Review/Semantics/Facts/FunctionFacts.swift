// SPDX-License-Identifier: Apache-2.0

/// What a function calls, and which members of structures it reads and writes, by its own statements.
struct FunctionFacts: Hashable {
    var name: String
    /// The calls in the order of the source.
    var calls: [CallFact] = []
    /// What it reads, or lets others read through an address that it passes on.
    var reads: Set<Member> = []
    /// What it writes, with what it stores there.
    var writes: [Member: Set<StoredValue>] = [:]
    /// What its assembler statements name; what they do is not known.
    var assembly: [String] = []
    /// How its statements follow each other, for what must balance.
    var flow: [FlowBlock] = []
    /// Where in ``flow`` it begins; functions that are taken together begin at several places.
    var entries = [0]

    /// A block as the calls in it and the blocks that may follow.
    struct FlowBlock: Hashable {
        /// Positions in ``FunctionFacts/calls``.
        var calls: [Int]
        /// Positions in ``FunctionFacts/flow``.
        var successors: [Int]
        /// Whether the function ends here.
        var isEnd: Bool
    }
}

/// One call in a function.
struct CallFact: Hashable {
    /// The function's name; for a call through a member of a structure, that.
    var callee: Callee
    /// Where each argument may come from.
    var arguments: [Set<Origin>]
    /// Where the result may go to, if it is kept longer than the call.
    var destinations: Set<ResultPlace>
    /// What it does to a lock, a count or an object.
    private(set) var resource: ResourceUse?

    /// A call.
    init(callee: Callee, arguments: [Set<Origin>], destinations: Set<ResultPlace>) {
        self.callee = callee
        self.arguments = arguments
        self.destinations = destinations
        resource = ResourceUse(self)
    }

    enum Callee: Hashable, CustomStringConvertible {
        case function(String)
        case member(Member)
        case pointer

        var description: String {
            switch self {
            case .function(let name): name
            case .member(let member): "*\(member)"
            case .pointer: "a function pointer"
            }
        }
    }
}

/// Where a value may come from.
enum Origin: Hashable {
    /// The result of a call, or what a call stored in a local variable.
    case call(String)
    /// A member of an object that outlives the call.
    case member(Member)
    /// The address of such a member.
    case memberAddress(Member)
    case global(String)
    /// A parameter, by its position, or what it points to.
    case parameter(Int)
    /// Memory of the function's own.
    case local
    case constant(String)
    /// Something computed.
    case other
}

/// Where a result may be kept.
enum ResultPlace: Hashable {
    case member(Member)
    case global(String)
    /// What a parameter points to.
    case parameter(Int)
    /// The function's own result.
    case result
}

/// What is stored in a member.
enum StoredValue: Hashable, Comparable, CustomStringConvertible {
    /// A constant, as it is spelled.
    case constant(String)
    /// The result of a call.
    case call(String)
    /// What a member, a parameter or a variable holds.
    case copy(String)
    /// Anything else.
    case computed
    /// Whatever a function does that has the member's address.
    case address

    /// Whether it is zero in one of its spellings.
    var isZero: Bool {
        if case .constant(let text) = self { ["0", "0B", "{}", "0.0"].contains(text) } else { false }
    }

    /// Whether it is the same wherever it is stored: what other code stores, too, is a known state.
    var isNamed: Bool {
        switch self {
        case .constant, .call, .copy: true
        case .computed, .address: false
        }
    }

    var description: String {
        switch self {
        case .constant(let text): text
        case .call(let name): "the result of \(name)"
        case .copy(let name): name
        case .computed: "a computed value"
        case .address: "what another function puts there"
        }
    }
}
