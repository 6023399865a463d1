// SPDX-License-Identifier: Apache-2.0

package import ELF

/// A file that shows a patch to tools which know code by files: the names of its functions, and how to unwind them.
///
/// Everything is as far from the file's beginning as it is, in a process, from the beginning of the memory that the patch
/// has. So one file does for all processes, and a tool finds the tables where the process has them.
package struct SymbolFile: Sendable {
    /// A function of the patch.
    package struct Function: Hashable, Sendable {
        /// The symbol's name.
        package var name: String
        /// Where it begins in the image.
        package var offset: UInt64
        /// Its length in bytes.
        package var size: UInt64
    }

    /// Which patch it is.
    private let patch: ArtefactID
    /// Where the image begins in the memory; what a process has in front of it is left out.
    private let imageOffset: UInt64
    private let text: [UInt8]
    private let functions: [Function]
    private let tables: (offset: UInt64, contents: [UInt8])?

    /// Describes a patch by what is in a process.
    ///
    /// - Parameters:
    ///   - patch: Its identity.
    ///   - manifest: What it says about itself.
    ///   - imageOffset: Where the image begins in the memory that the patch has.
    ///   - text: The code.
    ///   - tables: The unwind tables, and what may follow them.
    package init(of patch: ArtefactID, _ manifest: Manifest, imageOffset: UInt64, text: [UInt8], tables: [UInt8]) {
        self.patch = patch
        self.imageOffset = imageOffset
        self.text = text
        functions =
            manifest.functions.map { Function(name: $0.name, offset: $0.replacementOffset, size: $0.replacementSize) }
            + manifest.addedFunctions.map { Function(name: $0.name, offset: $0.offset, size: $0.size) }
        self.tables = manifest.unwindTables.map { ($0.offset, UnwindIndex.entries(of: tables)) }
    }

    /// Describes a patch by its artefact.
    package init(of patch: ArtefactID, _ artefact: Artefact, imageOffset: UInt64) {
        self.init(
            of: patch, artefact.manifest, imageOffset: imageOffset, text: artefact.image.parts.first?.contents ?? [],
            tables: artefact.image.unwindTables?.contents ?? [])
    }

    /// The file.
    ///
    /// `perf` looks for the tables of a function through their index, which must lie in memory that the process has, too:
    /// it lies where the process has what it tells about the patch.
    ///
    /// - Throws: `ELFError` if the patch says of itself what no file can hold.
    package func encoded() throws(ELFError) -> [UInt8] {
        var writer = ObjectWriter(type: .shared)
        let note = SectionDraft(
            name: ".note.gnu.build-id", type: .note, flags: .allocate, address: Self.headersSize, alignment: 4,
            contents: identity)
        let noteIndex = writer.add(note)
        var sections = [noteIndex]
        let index = tables.map { tables in
            UnwindIndex(
                of: tables.contents, at: imageOffset + tables.offset,
                indexAddress: note.address + UInt64(note.contents.count))
        }
        if let index, index.address + UInt64(index.bytes.count) <= imageOffset {
            let section = SectionDraft(
                name: ".eh_frame_hdr", flags: .allocate, address: index.address, alignment: 4, contents: index.bytes)
            sections.append(writer.add(section))
        }
        let code = writer.add(
            SectionDraft(
                name: Image.Protection.text.sectionName, flags: [.allocate, .execute], address: imageOffset,
                alignment: 16,
                contents: text))
        sections.append(code)
        if let tables, !tables.contents.isEmpty {
            let section = SectionDraft(
                name: Image.Protection.unwindTables.sectionName, flags: .allocate, address: imageOffset + tables.offset,
                alignment: 8,
                contents: tables.contents)
            sections.append(writer.add(section))
        }
        writer.add(
            SegmentDraft(flags: [.read, .execute], sections: sections, includesFileHeader: true))
        writer.add(SegmentDraft(type: .note, flags: .read, sections: [noteIndex], alignment: 4))
        for function in functions {
            _ = writer.add(
                SymbolDraft(
                    name: function.name, value: imageOffset &+ function.offset, size: function.size, kind: .function,
                    place: .section(code)))
        }
        return try writer.write()
    }

    /// The file header and two program headers.
    private static let headersSize: UInt64 = 64 + 2 * 56

    /// A build ID of 20 bytes, the first of the patch's identity, as a note.
    private var identity: [UInt8] {
        let name = Array("GNU\0".utf8)
        let type: UInt32 = 3
        return littleEndian(UInt32(name.count)) + littleEndian(UInt32(20)) + littleEndian(type) + name
            + patch.bytes.prefix(20)
    }
}
