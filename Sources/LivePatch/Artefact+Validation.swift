// SPDX-License-Identifier: Apache-2.0

internal import ELF

extension Artefact {
    /// Checks everything that the patcher relies on, so that it need not check again.
    ///
    /// - Throws: ``ArtefactError`` with the first violation.
    package func validate() throws(ArtefactError) {
        if let kernel = manifest.kernel {
            try validateSchema()
            try validate(kernel)
            return
        }
        guard module.isEmpty, proof.isEmpty else {
            throw .badField(name: "kernel", value: "a module without the field")
        }
        try validateHeader()
        try validateParts()
        for function in manifest.functions { try validate(function) }
        for function in manifest.addedFunctions {
            try requireText("added function \(function.name)", offset: function.offset, size: function.size)
        }
        try Self.require("hooks", UInt64(manifest.hooks.count), atMost: UInt64(Limit.hooks))
        for datum in manifest.data { try validate(datum) }
        try Self.require("variables", UInt64(manifest.variables.count), atMost: UInt64(Limit.variables))
        for hook in manifest.hooks { try requireText("hook \(hook.function)", offset: hook.offset, size: 1) }
        try validateDisjointPieces()
        try validateUnwindTables()
        try Self.require("review", UInt64(review.count), atMost: UInt64(Limit.reviewSize))
        try Self.require("relocations", UInt64(relocations.count), atMost: UInt64(Limit.relocations))
        let variables = Set(manifest.variables.compactMap(\.variable?.offset))
        for relocation in relocations { try validate(relocation, variables) }
    }

    private func validateSchema() throws(ArtefactError) {
        guard manifest.schemaVersion == Manifest.currentSchemaVersion else {
            throw .unsupportedVersion(found: manifest.schemaVersion)
        }
        guard manifest.level >= 1 else { throw .badField(name: "level", value: String(manifest.level)) }
        guard !manifest.target.buildID.bytes.isEmpty else { throw .badField(name: "target.buildID", value: "\"\"") }
    }

    private func validateHeader() throws(ArtefactError) {
        try validateSchema()
        guard !manifest.functions.isEmpty else { throw .badField(name: "functions", value: "[]") }
        try Self.require("functions", UInt64(manifest.functions.count), atMost: UInt64(Limit.functions))
    }

    /// Parts begin at page boundaries, in the order of ``Image/Protection``, without overlap, the text at 0.
    private func validateParts() throws(ArtefactError) {
        guard let first = image.parts.first, first.protection == .text, first.offset == 0 else {
            throw .badLayout(part: ".text", offset: image.parts.first?.offset ?? 0)
        }
        var end: UInt64 = 0
        var previous: Image.Protection?
        for part in image.parts {
            let name = part.protection.sectionName
            try Self.require(name, part.memorySize, atMost: Limit.imageSize)
            try Self.require("image", part.offset, atMost: Limit.imageSize)
            let ascends = previous.map { $0 < part.protection } ?? true
            guard ascends, part.offset % Image.pageSize == 0, part.offset >= end, part.memorySize > 0 else {
                throw .badLayout(part: name, offset: part.offset)
            }
            guard UInt64(part.contents.count) <= part.memorySize else {
                throw .outOfBounds(what: name, offset: 0, size: UInt64(part.contents.count), limit: part.memorySize)
            }
            end = part.offset + part.pageRoundedSize
            previous = part.protection
        }
        try Self.require("image", end, atMost: Limit.imageSize)
    }

    private func validate(_ function: Manifest.ReplacedFunction) throws(ArtefactError) {
        let name = function.name
        guard function.jumpOffset == 0 || function.jumpOffset == 4 else {
            throw .badField(name: "jumpOffset of \(name)", value: String(function.jumpOffset))
        }
        try requireText(
            "replacement of \(name)", offset: function.replacementOffset, size: function.replacementSize)
        guard let entry = function.pieces.first else { throw .badField(name: "pieces of \(name)", value: "[]") }
        let needed = function.jumpOffset + Self.jumpSize
        guard entry.size >= needed else { throw .functionTooShort(name: name, size: entry.size, needed: needed) }
        for piece in function.pieces {
            let limit = UInt64(original.count)
            guard piece.size > 0, Self.fits(piece.originalOffset, piece.size, in: limit) else {
                throw .outOfBounds(
                    what: "original bytes of \(piece.name)", offset: piece.originalOffset, size: piece.size,
                    limit: limit)
            }
            // Canonical user addresses end at 2^47; a sum with any load bias below that cannot overflow.
            guard piece.address < 1 << 47 else {
                throw .badField(name: "address of \(piece.name)", value: String(piece.address))
            }
        }
    }

    private func validate(_ datum: Manifest.Datum) throws(ArtefactError) {
        guard let variable = datum.variable else { return }
        let part = image.parts.first { $0.protection == .data }
        let offset = variable.offset
        guard let part, offset >= part.offset, datum.size > 0,
            Self.fits(offset - part.offset, datum.size, in: part.memorySize)
        else {
            throw .outOfBounds(
                what: "variable \(datum.name)", offset: offset, size: datum.size, limit: part?.range.upperBound ?? 0)
        }
    }

    private func validateDisjointPieces() throws(ArtefactError) {
        let pieces = manifest.functions.flatMap(\.pieces).sorted { $0.address < $1.address }
        for (piece, next) in zip(pieces, pieces.dropFirst()) where piece.address + piece.size > next.address {
            throw .overlappingPieces(first: piece.name, second: next.name)
        }
    }

    private func validate(_ relocation: LoadRelocation, _ variables: Set<UInt64>) throws(ArtefactError) {
        if let imported = relocation.imported {
            // The name is written with its version behind it, and both must be read again.
            guard relocation.kind == .absolute64, relocation.value == 0,
                ImportedSymbol(parsing: imported.description) == imported
            else { throw .badField(name: "imported symbol", value: imported.description) }
        }
        if let variable = relocation.variable, !variables.contains(variable) {
            throw .badField(name: "variable \(relocation.symbol)", value: String(variable))
        }
        let holder = image.parts.first { part in
            relocation.offset >= part.offset
                && Self.fits(relocation.offset - part.offset, relocation.kind.width, in: UInt64(part.contents.count))
        }
        guard holder != nil else {
            throw .outOfBounds(
                what: "relocation against \(relocation.symbol)", offset: relocation.offset,
                size: relocation.kind.width, limit: image.size)
        }
    }

    private func requireText(_ what: String, offset: UInt64, size: UInt64) throws(ArtefactError) {
        let limit = UInt64(image.parts.first?.contents.count ?? 0)
        guard size > 0, Self.fits(offset, size, in: limit) else {
            throw .outOfBounds(what: what, offset: offset, size: size, limit: limit)
        }
    }

    private static func fits(_ offset: UInt64, _ size: UInt64, in limit: UInt64) -> Bool {
        offset <= limit && size <= limit - offset
    }

    static func require(_ what: String, _ size: UInt64, atMost limit: UInt64) throws(ArtefactError) {
        guard size <= limit else { throw .tooLarge(what: what, size: size, limit: limit) }
    }
}
