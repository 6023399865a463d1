// SPDX-License-Identifier: Apache-2.0

/// Finds the units that a fix reaches: those made from a touched file, and those that include one.
struct UnitReach: Sendable {
    var place: Workplace
    var commands: UnitCommands

    private var root: BuildRoot { place.root }

    /// What a fix reaches.
    struct Reached: Sendable {
        var units: [UnitCandidate]
        /// The unfixed text of each unit; nil if the fix changes nothing but sources that no other file includes.
        var texts: [UnitText]?
    }

    /// Finds them.
    ///
    /// - Throws: `BuildError` for a touched file that no unit reads, and for a unit whose command cannot be repeated.
    func units(of touched: [TouchedFile]) async throws(BuildError) -> Reached {
        let inclusions = try await InclusionText.of(
            root, environment: place.environment, progress: place.progress)
        let paths = touched.map(\.path)
        let reached = inclusions.reaching(paths)
        let sources = reached.union(try forcedSources(reaching: reached)).sorted()
        let known = try await commands.commands(sources)
        let isPlain = reached.count == paths.count && touched.allSatisfy { !$0.isNew && known[$0.path] != nil }
        let units = try candidates(sources, known)
        guard !isPlain else { return Reached(units: units, texts: nil) }

        let texts = try await Preprocessor(place: place).unfixedTexts(of: units)
        try refuseCopies(of: touched, in: texts)
        try refuseUnread(touched, inclusions: inclusions, known: known, texts: texts)
        let created = touched.filter(\.isNew).map(\.path)
        // A new file can stand before one of its name in the search path, so that it is read by who now reads that one.
        let affected = Set(paths).union(created.isEmpty ? [] : inclusions.reaching(created))
        let chosen = units.indices.filter { index in
            affected.contains(units[index].source) || !affected.isDisjoint(with: texts[index].files)
        }
        return Reached(units: chosen.map { units[$0] }, texts: chosen.map { texts[$0] })
    }

    /// The sources that an option of their command makes read one of some files.
    private func forcedSources(reaching files: Set<String>) throws(BuildError) -> [String] {
        let names = Set(files.map { InclusionText.lastComponent($0) })
        return try commands.forced().filter { names.contains($0.key) }.flatMap(\.value)
    }

    private func candidates(
        _ sources: [String], _ known: [String: RecordedCommands]
    ) throws(BuildError) -> [UnitCandidate] {
        var units: [UnitCandidate] = []
        for source in sources {
            guard let recorded = known[source] else { continue }
            if let problem = recorded.problem { throw .unsupportedCommand(source: source, problem) }
            units += recorded.commands.map { UnitCandidate(source: source, command: $0) }
        }
        return units
    }

    /// Refuses a file of the fix that is neither compiled nor read by any unit: what it does would be lost.
    private func refuseUnread(
        _ touched: [TouchedFile], inclusions: InclusionText, known: [String: RecordedCommands], texts: [UnitText]
    ) throws(BuildError) {
        let read = Set(texts.flatMap(\.files))
        for file in touched where !file.isNew && known[file.path] == nil && !read.contains(file.path) {
            if let kind = UnsupportedFile(path: file.path), inclusions.includer(of: file.path) == nil {
                throw .unsupportedFile(file.path, kind)
            }
            throw UnsupportedFile.isUnit(file.path) || UnsupportedFile.isAssembler(file.path)
                ? .unitNotCompiled(file.path) : .notIncluded(file.path)
        }
    }

    /// Refuses a file of which the build made a copy that units read in its place.
    private func refuseCopies(of touched: [TouchedFile], in texts: [UnitText]) throws(BuildError) {
        let paths = Set(touched.map(\.path))
        let names = Dictionary(grouping: touched.filter { !$0.isNew }) { InclusionText.lastComponent($0.path) }
        for copy in Set(texts.flatMap(\.files)).subtracting(paths).sorted() {
            for file in names[InclusionText.lastComponent(copy)] ?? [] {
                let text = try Files.read(root.tree + "/" + file.path)
                guard try Files.read(root.tree + "/" + copy) != text else {
                    throw .unsupportedFile(file.path, .copied(to: copy))
                }
            }
        }
    }
}
