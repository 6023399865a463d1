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
    /// The symbol of the room that the compiler left in front of the function.
    var room: Symbol?

    /// Its first name, or nil.
    var name: String? { symbols.first?.name }
    /// Whether it is a function.
    var isFunction: Bool { role == .code }
    /// Whether it is code: a function, or what a function jumps to out of its line.
    var isCode: Bool { role == .code || role == .fragments }
    /// Whether other units may refer to it by its name.
    var isGlobal: Bool { symbols.contains { $0.binding != .local } }
}
