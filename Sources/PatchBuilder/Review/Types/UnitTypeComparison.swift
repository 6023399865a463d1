// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// The types of a unit before and after a fix, read from the debugging information of both builds.
struct UnitTypeComparison {
    private let diff: UnitDiff
    private let original: TypeReach
    private let fixed: TypeReach
    private var comparison: TypeComparison
    /// Whether the unit is assembler, and nothing is to be said of its types.
    private let isAssembler: Bool

    /// Why types could not be compared, in words.
    struct Failure: Error {
        var reason: String
    }

    /// Reads the types of both builds.
    init(_ diff: UnitDiff) throws(Failure) {
        self.diff = diff
        let before = try Self.read(diff.original, name: "the unfixed unit")
        let after = try Self.read(diff.fixed, name: "the fixed unit")
        isAssembler = before.isAssembler && after.isAssembler
        original = before.types
        fixed = after.types
        comparison = TypeComparison(original: original.catalogue, fixed: fixed.catalogue)
    }

    private static func read(
        _ unit: UnitObject, name: String
    ) throws(Failure) -> (types: TypeReach, isAssembler: Bool) {
        let types: UnitTypes?
        let isAssembler: Bool
        do throws(ELFError) {
            let information = try DebugInformation(of: unit.object)
            isAssembler = try information.compilationUnits().allSatisfy(\.isAssembler)
            types = information.isEmpty ? nil : try UnitTypes(reading: information)
        } catch {
            throw Failure(reason: "\(name): \(error)")
        }
        guard let types else { throw Failure(reason: "\(name) has no debugging information") }
        return (TypeReach(unit: unit, catalogue: TypeCatalogue(types)), isAssembler)
    }

    /// The functions whose code goes into the patch.
    private var functions: [String] {
        diff.changed.union(diff.added).filter { FunctionName($0).parent == nil }.sorted()
    }

    /// The functions that the debugging information does not describe.
    func unknownFunctions() -> [String] { isAssembler ? [] : functions.filter { fixed.function($0) == nil } }

    /// The types that differ, each with the functions of the patch that can get at it.
    mutating func changes() throws(Failure) -> [(change: TypeChange, functions: [String])] {
        let changes: [TypeChange]
        do { changes = try comparison.changes() } catch { throw Failure(reason: "types are nested without end") }
        let retyped = try retypedVariables()
        guard !changes.isEmpty else { return retyped }
        var reached: [TypeIdentity: Set<String>] = [:]
        for function in functions {
            for identity in fixed.identities(from: function).union(original.identities(from: function)) {
                reached[identity, default: []].insert(function)
            }
        }
        return changes.map { change in (change, change.identity.flatMap { reached[$0] }?.sorted() ?? []) } + retyped
    }

    /// Pointers of a function that lead to another structure than before: what is there was made as the old one.
    private mutating func retypedVariables() throws(Failure) -> [(change: TypeChange, functions: [String])] {
        var result: [(change: TypeChange, functions: [String])] = []
        for function in diff.changed.sorted() {
            guard let old = original.function(function), let new = fixed.function(function) else { continue }
            let before = Dictionary(grouping: old.variables.filter(\.isOwn), by: \.name)
            let after = Dictionary(grouping: new.variables.filter(\.isOwn), by: \.name)
            for (name, variables) in after.sorted(by: { $0.key < $1.key }) {
                // Blocks may each have a variable of one name; only one that is alone is known to be the same.
                guard let variable = variables.first, let types = before[name], variables.count == 1, types.count == 1
                else { continue }
                let type = types[0].type
                do {
                    let differences = try comparison.differences(ofPointers: type, variable.type)
                    guard !differences.isEmpty else { continue }
                    let title = "variable \(name) of \(function)"
                    result.append((TypeChange(title: title, identity: nil, differences: differences), [function]))
                } catch {
                    throw Failure(reason: "types are nested without end")
                }
            }
        }
        return result
    }

    /// The changed functions that are called in another way than before.
    mutating func changedSignatures() throws(Failure) -> [(function: String, differences: [TypeDifference])] {
        var result: [(function: String, differences: [TypeDifference])] = []
        for name in diff.changed.sorted() {
            guard let old = original.function(name), let new = fixed.function(name) else { continue }
            do {
                let differences = try comparison.differences(ofSignature: old.signature, new.signature)
                if differences.contains(where: { $0.kind > .spelling }) { result.append((name, differences)) }
            } catch {
                throw Failure(reason: "types are nested without end")
            }
        }
        return result
    }
}

extension TypeComparison {
    /// How two pointers to structures differ that lead to structures of different names; nothing for other types.
    mutating func differences(ofPointers old: TypeID, _ new: TypeID) throws(Excess) -> [TypeDifference] {
        guard case .pointer(let before) = original.graph[original.graph.stripped(old).id],
            case .pointer(let after) = fixed.graph[fixed.graph.stripped(new).id],
            case .record(let oldRecord) = original.graph[original.graph.stripped(before.target).id],
            case .record(let newRecord) = fixed.graph[fixed.graph.stripped(after.target).id],
            !oldRecord.isDeclaration, !newRecord.isDeclaration
        else { return [] }
        return try differences(old, new, of: "", depth: 0).filter { $0.kind > .spelling }
    }

    /// How the ways of calling two functions differ.
    mutating func differences(
        ofSignature old: FunctionType, _ new: FunctionType
    ) throws(Excess) -> [TypeDifference] {
        var differences = try differences(old.result, new.result, of: "result", depth: 0)
        if old.parameters.count != new.parameters.count {
            differences.append(
                TypeDifference(
                    kind: .meaning, fact: "\(new.parameters.count) parameters, was \(old.parameters.count)"))
        }
        for (position, types) in zip(old.parameters, new.parameters).enumerated() {
            differences += try self.differences(types.0, types.1, of: "parameter \(position + 1)", depth: 0)
        }
        return differences
    }
}
