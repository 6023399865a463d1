// SPDX-License-Identifier: Apache-2.0

/// What became of the reached units in the fixed tree.
struct FixedUnits: Codable, Sendable {
    /// For each unit, by its command's digest, the digest of its fixed text.
    var texts: [String: String] = [:]
    /// The new files of the fix that units read.
    var included: [String] = []
}

/// Compiles the units that a fix reaches in the fixed tree, as far as their text changes.
struct FixedTree: Sendable {
    private let place: Workplace
    private let touched: [TouchedFile]
    /// Where fixed units find what a fix may include beside the package's own files.
    private let inclusion: [String]

    init(place: Workplace, touched: [TouchedFile]) throws(BuildError) {
        self.place = place
        self.touched = touched
        inclusion = try AuthorHeader.process.compilerOptions(in: place.root)
    }

    /// A digest of all fixed texts: a unit's fixed object depends on every file that the fix touches.
    var digest: String {
        var digest = Digest()
        for file in touched {
            digest.add(file.path)
            digest.add(file.fixedText)
        }
        return digest.hexadecimal
    }

    private var root: BuildRoot { place.root }
    private var compiler: UnitCompiler { place.compiler }

    func job(_ unit: UnitCandidate) -> UnitCompiler.Job {
        let isAssembler = unit.command.isAssembler
        return UnitCompiler.Job(
            source: unit.source, command: unit.command,
            extraOptions: (isAssembler ? [] : UnitCompiler.sectioning) + inclusion, fix: digest,
            dumpsStatements: !isAssembler)
    }

    /// Compiles the units whose text the fix changes; what was done before is not done again.
    ///
    /// - Returns: Those units.
    /// - Throws: `BuildError` for a new file that no unit reads.
    func compile(_ reached: UnitReach.Reached) async throws(BuildError) -> [UnitCandidate] {
        guard let texts = reached.texts else {
            if !reached.units.allSatisfy({ compiler.isCompiled(job($0)) }) {
                try await root.withFixedFiles(touched) { () async throws(BuildError) in
                    try await compiler.compile(reached.units.map(job))
                }
            }
            return reached.units
        }
        let record = root.texts + "/fix-" + digest + ".json"
        let known = Files.exists(record) ? try Files.readJSON(FixedUnits.self, from: record) : nil
        if let known {
            let changed = Self.changed(reached.units, from: texts, to: known)
            if changed.allSatisfy({ compiler.isCompiled(job($0)) }) { return changed }
        }
        return try await root.withFixedFiles(touched) { () async throws(BuildError) -> [UnitCandidate] in
            let fixed = try await known == nil ? preprocess(reached.units) : known
            let units = fixed ?? FixedUnits()
            try requireInclusion(of: touched.filter(\.isNew), in: units)
            try Files.writeJSON(units, to: record)
            let changed = Self.changed(reached.units, from: texts, to: units)
            try await compiler.compile(changed.map(job))
            return changed
        }
    }

    private func preprocess(_ units: [UnitCandidate]) async throws(BuildError) -> FixedUnits {
        let texts = try await Preprocessor(place: place, extraOptions: inclusion).presentTexts(of: units)
        var fixed = FixedUnits()
        for (unit, text) in zip(units, texts) { fixed.texts[unit.command.digest] = text.digest }
        fixed.included = Set(texts.flatMap(\.files)).intersection(touched.filter(\.isNew).map(\.path)).sorted()
        return fixed
    }

    private func requireInclusion(of created: [TouchedFile], in units: FixedUnits) throws(BuildError) {
        for file in created where !units.included.contains(file.path) {
            throw .unsupportedFile(file.path, .createdUnit)
        }
    }

    private static func changed(
        _ units: [UnitCandidate], from texts: [UnitText], to fixed: FixedUnits
    ) -> [UnitCandidate] {
        zip(units, texts).filter { $1.digest != fixed.texts[$0.command.digest] }.map(\.0)
    }
}
