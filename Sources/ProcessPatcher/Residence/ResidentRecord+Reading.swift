// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem
internal import LivePatch

extension ResidentRecord {
    /// The records in a process.
    ///
    /// They are looked for where the patcher puts them: at the start of private anonymous memory that can only be
    /// read. What has the mark but makes no sense is left out.
    package static func all(
        in map: MemoryMap, of memory: borrowing ProcessMemory
    ) throws(SystemError) -> [ResidentRecord] {
        var records: [ResidentRecord] = []
        for mapping in map.mappings where mapping.isPrivateAnonymous && mapping.permissions == .read {
            if let record = try ResidentRecord(at: mapping.range, of: memory) { records.append(record) }
        }
        return records
    }

    private init?(at range: Range<RemoteAddress>, of memory: borrowing ProcessMemory) throws(SystemError) {
        let header = try memory.readAvailable(Layout.headerSize, at: range.lowerBound)
        guard header.starts(with: Layout.magic), let sizes = Sizes(header, limit: range.size) else { return nil }
        let bytes = try memory.readAvailable(sizes.record, at: range.lowerBound)
        guard bytes.count == sizes.record else { return nil }
        self.init(parsing: bytes, sizes, at: range.lowerBound)
    }

    /// A record's own lengths, checked against each other and against the memory that it is in.
    private struct Sizes {
        let entries: Int
        let variables: Int
        let manifest: Int
        let record: Int

        init?(_ header: [UInt8], limit: UInt64) {
            guard header.count == Layout.headerSize else { return nil }
            let entries = number(header[Layout.entryCount..<Layout.entryCount + 4])
            let manifest = number(header[Layout.manifestSize..<Layout.manifestSize + 8])
            let variables = number(header[Layout.variableCount..<Layout.variableCount + 8])
            guard entries > 0, variables <= UInt64(Artefact.Limit.variables),
                entries <= UInt64(Artefact.Limit.functions),
                manifest <= UInt64(Artefact.Limit.manifestSize)
            else { return nil }
            let tables = entries * UInt64(Layout.entrySize) + variables * UInt64(Layout.variableSize)
            let record = UInt64(Layout.headerSize) + tables + manifest
            guard record <= limit else { return nil }
            self.entries = Int(entries)
            self.variables = Int(variables)
            self.manifest = Int(manifest)
            self.record = Int(record)
        }
    }

    private init?(parsing bytes: [UInt8], _ sizes: Sizes, at start: RemoteAddress) {
        func field(_ offset: Int, _ size: Int = 8) -> UInt64 { number(bytes[offset..<offset + size]) }
        let entriesEnd = Layout.headerSize + sizes.entries * Layout.entrySize
        let variablesEnd = entriesEnd + sizes.variables * Layout.variableSize
        let (end, overflow) = start.rawValue.addingReportingOverflow(field(Layout.regionSize))
        guard !overflow, end > start.rawValue, field(Layout.regionSize) <= 2 * Artefact.Limit.imageSize,
            let state = State(rawValue: UInt32(field(Layout.state, 4))),
            let patch = ArtefactID(bytes: Array(bytes[Layout.patch..<Layout.patch + 32])),
            field(Layout.patchOffset) >= UInt64(sizes.record), field(Layout.patchOffset) <= field(Layout.regionSize),
            field(Layout.textSize) <= field(Layout.regionSize) - field(Layout.patchOffset),
            let manifest = try? Manifest(parsing: Array(bytes[variablesEnd...])),
            manifest.functions.count == sizes.entries, manifest.variables.count == sizes.variables
        else { return nil }
        self.init(
            state: state, jointSwitch: field(Layout.jointSwitch), patch: patch, loadBias: field(Layout.loadBias),
            region: start..<RemoteAddress(end),
            patchBase: start.advanced(by: field(Layout.patchOffset)), textSize: field(Layout.textSize),
            entries: stride(from: Layout.headerSize, to: entriesEnd, by: Layout.entrySize).map { offset in
                Entry(
                    address: RemoteAddress(field(offset)), destination: RemoteAddress(field(offset + 8)),
                    original: Array(bytes[(offset + 16)..<(offset + 16 + Int(Artefact.jumpSize))]))
            },
            variables: stride(from: entriesEnd, to: variablesEnd, by: Layout.variableSize).map { offset in
                RemoteAddress(field(offset))
            },
            manifest: manifest)
        // The entries must jump into the record's own text, or they are none of ours.
        guard entries.allSatisfy({ text.contains($0.destination) }) else { return nil }
        guard !manifest.runsCode || hasRoomForHooks else { return nil }
    }

    /// Whether the hooks lie in the patch's text, the unwind tables behind it, and an area for both behind these.
    private var hasRoomForHooks: Bool {
        let behindText = text.upperBound.distance(to: region.upperBound)
        let tables = manifest.unwindTables?.offset ?? textSize
        return behindText >= Int64(HookArea.size) && manifest.hooks.allSatisfy { $0.offset < textSize }
            && tables >= textSize && tables - textSize <= UInt64(behindText) - HookArea.size
    }
}
