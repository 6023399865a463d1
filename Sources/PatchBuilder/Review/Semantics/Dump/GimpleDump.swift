// SPDX-License-Identifier: Apache-2.0

/// What GCC read out of a unit's source: every function as flat statements in static single assignment form (SSA),
/// before anything is inlined or optimised.
///
/// GCC writes it with `-fdump-tree-ssa`, as text; docs/adr/0004 says why this and not something else. The text is read
/// strictly: a statement of an unknown form ends the reading, so that another compiler's spelling is noticed.
struct GimpleDump {
    /// The functions in the order of the dump.
    var functions: [GimpleFunction] = []

    /// The compiler option that makes the dump beside the object.
    static func option(writingTo path: String) -> String { "-fdump-tree-ssa=" + path }
}

/// A function of a dump.
struct GimpleFunction: Hashable {
    /// Its name in the source.
    var name: String
    /// Its name in the object file.
    var symbol: String
    /// Its parameters in order; what has no name is empty.
    var parameters: [String] = []
    /// The types of its parameters, local variables and values by their names.
    var types: [String: GimpleType] = [:]
    /// The local variables that outlive a call.
    var statics: Set<String> = []
    var blocks: [GimpleBlock] = []

    // While it is read: where labels are, and which blocks jump to them.
    // Labels that are declared in blocks of the source may share a name.
    var labels: [String: Set<Int>] = [:]
    var jumpLabels: [Int: Set<String>] = [:]
    var assemblyLabels: [Int: Set<String>] = [:]
    var computedJumps: Set<Int> = []
}

/// A run of statements that is entered at its beginning only.
struct GimpleBlock: Hashable {
    var number: Int
    var statements: [GimpleStatement] = []
    /// The numbers of the blocks that may follow.
    var successors: [Int] = []
}

/// One statement.
struct GimpleStatement: Hashable {
    /// What a statement does.
    enum Action: Hashable {
        /// A value or memory is set to one of some values; several for a choice that control flow makes.
        case assign(to: GimpleReference, from: [GimpleOperand])
        /// A function is called, and its result kept or dropped.
        case call(GimpleCall, result: GimpleReference?)
        /// The function ends.
        case end(GimpleOperand?)
        /// Nothing is changed; a condition is looked at.
        case look
        /// Assembler text, which writes what it says, and may do anything to what it has the address of.
        case assembly(written: [GimpleReference])
    }

    var action: Action
    /// Everything the statement names, apart from what it assigns to.
    var uses: [GimpleReference]
}

/// A call.
struct GimpleCall: Hashable {
    /// A function's name, or the value that points to it.
    var callee: String
    var arguments: [GimpleOperand]
}

/// A value that a statement takes.
struct GimpleOperand: Hashable {
    /// What is named; nil for a constant or a computation.
    var reference: GimpleReference?
    /// The constant, as it is spelled.
    var constant: String?
    /// Whether something is computed from the reference, so that its value is another.
    var isComputed = false
}
