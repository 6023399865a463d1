// SPDX-License-Identifier: Apache-2.0

extension PerfDataFile {
    /// A file that memory is said to show.
    package struct Renaming: Hashable, Sendable {
        /// The file's path.
        package var path: String
        /// Where in the file the memory begins.
        package var offset: UInt64

        /// A file, and a place in it.
        package init(path: String, offset: UInt64) {
            self.path = path
            self.offset = offset
        }
    }

    /// How much is written at a time.
    private static let pieceSize = 1 << 20
    /// A path that `perf` has room for, with the zero that ends it (`PATH_MAX`).
    private static let longestPath = 4095

    /// Writes the profile with the names of files for memory that has none.
    ///
    /// Records grow by that, so that what is behind them moves.
    ///
    /// - Parameters:
    ///   - renamings: The files, for some of ``anonymousMappings()``.
    ///   - write: Takes the next bytes.
    /// - Throws: ``PerfDataError`` before anything is written; what `write` throws goes through `failure`.
    package func copy<Failure: Error>(
        renaming renamings: [RecordedMapping.Place: Renaming], write: ([UInt8]) throws(Failure) -> Void
    ) throws(CopyError<Failure>) {
        var replaced: [(range: Range<Int>, bytes: [UInt8])] = []
        do throws(PerfDataError) {
            for (place, renaming) in renamings.sorted(by: { $0.key < $1.key }) {
                replaced.append(try self.renamed(place, renaming))
            }
        } catch {
            throw .profile(error)
        }
        let growth = replaced.reduce(0) { $0 + $1.bytes.count - $1.range.count }
        do throws(Failure) {
            try copy(0..<Field.recordsSize, write)
            try write(littleEndian(UInt64(records.count + growth)))
            var next = Field.recordsSize + 8
            for record in replaced {
                try copy(next..<record.range.lowerBound, write)
                try write(record.bytes)
                next = record.range.upperBound
            }
            try copy(next..<records.upperBound, write)
            try write(sectionList(movedBy: growth))
            try copy(records.upperBound + sections * Self.sectionSize..<bytes.byteCount, write)
        } catch {
            throw .writing(error)
        }
    }

    /// Why a copy was not made.
    package enum CopyError<Failure: Error>: Error {
        /// The profile, or what was to be changed.
        case profile(PerfDataError)
        /// What took the bytes.
        case writing(Failure)
    }

    private func copy<Failure: Error>(
        _ range: Range<Int>, _ write: ([UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.pieceSize) {
            try write(bytes.copied(start..<min(start + Self.pieceSize, range.upperBound)))
        }
    }

    /// The record of a mapping with another name.
    private func renamed(
        _ place: RecordedMapping.Place, _ renaming: Renaming
    ) throws(PerfDataError) -> (range: Range<Int>, bytes: [UInt8]) {
        let start = place.offset
        let bad = PerfDataError.badRecord(offset: UInt64(max(0, start)))
        guard records.contains(start), records.contains(start + PerfRecord.headerSize) else { throw bad }
        let size = Int(bytes.number(at: start + 6, as: UInt16.self))
        let record = PerfRecord(
            range: start..<start + size, type: bytes.number(at: start, as: UInt32.self),
            miscellaneous: bytes.number(at: start + 4, as: UInt16.self))
        guard let layout = MappingLayout(record.type), size > layout.name, size <= records.upperBound - start else {
            throw bad
        }
        let old = try layout.name(of: record, in: bytes)
        let path = Array(renaming.path.utf8)
        guard path.count <= Self.longestPath, !path.contains(0) else { throw .pathTooLong(renaming.path) }
        var header = bytes.copied(start..<start + layout.name)
        func set(_ offset: Int, _ bytes: [UInt8]) { header.replaceSubrange(offset..<offset + bytes.count, with: bytes) }
        let name = path + [UInt8](repeating: 0, count: MappingLayout.paddedSize(ofName: path.count) - path.count)
        let sample = bytes.copied(start + layout.name + MappingLayout.paddedSize(ofName: old.count)..<start + size)
        let newSize = header.count + name.count + sample.count
        guard let encodedSize = UInt16(exactly: newSize) else { throw .pathTooLong(renaming.path) }
        set(6, littleEndian(encodedSize))
        set(MappingLayout.fileOffset, littleEndian(renaming.offset))
        if layout.hasIdentity {
            set(4, littleEndian(record.miscellaneous & ~PerfRecord.hasBuildID))
            set(MappingLayout.identity.lowerBound, [UInt8](repeating: 0, count: MappingLayout.identity.count))
        }
        return (record.range, header + name + sample)
    }

    /// The sections' places behind the records, which have grown.
    private func sectionList(movedBy growth: Int) -> [UInt8] {
        var list: [UInt8] = []
        for index in 0..<sections {
            let place = records.upperBound + index * Self.sectionSize
            let offset = bytes.number(at: place, as: UInt64.self)
            // One that is nowhere stays there.
            let isThere = offset >= UInt64(records.upperBound)
            list += littleEndian(isThere ? offset &+ UInt64(bitPattern: Int64(growth)) : offset)
            list += littleEndian(bytes.number(at: place + 8, as: UInt64.self))
        }
        return list
    }
}
