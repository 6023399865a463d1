// SPDX-License-Identifier: Apache-2.0

internal import ELF
package import LivePatch

/// Makes a live patch out of the object files of a fix and the shipped files of its package.
package struct PatchAssembly {
    private let choice: TargetChoice
    private let units: [PatchUnit]
    private let options: PatchOptions
    private let review: SafetyReview
    private var original: [UInt8] = []

    /// Makes the artefact.
    ///
    /// The steps are those of the design: find each unit in the target, compare its two builds, collect what the changed
    /// code needs, link it, and write down what it replaces.
    ///
    /// - Throws: ``PatchRefusal`` with the exact cause; nothing else is affected.
    package static func artefact(
        from objects: [UnitObjects], targets: [TargetFile], options: PatchOptions
    ) throws(PatchRefusal) -> Artefact {
        let patch = try reviewed(from: objects, targets: targets, options: options)
        try ReviewedPatch.requireNoNeedlessWaivers([patch])
        return try patch.accepted()
    }

    /// Makes the artefact, and does not yet refuse it for what the safety review found.
    ///
    /// - Throws: ``PatchRefusal``, but for ``PatchRefusal/blocked(_:)``.
    package static func reviewed(
        from objects: [UnitObjects], targets: [TargetFile], options: PatchOptions
    ) throws(PatchRefusal) -> ReviewedPatch {
        let choice = try TargetChoice(units: objects, targets: targets)
        var assembly = try PatchAssembly(choice: choice, options: options)
        return try assembly.reviewed()
    }

    private init(choice: TargetChoice, options: PatchOptions) throws(PatchRefusal) {
        self.choice = choice
        self.options = options
        var units: [PatchUnit] = []
        for (objects, located) in choice.units {
            let original = try UnitObject(objects, \.sectioned)
            let fixed = try UnitObject(objects, \.fixed)
            let diff = try UnitDiff(from: original, to: fixed)
            var equivalence = BuildEquivalence(plain: located.unit, sectioned: original)
            try equivalence.require()
            units.append(PatchUnit(located: located, diff: diff, statements: objects.statements))
        }
        review = try SafetyReview(of: units, .init(target: choice.object, options: options))
        self.units = units
        guard isUnaffected, review.findings.allSatisfy({ $0.weight == .note }) else { return }
        throw .noChange(units: units.map(\.source))
    }

    /// Whether the fix leaves all code as it is.
    private var isUnaffected: Bool { units.allSatisfy(\.diff.isEmpty) }

    /// What was found comes first: where it blocks, it matters more than what the linker cannot do, and a patch that is
    /// shown to its author and not shipped need not be whole.
    private mutating func reviewed() throws(PatchRefusal) -> ReviewedPatch {
        guard let buildID = choice.object.buildID else { throw .noBuildID(target: choice.target.name) }
        let blocking = review.blocking
        do throws(PatchRefusal) {
            return ReviewedPatch(
                artefact: try assemble(buildID), isWhole: true, blocking: blocking, needless: review.needless)
        } catch {
            guard !blocking.isEmpty else { throw error }
            let document = try ReviewDocument(of: units, in: choice.object, layout: nil, options: options)
            let draft = Artefact(
                manifest: try manifest(buildID), image: Image(parts: []), relocations: [], original: [],
                review: try encoded(document))
            return ReviewedPatch(artefact: draft, isWhole: false, blocking: blocking, needless: review.needless)
        }
    }

    private mutating func assemble(_ buildID: BuildID) throws(PatchRefusal) -> Artefact {
        guard !isUnaffected else { throw .nothingToReplace(units: units.map(\.source)) }
        guard !options.provesRebuild || choice.target.rebuilt?.buildID == buildID else {
            throw .notRebuilt(
                target: choice.target.name, shipped: "\(buildID)",
                rebuilt: choice.target.rebuilt.map { "\($0.buildID)" })
        }
        let contents = try PatchContents(of: units)
        let unwinder = UnwinderChoice(target: choice)
        try unwinder.requireUnwinder(for: contents)
        let linker = try link(contents)
        var manifest = try manifest(buildID)
        manifest.functions = try replacedFunctions(linker.layout)
        guard !manifest.functions.isEmpty else { throw .noChange(units: units.map(\.source)) }
        manifest.addedFunctions = addedFunctions(linker.layout)
        manifest.data = contents.data(in: linker.layout)
        manifest.heldMemory = linker.heldMemory
        manifest.unwindTables = unwinder.tables(of: contents, in: linker.layout)
        manifest.findings += findings(linker, withoutFrames: contents.withoutFrames)
        manifest.hooks = try StatedHooks(of: units).hooks(in: linker.layout)
        let document = try ReviewDocument(of: units, in: choice.object, layout: linker.layout, options: options)
        return Artefact(
            manifest: manifest, image: linker.image, relocations: linker.relocations, original: original,
            review: try encoded(document))
    }

    /// What is known before anything is linked.
    private func manifest(_ buildID: BuildID) throws(PatchRefusal) -> Manifest {
        let proof = FidelityProof(target: choice.target, object: choice.object, units: units.map(\.located))
        return Manifest(
            target: .init(name: choice.target.name, buildID: buildID, package: choice.target.package),
            level: options.level, fixes: options.fixes, functions: [], addedFunctions: [],
            removedFunctions: units.flatMap(\.diff.removed).sorted(), data: [], evidence: try proof.evidence(),
            findings: options.findings + review.findings, revertHazards: options.revertHazards,
            builder: .init(name: "kaketsugi-build", version: productVersion), compiler: options.compiler)
    }

    private func encoded(_ document: ReviewDocument) throws(PatchRefusal) -> [UInt8] {
        do throws(ArtefactError) {
            return try document.encoded()
        } catch {
            throw .artefact(error)
        }
    }

    /// Links with what the units and the target tell; only if a symbol is left over, looks around.
    private func link(_ contents: PatchContents) throws(PatchRefusal) -> PatchLinker {
        let binder = SymbolBinder(target: choice.object, units: units)
        do throws(PatchRefusal) {
            return try PatchLinker(contents, binder: binder)
        } catch .unresolvedSymbol {
            let wide = binder.with(Surroundings(options.surroundings, of: choice))
            let open = try PatchLinker.unsearchedSymbols(of: contents, binder: wide)
            guard open.isEmpty else { throw .unsearchedSymbols(open.sorted()) }
            return try PatchLinker(contents, binder: wide)
        }
    }

    private mutating func replacedFunctions(_ layout: PatchLayout) throws(PatchRefusal) -> [Manifest.ReplacedFunction] {
        var functions: [Manifest.ReplacedFunction] = []
        var replaced: Set<TargetAddress> = []
        for (position, unit) in units.enumerated() {
            let sections = unit.diff.fixed.codeByName()
            for name in unit.diff.changed.sorted() where FunctionName(name).parent == nil {
                guard let replacement = unit.replacement(of: name, in: sections) else { continue }
                // Several units may bring the same function (COMDAT); the target has one of them.
                if let address = unit.address(ofFunction: name), !replaced.insert(address).inserted {
                    continue
                }
                let pieces = try pieces(of: name, in: unit)
                let jumpOffset: UInt64 = startsWithEndbranch(pieces[0]) ? 4 : 0
                let needed = jumpOffset + Artefact.jumpSize
                guard pieces[0].size >= needed else {
                    throw .functionTooShort(unit: unit.source, function: name, size: pieces[0].size, needed: needed)
                }
                functions.append(
                    .init(
                        name: name, pieces: pieces, jumpOffset: jumpOffset,
                        replacementOffset: (layout.offsets[ChunkID(unit: position, section: replacement.section)] ?? 0)
                            + replacement.part.lowerBound,
                        replacementSize: replacement.part.upperBound - replacement.part.lowerBound,
                        isContinued: unit.diff.continued.contains(name) ? true : nil))
            }
        }
        return functions
    }

    /// The function and its cold parts as they lie in the target, their bytes noted in `original`.
    private mutating func pieces(of name: String, in unit: PatchUnit) throws(PatchRefusal) -> [Manifest.Piece] {
        let plain = unit.located.unit
        let cold = plain.functions.keys.filter { FunctionName($0).parent == name }.sorted()
        var pieces: [Manifest.Piece] = []
        for piece in [name] + cold {
            guard let symbol = plain.functions[piece], let address = unit.located.definition(of: symbol)
            else {
                throw .unlocatedFunction(unit: unit.source, function: piece)
            }
            guard let count = Int(exactly: symbol.size),
                let bytes = choice.object.bytes(atAddress: address.rawValue, count: count)
            else {
                throw .differentFunctions(unit: unit.source, functions: [piece])
            }
            pieces.append(
                .init(
                    name: piece, address: address.rawValue, size: symbol.size, originalOffset: UInt64(original.count)))
            original += bytes
        }
        return pieces
    }

    private func startsWithEndbranch(_ piece: Manifest.Piece) -> Bool {
        original.dropFirst(Int(piece.originalOffset)).starts(with: [0xf3, 0x0f, 0x1e, 0xfa])  // endbr64
    }

    private func addedFunctions(_ layout: PatchLayout) -> [Manifest.AddedFunction] {
        layout.chunks.filter { $0.protection == .text }.flatMap { chunk -> [Manifest.AddedFunction] in
            let unit = units[chunk.id.unit].diff
            if unit.fixed.isAssembler {
                return unit.fixed.owners[chunk.id.section.rawValue].filter { unit.added.contains($0.name) }.map {
                    .init(name: $0.name, offset: chunk.offset + $0.value, size: $0.size)
                }
            }
            let name = unit.fixed.name(of: chunk.id.section)
            let isReplacement = unit.changed.contains(name) && FunctionName(name).parent == nil
            return isReplacement ? [] : [.init(name: name, offset: chunk.offset, size: chunk.size)]
        }
    }

    private func findings(_ linker: PatchLinker, withoutFrames: [String]) -> [Finding] {
        let constants = units.flatMap { unit in
            unit.diff.data.compactMap { section, change in
                if case .changedConstant = change { unit.diff.fixed.name(of: section) } else { nil }
            }
        }
        let all: [(Finding.Rule, [String])] = [
            (.noUnwindTables, withoutFrames),
            (.removedFunction, units.flatMap(\.diff.removed)),
            (.changedConstant, constants),
            (.boundDirectly, Array(linker.boundDirectly)),
            (.addedImport, linker.addedImports.map(\.description).sorted()),
        ]
        return all.filter { !$0.1.isEmpty }.map { Finding(rule: $0, symbols: $1.sorted()) }
    }
}
