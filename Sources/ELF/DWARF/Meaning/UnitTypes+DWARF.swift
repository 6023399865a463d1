// SPDX-License-Identifier: Apache-2.0

extension UnitTypes {
    /// Reads the types of a file and what uses them from its debugging information.
    ///
    /// - Throws: `ELFError` if the information is damaged or, in part, in another file.
    package init(reading information: DebugInformation) throws(ELFError) {
        var reader = DebugTypeReader(information)
        for (entry, place) in information.index.entries.enumerated() {
            switch place.tag {
            case .structure_type, .class_type, .union_type, .enumeration_type, .typedef:
                declared.append(reader.type(at: entry))
            case .subprogram:
                if let function = try reader.function(at: entry) { functions.append(function) }
            case .variable:
                guard try information.isOutsideOfFunctions(entry) else { continue }
                let holder = try information.holder(of: .name, from: entry)
                guard let name = try information.text(.name, of: holder.attributes, at: holder.entry) else { continue }
                variables[name] = try reader.variableType(at: entry)
            case .skeleton_unit:
                let place = information.place(of: entry)
                throw .separateDebugInformation(place.part, offset: place.offset)
            case .compile_unit:
                let attributes = try information.attributes(of: entry)
                guard attributes[.dwo_name] == nil, attributes[.GNU_dwo_name] == nil else {
                    let place = information.place(of: entry)
                    throw .separateDebugInformation(place.part, offset: place.offset)
                }
            default:
                continue
            }
        }
        try reader.finish()
        graph = reader.graph
    }
}

extension DebugInformation {
    /// Whether an entry belongs to a unit or a namespace and not to a function or a class.
    fileprivate func isOutsideOfFunctions(_ entry: Int) throws(ELFError) -> Bool {
        var parent = index.entries[entry].parent
        while parent >= 0 {
            switch index.entries[parent].tag {
            case .compile_unit, .partial_unit, .namespace, .module: parent = index.entries[parent].parent
            default: return false
            }
        }
        return true
    }

    /// The functions that are inlined into others, read without their types.
    ///
    /// - Returns: Each copy once: what was inlined, and into which function's code.
    /// - Throws: `ELFError` if the information is damaged.
    package func inlinedFunctions() throws(ELFError) -> [(copy: InlinedFunction, container: TypeName)] {
        var result: [(copy: InlinedFunction, container: TypeName)] = []
        for (entry, place) in index.entries.enumerated() where place.tag == .subprogram {
            let attributes = try attributes(of: entry)
            guard try !code(of: attributes, at: entry).isEmpty else { continue }
            let container = try functionName(at: entry)
            result += try inlined(in: entry).map { ($0, container) }
        }
        return result
    }

    /// The name of a function, its copy, or its completion.
    func functionName(at entry: Int) throws(ELFError) -> TypeName {
        let holder = try holder(of: .name, from: entry)
        return try name(of: holder.attributes, at: holder.entry) ?? TypeName(name: "")
    }

    /// The name of a function for the linker, if it is another one.
    func linkageName(at entry: Int) throws(ELFError) -> String? {
        for name in [DW_AT.linkage_name, .MIPS_linkage_name] {
            let holder = try holder(of: name, from: entry)
            if let text = try text(name, of: holder.attributes, at: holder.entry) { return text }
        }
        return nil
    }

    /// The functions that are inlined into a function's code.
    func inlined(in function: Int) throws(ELFError) -> [InlinedFunction] {
        var result: [InlinedFunction] = []
        for entry in function + 1..<max(function + 1, index.entries[function].end)
        where index.entries[entry].tag == .inlined_subroutine {
            var caller = index.entries[entry].parent
            while caller > function, index.entries[caller].tag != .inlined_subroutine {
                caller = index.entries[caller].parent
            }
            result.append(
                InlinedFunction(
                    name: try functionName(at: entry), linkageName: try linkageName(at: entry),
                    caller: try functionName(at: caller),
                    line: try attributes(of: entry).unsigned(.call_line)))
        }
        return result
    }
}
