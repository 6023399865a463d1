// SPDX-License-Identifier: Apache-2.0

internal import Disassembly
package import LivePatch

/// A replaced function: its old and its new code side by side, who calls it, and what it touches.
package struct FunctionReview: Hashable, Sendable {
    /// The function's name.
    package var name: String
    /// The source file of its unit; nil without a review document.
    package var unit: String?
    /// Where it lies in the target.
    package var address: UInt64
    /// The length of the old code, cold parts included.
    package var oldSize: UInt64
    /// The length of the new code, cold parts included.
    package var newSize: UInt64
    /// The function, then its cold parts.
    package var parts: [Part]
    /// Who refers to it in the target; nil if nobody looked.
    package var callers: [ReviewDocument.Caller]?
    /// The functions that hold a copy of it; nil if nobody looked.
    package var inlinedInto: [String]?
    /// The named data that it touches, by name.
    package var data: [DataUse]

    /// The function, or a cold part of it.
    package struct Part: Hashable, Sendable {
        /// The symbol's name.
        package var name: String
        /// Old and new instructions side by side.
        package var rows: [CodeRow]
    }
}

/// Old and new instructions that stand beside each other.
package struct CodeRow: Hashable, Sendable {
    /// What became of the old instruction.
    package enum Change: String, Hashable, Sendable, Codable {
        /// Both do the same.
        case same
        /// Another instruction is in its place.
        case replaced
        /// It is gone.
        case removed
        /// It is new.
        case added
    }

    /// The old instruction.
    package var old: CodeLine?
    /// The new one.
    package var new: CodeLine?
    /// What became of it.
    package var change: Change
}

/// A datum that a function touches.
package struct DataUse: Hashable, Sendable {
    /// The datum's name.
    package var name: String
    /// What the old code does with it; nil if it does not touch it.
    package var old: Use?
    /// What the new code does with it.
    package var new: Use?

    /// What code does with a datum.
    package enum Use: String, Hashable, Sendable, Codable {
        /// It reads it.
        case reads
        /// It writes it.
        case writes
        /// It does both.
        case readsAndWrites = "reads-and-writes"
        /// It only takes its address.
        case takesAddress = "takes-address"
    }
}

extension CodeRow {
    /// The rows of two listings.
    static func rows(_ old: [CodeLine], _ new: [CodeLine]) -> [CodeRow] {
        var rows: [CodeRow] = []
        var (removed, added): ([CodeLine], [CodeLine]) = ([], [])
        func different() -> [CodeRow] {
            (0..<max(removed.count, added.count)).map { index in
                let before = removed.indices.contains(index) ? removed[index] : nil
                let after = added.indices.contains(index) ? added[index] : nil
                return CodeRow(
                    old: before, new: after, change: before == nil ? .added : after == nil ? .removed : .replaced)
            }
        }
        for pair in Alignment(old.map(\.key), new.map(\.key)).pairs {
            switch (pair.old, pair.new) {
            case (let before?, let after?):
                rows += different()
                (removed, added) = ([], [])
                rows.append(CodeRow(old: old[before], new: new[after], change: .same))
            case (let before?, nil): removed.append(old[before])
            case (nil, let after?): added.append(new[after])
            case (nil, nil): break
            }
        }
        return rows + different()
    }
}

extension DataUse {
    /// What two listings do with named data.
    static func uses(_ old: [CodeLine], _ new: [CodeLine]) -> [DataUse] {
        let before = Dictionary(grouping: old.compactMap(\.reference).filter(\.isDatum), by: \.name)
        let after = Dictionary(grouping: new.compactMap(\.reference).filter(\.isDatum), by: \.name)
        // The name of the function itself, which assertions and messages use, is no datum of the program.
        let names = Set(before.keys).union(after.keys).filter {
            !$0.hasPrefix("__func__") && !$0.hasPrefix("__PRETTY_")
        }
        return names.sorted().map { name in
            DataUse(name: name, old: before[name].map(Use.init), new: after[name].map(Use.init))
        }
    }
}

extension DataUse.Use {
    init(_ references: [CodeLine.Reference]) {
        let access = references.compactMap(\.access).reduce(into: Instruction.Access()) { $0.formUnion($1) }
        self =
            if access.isSuperset(of: [.read, .write]) {
                .readsAndWrites
            } else if access.contains(.write) {
                .writes
            } else if access.contains(.read) {
                .reads
            } else {
                .takesAddress
            }
    }
}
