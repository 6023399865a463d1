// SPDX-License-Identifier: Apache-2.0

/// A field of the image whose value depends on where the target and the patch lie in the process.
package struct LoadRelocation: Hashable, Sendable {
    /// How the value is stored; x86-64 psABI, table 4.10.
    package enum Kind: Hashable, Sendable {
        /// `R_X86_64_PC32`: the distance from the field, 32 bits, signed.
        case relative32
        /// `R_X86_64_64`: the address, 64 bits.
        case absolute64
        /// `R_X86_64_32S`: the address, 32 bits, sign-extended by the instruction.
        case absolute32Signed
        /// `R_X86_64_32`: the address, 32 bits, zero-extended by the instruction.
        case absolute32

        /// The field's width in bytes.
        package var width: UInt64 {
            switch self {
            case .absolute64: 8
            case .relative32, .absolute32Signed, .absolute32: 4
            }
        }
    }

    /// What moves the value.
    package enum Base: Hashable, Sendable {
        /// The load bias of the target in the process: the symbol is one of the target.
        case target
        /// The address at which the image begins.
        case patch
        /// Nothing: the symbol is looked up in the process.
        case process
    }

    /// Where the field lies in the image.
    package var offset: UInt64
    /// How the value is stored.
    package var kind: Kind
    /// What moves the symbol.
    package var base: Base
    /// The symbol's link-time address in the target; for ``Base/patch`` the image offset of a variable, or 0 if the addend
    /// is the image offset; 0 for ``Base/process``.
    package var value: UInt64
    /// What is added to the symbol's address.
    package var addend: Int64
    /// The symbol's name, for people; empty for ``Base/patch`` unless it is a variable.
    package var symbol: String
    /// The version of the symbol, for ``Base/process``; nil if it has none.
    package var version: String?

    /// The symbol that is looked up in the process, for ``Base/process``.
    package var imported: ImportedSymbol? {
        base == .process ? ImportedSymbol(name: symbol, version: version) : nil
    }

    /// A field that refers to a symbol of the target.
    package init(offset: UInt64, kind: Kind, target value: UInt64, addend: Int64, symbol: String) {
        self.init(offset: offset, kind: kind, base: .target, value: value, addend: addend, symbol: symbol)
    }

    /// A field that refers to a place in the image.
    package init(offset: UInt64, kind: Kind, patchOffset: Int64) {
        self.init(offset: offset, kind: kind, base: .patch, value: 0, addend: patchOffset, symbol: "")
    }

    /// A field that refers to a variable of the patch, which lies elsewhere if an earlier level has it already.
    package init(offset: UInt64, kind: Kind, variable: UInt64, addend: Int64, symbol: String) {
        self.init(offset: offset, kind: kind, base: .patch, value: variable, addend: addend, symbol: symbol)
    }

    /// The image offset of the variable that the field refers to; nil if it refers to something else.
    package var variable: UInt64? { base == .patch && !symbol.isEmpty ? value : nil }

    /// A field with the address of a symbol of another library.
    package init(offset: UInt64, imported: ImportedSymbol, addend: Int64) {
        self.init(offset: offset, kind: .absolute64, base: .process, value: 0, addend: addend, symbol: imported.name)
        version = imported.version
    }

    private init(offset: UInt64, kind: Kind, base: Base, value: UInt64, addend: Int64, symbol: String) {
        self.offset = offset
        self.kind = kind
        self.base = base
        self.value = value
        self.addend = addend
        self.symbol = symbol
    }

    /// The bytes of the field for a given placement, little-endian.
    ///
    /// - Parameters:
    ///   - loadBias: where the target lies.
    ///   - patchBase: where the image lies.
    ///   - addresses: the addresses of the symbols that were looked up.
    ///   - variables: the addresses of the variables that lie elsewhere, by their image offsets.
    /// - Returns: The bytes.
    /// - Throws: ``RelocationOverflow`` if the value does not fit the field, or if the symbol was not looked up.
    package func bytes(
        loadBias: UInt64, patchBase: UInt64, imported addresses: [ImportedSymbol: UInt64] = [:],
        variables: [UInt64: UInt64] = [:]
    ) throws(RelocationOverflow) -> [UInt8] {
        let origin: UInt64
        switch base {
        case .target: origin = loadBias
        case .patch: origin = variable.flatMap { variables[$0] }.map { $0 &- self.value } ?? patchBase
        case .process:
            guard let imported, let address = addresses[imported] else { throw overflow(0) }
            origin = address
        }
        let value = origin &+ value &+ UInt64(bitPattern: addend)
        switch kind {
        case .absolute64:
            return littleEndian(value)
        case .relative32:
            let distance = Int64(bitPattern: value &- (patchBase &+ offset))
            guard let field = Int32(exactly: distance) else { throw overflow(distance) }
            return littleEndian(field)
        case .absolute32Signed:
            guard let field = Int32(exactly: Int64(bitPattern: value)) else { throw overflow(Int64(bitPattern: value)) }
            return littleEndian(field)
        case .absolute32:
            guard let field = UInt32(exactly: value) else { throw overflow(Int64(bitPattern: value)) }
            return littleEndian(field)
        }
    }

    private func overflow(_ value: Int64) -> RelocationOverflow {
        RelocationOverflow(offset: offset, symbol: symbol, value: value)
    }
}

/// A relocation whose value does not fit its field.
package struct RelocationOverflow: Error, Hashable, Sendable {
    /// Where the field lies in the image.
    package var offset: UInt64
    /// The symbol that the field refers to.
    package var symbol: String
    /// The value that did not fit: a distance, or an address.
    package var value: Int64
}
