// SPDX-License-Identifier: Apache-2.0

extension DebugInformation {
    /// An entry's name with its scopes, or nil if it has none of its own.
    func name(of attributes: EntryAttributes, at entry: Int) throws(ELFError) -> TypeName? {
        guard let name = try text(.name, of: attributes, at: entry) else { return nil }
        return TypeName(scope: try scope(of: entry, attributes), name: name)
    }

    /// The entry that has an attribute: this one, or the one that it completes or is a copy of.
    ///
    /// - Returns: That entry, or the last one if none has the attribute.
    func holder(of name: DW_AT, from start: Int) throws(ELFError) -> (entry: Int, attributes: EntryAttributes) {
        var entry = start
        var attributes = try self.attributes(of: entry)
        // A copy of a member function's definition: two steps. More are allowed, and no circles.
        for _ in 0..<8 {
            guard attributes[name] == nil else { break }
            var next = try reference(.abstract_origin, of: attributes, at: entry)
            if next == nil { next = try reference(.specification, of: attributes, at: entry) }
            guard let next else { break }
            entry = next
            attributes = try self.attributes(of: entry)
        }
        return (entry, attributes)
    }

    /// The namespaces, classes and functions around an entry, the outermost first.
    private func scope(of entry: Int, _ attributes: EntryAttributes) throws(ELFError) -> [String] {
        // What is completed outside of its class belongs where it was declared.
        let declared = try reference(.specification, of: attributes, at: entry) ?? entry
        var scope: [String] = []
        var current = index.entries[declared].parent
        while current >= 0 {
            switch index.entries[current].tag {
            case .namespace, .class_type, .structure_type, .union_type, .interface_type, .subprogram, .module:
                let holder = try holder(of: .name, from: current)
                scope.append(try text(.name, of: holder.attributes, at: holder.entry) ?? "(anonymous)")
            default: break
            }
            current = index.entries[current].parent
        }
        return scope.reversed()
    }
}
