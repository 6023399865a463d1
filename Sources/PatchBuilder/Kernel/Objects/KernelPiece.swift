// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// A function or a datum of a kernel object: what the differ compares, and what a live patch takes as a whole.
struct KernelPiece: Hashable {
    /// The section that holds it.
    var section: SectionIndex
    /// Where it lies there.
    var range: Range<UInt64>
    /// Where its symbol points to; behind `range`'s beginning if the compiler left room in front of the function.
    var entry: UInt64
    /// Its symbols, which all have the same value; none for data that the compiler made without a name.
    var symbols: [Symbol]
    /// What its section is.
    var role: KernelSectionRole

    /// Its first name, or nil.
    var name: String? { symbols.first?.name }
    /// Whether it is code.
    var isFunction: Bool { role == .code }
    /// Whether other units may refer to it by its name.
    var isGlobal: Bool { symbols.contains { $0.binding != .local } }
}

/// What the names that the compiler makes say.
enum CompilerName {
    /// A name without the numbers that a compiler gives anew in each run: `foo.isra.0`, `buffer.17`.
    static func stem(_ name: String) -> String {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard let first = parts.first else { return name }
        let kept = parts.dropFirst().filter { part in part.isEmpty || !part.allSatisfy(\.isNumber) }
        return ([first] + kept).joined(separator: ".")
    }

    /// Whether the name ends in a number: a static variable of a function.
    static func isNumbered(_ name: String) -> Bool {
        guard let dot = name.lastIndex(of: "."), name.index(after: dot) < name.endIndex else { return false }
        return name[name.index(after: dot)...].allSatisfy(\.isNumber)
    }

    /// Whether objects of that name are made by macros, one for each place, and carry nothing over: whether something
    /// was printed already, a lock's class, a place's name.
    static func isPrivate(_ name: String) -> Bool {
        privateStems.contains(stem(name)) || name.hasPrefix("__UNIQUE_ID_ddebug")
    }

    private static let privateStems: Set<String> = [
        "__func__", "__FUNCTION__", "__PRETTY_FUNCTION__", "__already_done", "__warned", "___done", "__done",
        "__print_once", "__key", "_rs", "CSWTCH", "descriptor", "__msg", "_entry", "_entry_ptr",
    ]
}
