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
    /// How many assembler statements it has; what they do is not known.
    var assemblyCount = 0
    /// How its statements follow each other, for what must balance.
    var flow: [FlowBlock] = []
    /// Where what it returns may come from.
    var results: Set<Origin> = []

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
    var destinations: Set<ResultPlace> = []

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
    /// Anything else.
    case computed
    /// Whatever a function does that has the member's address.
    case address

    /// Whether it is zero in one of its spellings.
    var isZero: Bool {
        if case .constant(let text) = self { ["0", "0B", "{}", "0.0"].contains(text) } else { false }
    }

    var description: String {
        switch self {
        case .constant(let text): text
        case .call(let name): "the result of \(name)"
        case .computed: "a computed value"
        case .address: "what another function puts there"
        }
    }
}
