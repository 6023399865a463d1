// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// The types of a unit before and after a fix, read from the debugging information of both builds.
struct UnitTypeComparison {
    private let diff: UnitDiff
    private let original: TypeReach
    private let fixed: TypeReach
    private var comparison: TypeComparison

    /// Why types could not be compared, in words.
    struct Failure: Error {
        var reason: String
    }

    /// Reads the types of both builds.
    init(_ diff: UnitDiff) throws(Failure) {
        self.diff = diff
        original = try Self.read(diff.original, name: "the unfixed unit")
        fixed = try Self.read(diff.fixed, name: "the fixed unit")
        comparison = TypeComparison(original: original.catalogue, fixed: fixed.catalogue)
    }

    private static func read(_ unit: UnitObject, name: String) throws(Failure) -> TypeReach {
        let types: UnitTypes?
        do throws(ELFError) {
            let information = try DebugInformation(of: unit.object)
            types = information.isEmpty ? nil : try UnitTypes(reading: information)
        } catch {
            throw Failure(reason: "\(name): \(error)")
        }
        guard let types else { throw Failure(reason: "\(name) has no debugging information") }
        return TypeReach(unit: unit, catalogue: TypeCatalogue(types))
    }

    /// The functions whose code goes into the patch.
    private var functions: [String] {
        diff.changed.union(diff.added).filter { FunctionName($0).parent == nil }.sorted()
    }

    /// The functions that the debugging information does not describe.
    func unknownFunctions() -> [String] { functions.filter { fixed.function($0) == nil } }

    /// The types that differ, each with the functions of the patch that can get at it.
    mutating func changes() throws(Failure) -> [(change: TypeChange, functions: [String])] {
        let changes: [TypeChange]
        do { changes = try comparison.changes() } catch { throw Failure(reason: "types are nested without end") }
        guard !changes.isEmpty else { return [] }
        var reached: [TypeIdentity: Set<String>] = [:]
        for function in functions {
            for identity in fixed.identities(from: function).union(original.identities(from: function)) {
                reached[identity, default: []].insert(function)
            }
        }
        return changes.map { change in (change, change.identity.flatMap { reached[$0] }?.sorted() ?? []) }
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
