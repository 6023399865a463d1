// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// Strings and other constants without a name that a live patch brings, each once.
struct ConstantPool {
    private var contents: [UInt8] = []
    private var places: [[UInt8]: Int] = [:]
    private var alignment: UInt64 = 1
    private var section: SectionIndex?
    private var symbol: SymbolReference?

    /// Where a constant lies: the symbol of its section, and the offset there.
    mutating func place(
        of bytes: [UInt8], alignment: UInt64, in writer: inout ObjectWriter
    ) -> (SymbolReference, Int) {
        let symbol = self.symbol ?? begin(&writer)
        if let known = places[bytes], known.isMultiple(of: Int(clamping: max(1, alignment))) { return (symbol, known) }
        self.alignment = max(self.alignment, alignment)
        while !contents.count.isMultiple(of: Int(clamping: max(1, alignment))) { contents.append(0) }
        let place = contents.count
        contents += bytes
        places[bytes] = place
        return (symbol, place)
    }

    private mutating func begin(_ writer: inout ObjectWriter) -> SymbolReference {
        let section = writer.add(SectionDraft(name: ".rodata.kaketsugi_constants", flags: [.allocate], contents: []))
        let symbol = writer.add(SymbolDraft(name: "", kind: .section, binding: .local, place: .section(section)))
        self.section = section
        self.symbol = symbol
        return symbol
    }

    /// Puts the constants into their section, when all are known.
    func finish(_ writer: inout ObjectWriter) {
        guard let section else { return }
        writer.setContents(contents, alignment: alignment, of: section)
    }
}
