// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

/// A patch at a certain place in a certain process: the bytes that will lie there.
struct Placement: Sendable {
    /// A part of the image, relocated.
    struct Part: Sendable {
        let protection: Image.Protection
        let range: Range<RemoteAddress>
        let contents: [UInt8]
        /// Where variables lie that have their values already, in ascending order.
        let kept: [Range<RemoteAddress>]
    }

    /// What will be told about the patch in the process.
    let record: ResidentRecord
    /// The record's bytes.
    let recordBytes: [UInt8]
    /// The parts of the image.
    let parts: [Part]

    /// The memory that a patch needs, record, image and room for what threads are made to run, in whole pages.
    static func size(of patch: Patch) -> UInt64 {
        let area = patch.artefact.manifest.runsCode ? HookArea.size : 0
        return recordSize(of: patch) + patch.artefact.image.size + area
    }

    private static func recordSize(of patch: Patch) -> UInt64 {
        let manifest = patch.artefact.manifest
        return ResidentRecord.size(
            entries: manifest.functions.count, variables: manifest.variables.count, manifest: patch.manifestText.count)
    }

    /// Relocates a patch to a region.
    ///
    /// - Parameters:
    ///   - patch: the patch.
    ///   - region: where it will lie.
    ///   - loadBias: where the target lies.
    ///   - imported: the addresses of the symbols that were looked up for it.
    ///   - carried: the variables that lie in earlier levels.
    /// - Throws: ``PatchError/outOfReach(symbol:size:)`` if a field or a jump does not reach from there.
    init(
        of patch: Patch, at region: Range<RemoteAddress>, loadBias: UInt64, imported: [ImportedSymbol: UInt64],
        carried: CarriedVariables
    ) throws(PatchError) {
        let base = region.lowerBound.advanced(by: Self.recordSize(of: patch))
        let artefact = patch.artefact
        record = ResidentRecord(
            state: .mapped, patch: patch.id, loadBias: loadBias, region: region, patchBase: base,
            textSize: artefact.image.parts.first?.memorySize ?? 0,
            entries: try artefact.manifest.functions.map { function throws(PatchError) in
                try Self.entry(of: function, in: artefact, base: base, loadBias: loadBias, size: region.size)
            },
            variables: artefact.manifest.variables.map { datum in
                let offset = datum.variable?.offset ?? 0
                return carried.addresses[offset] ?? base.advanced(by: offset)
            },
            manifest: artefact.manifest)
        recordBytes = record.encoded(manifest: patch.manifestText)
        let variables = carried.addresses.mapValues(\.rawValue)
        parts = try artefact.image.parts.map { part throws(PatchError) in
            let start = base.advanced(by: part.offset)
            return Part(
                protection: part.protection, range: start..<start.advanced(by: part.pageRoundedSize),
                contents: try Self.relocated(part, in: artefact, size: region.size) {
                    (relocation: LoadRelocation) throws(RelocationOverflow) in
                    try relocation.bytes(
                        loadBias: loadBias, patchBase: base.rawValue, imported: imported, variables: variables)
                },
                kept: part.protection == .data ? carried.ranges(among: start..<start.advanced(by: part.memorySize)) : []
            )
        }
    }

    private static func entry(
        of function: Manifest.ReplacedFunction, in artefact: Artefact, base: RemoteAddress, loadBias: UInt64,
        size: UInt64
    ) throws(PatchError) -> ResidentRecord.Entry {
        let piece = function.pieces[0]
        let address = RemoteAddress(loadBias &+ piece.address &+ function.jumpOffset)
        let destination = base.advanced(by: function.replacementOffset)
        let distance = address.advanced(by: Artefact.jumpSize).distance(to: destination)
        guard Int32(exactly: distance) != nil else { throw .outOfReach(symbol: function.name, size: size) }
        let original = artefact.originalBytes(of: piece).dropFirst(Int(function.jumpOffset))
        return ResidentRecord.Entry(
            address: address, destination: destination, original: Array(original.prefix(Int(Artefact.jumpSize))))
    }

    private static func relocated(
        _ part: Image.Part, in artefact: Artefact, size: UInt64,
        field: (LoadRelocation) throws(RelocationOverflow) -> [UInt8]
    ) throws(PatchError) -> [UInt8] {
        var contents = part.contents
        for relocation in artefact.relocations where part.range.contains(relocation.offset) {
            let bytes: [UInt8]
            do throws(RelocationOverflow) {
                bytes = try field(relocation)
            } catch {
                throw .outOfReach(symbol: error.symbol, size: size)
            }
            let start = Int(relocation.offset - part.offset)
            contents.replaceSubrange(start..<start + bytes.count, with: bytes)
        }
        return contents
    }
}
