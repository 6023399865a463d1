// SPDX-License-Identifier: Apache-2.0

import ELF

/// Reads everything that a file says of its types and functions; refusals are fine, traps are not.
func exerciseDebugInformation(of file: ObjectFile) {
    do {
        let information = try DebugInformation(of: file)
        _ = try? information.compilationUnits()
        _ = try? information.inlinedFunctions()
        let types = try UnitTypes(reading: information)
        for position in types.graph.types.indices {
            let id = TypeID(rawValue: position)
            _ = types.graph.spelling(of: id)
            _ = types.graph.byteSize(of: id)
            _ = types.graph.references(of: id)
            _ = types.graph.stripped(id)
        }
    } catch {
        precondition(!error.description.isEmpty, "a refusal without words")
    }
}
