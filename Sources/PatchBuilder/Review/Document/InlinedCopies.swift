// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// Which functions of a unit hold copies of others, as its debugging information says.
struct InlinedCopies {
    /// The functions that hold a copy, by the name of what was copied.
    private var holders: [String: Set<String>] = [:]

    /// Reads the unfixed unit; nil if it has no debugging information that can be read.
    init?(in unit: PatchUnit) {
        let types: UnitTypes
        do throws(ELFError) {
            let information = try DebugInformation(of: unit.diff.original.object)
            guard !information.isEmpty else { return nil }
            types = try UnitTypes(reading: information)
        } catch {
            return nil
        }
        for function in types.functions {
            for copy in function.inlined {
                holders[copy.linkageName ?? copy.name.name, default: []]
                    .insert(function.linkageName ?? function.name.name)
            }
        }
    }

    /// The functions that hold a copy of one, by name.
    func holders(of function: String) -> [String] { (holders[function] ?? []).sorted() }
}
