// SPDX-License-Identifier: Apache-2.0

package import Disassembly
package import LivePatch

/// Everything about a live patch that a person wants to see before it is shipped.
package struct PatchReview: Sendable {
    /// What the patch says of itself.
    package var manifest: Manifest
    /// The identity of the patch; nil for one that was not made.
    package var id: ArtefactID?
    /// The length of its file in bytes.
    package var fileSize: Int?
    /// The length of what it brings into a process, in bytes.
    package var imageSize: UInt64
    /// The replaced functions in the manifest's order.
    package var functions: [FunctionReview]
    /// The added functions but for cold parts, by name, with their code.
    package var added: [(name: String, lines: [CodeLine])]
    /// What only the author's tool could see; nil for a patch without a review document.
    package var document: ReviewDocument?

    /// Looks into a patch.
    ///
    /// - Parameters:
    ///   - artefact: the patch, or what there is of one that was refused.
    ///   - id: its identity, if there is a file.
    ///   - fileSize: the file's length.
    /// - Throws: ``Failure``.
    package init(of artefact: Artefact, id: ArtefactID?, fileSize: Int?) throws(Failure) {
        manifest = artefact.manifest
        self.id = id
        self.fileSize = fileSize
        imageSize = artefact.image.size
        do throws(ArtefactError) {
            document = artefact.review.isEmpty ? nil : try ReviewDocument(parsing: artefact.review)
        } catch {
            throw .document(error)
        }
        do throws(DisassemblyError) {
            let reader = try CodeReader(artefact, document)
            functions = artefact.manifest.functions.map { reader.review(of: $0) }
            let parts = Set(functions.flatMap(\.parts).map(\.name))
            added = artefact.manifest.addedFunctions.filter { !parts.contains($0.name) }.map { reader.listing(of: $0) }
        } catch {
            throw .disassembly(error)
        }
    }

    /// Why a patch cannot be shown.
    package enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// The review document cannot be read.
        case document(ArtefactError)
        /// The code cannot be disassembled.
        case disassembly(DisassemblyError)

        package var description: String {
            switch self {
            case .document(let error): "\(error)"
            case .disassembly(let error): "\(error)"
            }
        }
    }
}

/// Reads the old and the new code of a patch.
private struct CodeReader: ~Copyable {
    private let artefact: Artefact
    private let document: ReviewDocument?
    private let disassembler: Disassembler
    private let targetNames: TargetNames
    private let imageNames: ImageNames

    init(_ artefact: Artefact, _ document: ReviewDocument?) throws(DisassemblyError) {
        self.artefact = artefact
        self.document = document
        disassembler = try Disassembler()
        targetNames = TargetNames(artefact, document)
        imageNames = ImageNames(artefact, document)
    }

    func review(of function: Manifest.ReplacedFunction) -> FunctionReview {
        let seen = document?.functions.first { $0.name == function.name }
        let cold = artefact.manifest.addedFunctions.filter { $0.name.hasPrefix(function.name + ".cold") }
        var oldParts = function.pieces.dropFirst().map { (name: $0.name, lines: lines(of: $0)) }
        var newParts = cold.map { listing(of: $0) }
        var parts = [
            (
                name: function.name, old: function.pieces.first.map { lines(of: $0) } ?? [],
                new: lines(at: function.replacementOffset, size: function.replacementSize)
            )
        ]
        while !oldParts.isEmpty || !newParts.isEmpty {
            let (before, after) = (
                oldParts.isEmpty ? nil : oldParts.removeFirst(), newParts.isEmpty ? nil : newParts.removeFirst()
            )
            parts.append((before?.name ?? after?.name ?? "", before?.lines ?? [], after?.lines ?? []))
        }
        return FunctionReview(
            name: function.name, unit: seen?.unit, address: function.pieces.first?.address ?? 0,
            oldSize: function.pieces.reduce(0) { $0 &+ $1.size },
            newSize: cold.reduce(function.replacementSize) { $0 &+ $1.size },
            parts: parts.map { .init(name: $0.name, rows: CodeRow.rows($0.old, $0.new)) }, callers: seen?.callers,
            inlinedInto: seen?.inlinedInto, data: DataUse.uses(parts.flatMap(\.old), parts.flatMap(\.new)))
    }

    func listing(of function: Manifest.AddedFunction) -> (name: String, lines: [CodeLine]) {
        (function.name, lines(at: function.offset, size: function.size))
    }

    private func lines(of piece: Manifest.Piece) -> [CodeLine] {
        CodeListing(Array(artefact.originalBytes(of: piece)), at: piece.address, disassembler, names: targetNames).lines
    }

    private func lines(at offset: UInt64, size: UInt64) -> [CodeLine] {
        let code = Array(artefact.code(at: offset).prefix(Int(clamping: size)))
        return CodeListing(code, at: offset, disassembler, names: imageNames).lines
    }
}

extension PatchReview {
    /// Why a patch shows no functions.
    package var absenceOfCode: ReviewTexts {
        guard let kernel = manifest.kernel else { return .notBuilt }
        return .inModule(kernel.functions.map { "\($0.name) (\($0.part))" })
    }
}
