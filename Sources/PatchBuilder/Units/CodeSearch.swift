// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// A quick look for a unit's code in a shipped file, before the unit is located there in earnest.
struct CodeSearch {
    private let target: TargetFile
    private let object: ObjectFile
    private let code: CodeIndex
    /// The functions that the file offers to others.
    private let exported: Set<String>

    /// Where a unit's code was seen.
    struct Hit {
        /// The positions of the files.
        var files: [Int] = []
        /// Where the code is in each of them, if it was found whole.
        var places: [Int: Set<TargetAddress>] = [:]
        /// Whether so many bytes agree that it is no chance.
        var isCertain = true
    }

    /// Fewer equal bytes than these may be in a file by chance.
    private static let certainty = 48

    init(_ target: TargetFile) throws(PatchRefusal) {
        self.target = target
        do throws(ELFError) {
            object = try ObjectFile(parsing: target.bytes)
        } catch {
            throw .malformedTarget(target: target.name, error: error)
        }
        code = CodeIndex(of: object)
        exported = Set(object.dynamicSymbols.filter(Self.isOffered).map(\.name))
    }

    /// The files that have a unit's largest section; nil if none has it.
    static func hit(of unit: UnitObject, in files: [CodeSearch]) throws(PatchRefusal) -> Hit? {
        guard let pattern = try pattern(of: unit) else { return nil }
        var places: [Int: Set<TargetAddress>] = [:]
        for (file, search) in files.enumerated() {
            let found = search.code.ranges.flatMap { range in
                range.offsets(of: pattern, alignedTo: 1).map { range.address.advanced(by: Int64($0)) }
            }
            if !found.isEmpty { places[file] = Set(found) }
        }
        guard !places.isEmpty else { return nil }
        return Hit(
            files: places.keys.sorted(), places: places, isCertain: pattern.mask.count { $0 != 0 } >= certainty)
    }

    /// Whether the file has all of a unit, its data included.
    func hasWhole(_ unit: UnitObject) -> Bool {
        let locator = UnitLocator(target: object, targetName: target.name, rebuilt: target.rebuilt)
        return (try? locator.locate(unit)) != nil
    }

    /// The files that seem to have another build of a unit, which would be left out in silence otherwise.
    static func resemblance(of unit: UnitObject, in files: [CodeSearch]) throws(PatchRefusal) -> Hit {
        let pattern = try pattern(of: unit)
        let defined = Set(unit.object.symbols.filter(isOffered).map(\.name))
        return Hit(
            files: files.indices.filter { file in
                !files[file].exported.isDisjoint(with: defined) || pattern.map(files[file].resembles) == true
            })
    }

    private static func pattern(of unit: UnitObject) throws(PatchRefusal) -> CodePattern? {
        let sections = unit.object.sections.filter { unit.role($0.index) == .code && $0.size > 0 }
        guard let largest = sections.max(by: { $0.size < $1.size }) else { return nil }
        return try CodePattern(section: largest.index, of: unit)
    }

    /// Whether half of a section or more is there.
    private func resembles(_ pattern: CodePattern) -> Bool {
        let enough = max(Self.certainty, pattern.bytes.count / 2)
        return code.ranges.contains { $0.nearest(to: pattern).map { $0.matching >= enough } ?? false }
    }

    private static func isOffered(_ symbol: Symbol) -> Bool {
        guard case .section = symbol.place else { return false }
        return symbol.kind == .function && symbol.binding == .global
    }
}
