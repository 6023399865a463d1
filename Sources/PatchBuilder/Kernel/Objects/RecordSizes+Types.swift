// SPDX-License-Identifier: Apache-2.0

package import ELF

extension RecordSizes {
    /// Learns from the first of several files that has types.
    ///
    /// That is vmlinux with its BTF, or an object file with debugging information. Files without types tell nothing.
    package mutating func learn(fromFirstOf objects: [ObjectFile]) {
        for object in objects {
            if let section = object.section(named: ".BTF"), let types = try? BTFTypes(parsing: Array(section.contents)),
                types.recordSizes["bug_entry"] != nil
            {
                return learn { types.recordSizes[$0].map { Int($0) } }
            }
            guard object.header.type == .relocatable, let information = try? DebugInformation(of: object),
                let types = try? UnitTypes(reading: information)
            else { continue }
            var sizes: [String: Int] = [:]
            for type in types.graph.types {
                guard case .record(let record) = type, let name = record.name?.name, let size = record.byteSize else {
                    continue
                }
                sizes[name] = Int(clamping: size)
            }
            guard !sizes.isEmpty else { continue }
            return learn { sizes[$0] }
        }
    }
}
