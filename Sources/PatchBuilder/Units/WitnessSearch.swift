// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// Finds the units of a source that define or use a symbol, so that the target can be asked where it has it.
///
/// Whoever defines a symbol names it in a source or, where macros put the name together, in an object that the build left.
struct WitnessSearch: Sendable {
    var place: Workplace
    var commands: UnitCommands

    private var root: BuildRoot { place.root }

    /// So many files are compiled at most to see what they have of one symbol.
    private static let limit = 64

    /// Searches for some symbols.
    func find(_ symbols: Set<String>) async throws(BuildError) -> SurroundingMaterial.Search {
        place.progress(.searchingSymbols(symbols.sorted()))
        var search = SurroundingMaterial.Search(symbols: symbols)
        for symbol in symbols.sorted() { try await find(symbol, &search) }
        return search
    }

    private func find(_ symbol: String, _ search: inout SurroundingMaterial.Search) async throws(BuildError) {
        let files = try await files(naming: symbol)
        var witnesses: [SurroundingMaterial.Witness] = []
        for file in files {
            // What the build left of a unit is as good as its object made anew.
            guard let bytes = try? Files.read(root.tree + "/" + file), Self.names(symbol, in: bytes) else { continue }
            witnesses.append(.init(source: Self.source(of: bytes) ?? file, object: bytes))
        }
        let sources = try await sources(of: files)
        guard sources.units.count <= Self.limit else {
            search.tooCommon[symbol] = sources.units.count
            return
        }
        if let suspect = sources.suspects.first { search.suspects[symbol] = suspect }
        for unit in sources.units {
            let job = UnitCompiler.Job(source: unit.source, command: unit.command, extraOptions: [], fix: nil)
            do {
                try await place.compiler.compile([job])
            } catch .unitFailed {
                search.suspects[symbol] = unit.source
                continue
            }
            let object = try place.compiler.object(job)
            guard Self.names(symbol, in: object) else { continue }
            witnesses.append(.init(source: unit.source, object: object))
        }
        search.witnesses += witnesses.filter { !search.witnesses.contains($0) }
    }

    /// The files of the tree in which a symbol stands as a word.
    private func files(naming symbol: String) async throws(BuildError) -> [String] {
        do {
            let output = try await ToolCall(
                tool: .grep,
                arguments: ["-r", "-l", "-Z", "-w", "-F", "--binary-files=text", "-e", symbol, "--", "."],
                directory: root.tree, environment: place.environment, log: root.log("symbols")
            ).capture()
            return output.split(separator: 0).map { String(String(decoding: $0, as: UTF8.self).trimmingPrefix("./")) }
                .sorted()
        } catch .toolFailed(_, _, .exited(1), _, _) {
            return []
        }
    }

    /// The units among some files and those that include one of them, and the files that are assembler or make it.
    private func sources(
        of files: [String]
    ) async throws(BuildError) -> (units: [UnitCandidate], suspects: [String]) {
        let inclusions = try await InclusionText.of(root, environment: place.environment, progress: place.progress)
        let texts = files.filter { UnsupportedFile.isUnit($0) || Self.isIncluded($0) }
        // A header declares; a definition in it would be one in every unit that includes it.
        let reached = inclusions.reaching(texts).filter(UnsupportedFile.isUnit).sorted()
        let known = try await commands.commands(reached)
        var units: [UnitCandidate] = []
        var suspects = files.filter { Self.assemblerSuffixes.contains(RelativePath.suffix(of: $0)) }
        for (source, recorded) in known.sorted(by: { $0.key < $1.key }) {
            if recorded.problem != nil { suspects.append(source) }
            units += recorded.commands.map { UnitCandidate(source: source, command: $0) }
        }
        return (units, suspects)
    }

    private static let assemblerSuffixes: Set<String> = ["s", "S", "sx", "asm", "pl"]

    /// Whether a file is no unit and no header, such as a table that units include.
    private static func isIncluded(_ file: String) -> Bool {
        ["inc", "inl", "def", "tbl", "h.in", "c.in"].contains { file.hasSuffix("." + $0) }
    }

    /// Whether a file is the object of a unit that defines or uses a symbol which other units see.
    private static func names(_ symbol: String, in bytes: [UInt8]) -> Bool {
        guard bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]), let object = try? ObjectFile(parsing: bytes),
            object.header.type == .relocatable
        else { return false }
        return object.symbols.contains { $0.name == symbol && $0.binding != .local }
    }

    /// The source file that an object names.
    private static func source(of bytes: [UInt8]) -> String? {
        (try? ObjectFile(parsing: bytes))?.symbols.first { $0.kind == .file && !$0.name.isEmpty }?.name
    }
}
