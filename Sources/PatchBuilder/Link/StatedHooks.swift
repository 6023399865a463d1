// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// The hooks that a fix states, by the macros of the author's header.
struct StatedHooks {
    /// A pointer to a hook, as it stands in an object file.
    private struct Pointer {
        var moment: Manifest.Hook.Moment
        var function: String
        var chunk: ChunkID
        var offset: UInt64
    }

    private var pointers: [Pointer] = []

    /// Collects the hooks of all units, in their order.
    ///
    /// - Throws: ``PatchRefusal/hookOutsidePatch(unit:hook:moment:)`` for one that the patch does not bring.
    init(of units: [PatchUnit]) throws(PatchRefusal) {
        for (position, unit) in units.enumerated() {
            let fixed = unit.diff.fixed
            for section in fixed.object.sections {
                guard case .hooks(let moment) = fixed.role(section.index) else { continue }
                for relocation in fixed.relocations[section.index.rawValue] {
                    let reference = try fixed.reference(of: relocation, in: section.index)
                    let pointer = Self.pointer(reference, of: relocation, in: fixed, position, moment)
                    guard let pointer, unit.includes(code: pointer.chunk.section) else {
                        let name = reference.symbol.isEmpty ? reference.section.map(fixed.name) : reference.symbol
                        throw .hookOutsidePatch(unit: unit.source, hook: name ?? "", moment: moment)
                    }
                    pointers.append(pointer)
                }
            }
        }
    }

    /// The hooks at their places in the image.
    func hooks(in layout: PatchLayout) -> [Manifest.Hook] {
        pointers.compactMap { pointer in
            layout.offsets[pointer.chunk].map {
                Manifest.Hook(moment: pointer.moment, function: pointer.function, offset: $0 + pointer.offset)
            }
        }
    }

    /// The pointer that a relocation makes, or nil if it is none to the beginning of a function.
    private static func pointer(
        _ reference: Reference, of relocation: Relocation, in unit: UnitObject, _ position: Int,
        _ moment: Manifest.Hook.Moment
    ) -> Pointer? {
        guard relocation.type == .absolute64, let holder = reference.section, unit.role(holder) == .code else {
            return nil
        }
        let offset = reference.offset &+ UInt64(bitPattern: reference.addend)
        let functions = unit.owners[holder.rawValue].filter { $0.kind == .function && $0.value == offset }
        // Equal functions may have become one, with a name for each.
        guard let function = functions.first(where: { $0.name == reference.symbol }) ?? functions.first else {
            return nil
        }
        return Pointer(
            moment: moment, function: function.name, chunk: ChunkID(unit: position, section: holder), offset: offset)
    }
}
