// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// Which unwinder will pass through a patch's code, told by how the target was linked.
///
/// gcc's (`libgcc_s.so.1`) serves all that is linked dynamically. One that is linked into the target serves the target
/// only, and is of use only if the target's symbols tell where it takes tables.
struct UnwinderChoice {
    /// The target.
    let target: TargetChoice

    /// The function by which gcc's unwinder takes tables.
    private static let registration = "__register_frame_info"
    /// The function by which it gives them up.
    private static let deregistration = "__deregister_frame_info"

    /// What the manifest says of a patch's unwind tables; nil if there are none.
    func tables(of contents: PatchContents, in layout: PatchLayout) -> Manifest.UnwindTables? {
        guard let extent = layout.extents[.unwindTables] else { return nil }
        return Manifest.UnwindTables(
            offset: extent.offset, areRequired: contents.passesExceptions,
            registration: ownFunction(Self.registration), deregistration: ownFunction(Self.deregistration))
    }

    /// Refuses code with exceptions if it has no tables, or if the unwinder that will meet it cannot be told of them.
    ///
    /// - Throws: ``PatchRefusal/exceptionsPass(unit:function:)``, ``PatchRefusal/privateUnwinder(target:)``.
    func requireUnwinder(for contents: PatchContents) throws(PatchRefusal) {
        if contents.passesExceptions, let function = contents.withoutFrames.first {
            throw .exceptionsPass(
                unit: contents.units.map(\.source).joined(separator: ", "), function: function)
        }
        guard ownFunction(Self.registration) != nil || !contents.passesExceptions || usesSharedUnwinder(contents.units)
        else {
            throw .privateUnwinder(target: target.target.name)
        }
    }

    /// A function of the unwinder that is linked into the target.
    private func ownFunction(_ name: String) -> UInt64? {
        target.object.symbols.first { symbol in
            guard case .section = symbol.place else { return false }
            return symbol.name == name && symbol.kind == .function
        }?.value
    }

    /// What code with exceptions refers to, of the unwinder and of what is always linked in the same way.
    private static let references: Set<String> = [
        "_Unwind_Resume", "__gxx_personality_v0", "__cxa_throw",
    ]

    /// Whether the target leaves what its units refer to for the dynamic linker to find.
    private func usesSharedUnwinder(_ units: [PatchUnit]) -> Bool {
        guard !target.object.dynamicSymbols.isEmpty, !target.object.neededLibraries.isEmpty else {
            return false
        }
        let imported = target.object.dynamicSymbols.filter { $0.place == .undefined }.map(\.name)
        let referred = units.flatMap(\.diff.original.object.symbols).filter { $0.place == .undefined }
            .map(\.name)
        return Self.references.isDisjoint(with: referred) || !Self.references.isDisjoint(with: imported)
    }
}
