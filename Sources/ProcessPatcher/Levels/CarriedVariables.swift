// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

/// The variables of a patch that an earlier level has in the process already.
///
/// They stay where they are, and the new level's code is bound to them there: whoever holds a pointer to one, or waits in
/// it as in a mutex, goes on with the same variable.
struct CarriedVariables {
    /// Where they lie, by their offsets in the patch's image.
    private(set) var addresses: [UInt64: RemoteAddress] = [:]
    private var sizes: [UInt64: UInt64] = [:]

    /// Finds out which variables the levels that a patch is to replace have.
    ///
    /// - Throws: ``PatchError/variableResized(name:from:to:)``, ``PatchError/variableAmbiguous(name:)``,
    ///   ``PatchError/variableLeads(name:)``.
    init(of artefact: Artefact, from records: [ResidentRecord]) throws(PatchError) {
        var earlier: [Key: [(datum: Manifest.Datum, variable: Manifest.Variable, address: RemoteAddress)]] = [:]
        for record in records {
            for (datum, address) in zip(record.manifest.variables, record.variables) {
                guard let variable = datum.variable else { continue }
                let known = earlier[Key(variable), default: []]
                guard !known.contains(where: { $0.address == address }) else { continue }
                earlier[Key(variable)] = known + [(datum, variable, address)]
            }
        }
        let variables = artefact.manifest.variables
        for datum in variables {
            guard let variable = datum.variable, var candidates = earlier[Key(variable)] else { continue }
            let namesakes = variables.filter { $0.variable.map(Key.init) == Key(variable) }
            if candidates.count > 1 || namesakes.count > 1 {
                candidates = candidates.filter { $0.variable.users == variable.users }
                let rivals = namesakes.filter { $0.variable?.users == variable.users }
                guard candidates.count == 1, rivals.count == 1 else { throw .variableAmbiguous(name: datum.name) }
            }
            guard candidates[0].datum.size == datum.size else {
                throw .variableResized(name: datum.name, from: candidates[0].datum.size, to: datum.size)
            }
            addresses[variable.offset] = candidates[0].address
            sizes[variable.offset] = datum.size
        }
        try requireIndependence(of: artefact)
    }

    /// What two levels know a variable by.
    private struct Key: Hashable {
        var name: String
        var unit: String

        init(_ variable: Manifest.Variable) {
            name = variable.name
            unit = variable.unit
        }
    }

    /// A variable that begins with the address of something in the patch has the earlier level's, and nobody knows whether
    /// it has that still.
    private func requireIndependence(of artefact: Artefact) throws(PatchError) {
        guard !addresses.isEmpty else { return }
        for relocation in artefact.relocations where relocation.base == .patch {
            if let variable = relocation.variable, addresses[variable] != nil { continue }
            let holder = artefact.manifest.variables.first { datum in
                guard let offset = datum.variable?.offset, addresses[offset] != nil else { return false }
                return relocation.offset >= offset && relocation.offset - offset < datum.size
            }
            if let holder { throw .variableLeads(name: holder.name) }
        }
    }

    /// Refuses if one of them is not in memory that the process writes to.
    func requirePresence(in map: MemoryMap, of manifest: Manifest) throws(PatchError) {
        for datum in manifest.variables {
            guard let offset = datum.variable?.offset, let address = addresses[offset] else { continue }
            let mapping = map.mapping(containing: address)
            let end = address.advanced(by: datum.size)
            guard let mapping, mapping.permissions.isSuperset(of: [.read, .write]), end <= mapping.range.upperBound,
                end > address
            else { throw .variableGone(name: datum.name, address: address) }
        }
    }

    /// Where they lie within a range, in ascending order.
    func ranges(among range: Range<RemoteAddress>) -> [Range<RemoteAddress>] {
        addresses.compactMap { offset, address in
            range.contains(address) ? address..<min(range.upperBound, address.advanced(by: sizes[offset] ?? 0)) : nil
        }.sorted { $0.lowerBound < $1.lowerBound }
    }
}
