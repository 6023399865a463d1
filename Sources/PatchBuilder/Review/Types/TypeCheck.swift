// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// The part of the safety review that compares types: objects that exist were made by the old code, and the new code must
/// find in them what it expects.
struct TypeCheck {
    /// The shipped file, to see who calls what.
    let target: ObjectFile

    /// What the fix does to types, over all units: a type that several units know is one finding.
    func findings(in units: [PatchUnit]) -> [Finding] {
        var findings: [Finding] = []
        var changes: [ChangeKey: (units: [String], functions: Set<String>)] = [:]
        let scan = CallerScan(target: target, replaced: units.flatMap(\.replacedRanges))
        for unit in units where !unit.diff.isEmpty && !unit.diff.fixed.isAssembler {
            do throws(UnitTypeComparison.Failure) {
                var comparison = try UnitTypeComparison(unit.diff)
                let unknown = comparison.unknownFunctions()
                if !unknown.isEmpty {
                    findings.append(
                        Finding(
                            rule: .typesNotCompared, weight: .blocking, unit: unit.source, symbols: unknown,
                            facts: ["no debugging information describes these functions"]))
                }
                for (change, functions) in try comparison.changes() {
                    let key = ChangeKey(title: change.title, differences: change.differences)
                    changes[key, default: ([], [])].units.append(unit.source)
                    changes[key, default: ([], [])].functions.formUnion(functions)
                }
                for (name, differences) in try comparison.changedSignatures() {
                    guard let address = unit.address(ofFunction: name) else { continue }
                    let callers = scan.outsideCallers(of: address)
                    guard !callers.isEmpty else { continue }
                    findings.append(
                        Finding(
                            rule: .changedMeaning, weight: .blocking, unit: unit.source, symbols: [name],
                            facts: differences.map(\.fact) + callers))
                }
            } catch {
                findings.append(
                    Finding(
                        rule: .typesNotCompared, weight: .blocking, unit: unit.source, symbols: [],
                        facts: [error.reason]))
            }
        }
        return findings + changes.map(finding).sorted { ($0.symbols.first ?? "") < ($1.symbols.first ?? "") }
    }

    private struct ChangeKey: Hashable {
        var title: String
        var differences: [TypeDifference]
    }

    private func finding(_ key: ChangeKey, _ place: (units: [String], functions: Set<String>)) -> Finding {
        let kind = key.differences.map(\.kind).max() ?? .spelling
        var facts = listed(key.differences.sorted { $0.kind > $1.kind }.map(\.fact), limit: 20, more: "differences")
        if place.functions.isEmpty {
            facts.append("no variable of changed code leads to it; a cast may")
        } else {
            facts.append("reached from " + summary(of: place.functions.sorted()))
        }
        if place.units.count > 1 { facts.append("in the units " + summary(of: place.units.sorted())) }
        return Finding(
            rule: kind.rule, weight: kind == .spelling ? .note : .blocking,
            unit: place.units.count == 1 ? place.units.first : nil, symbols: [key.title], facts: facts)
    }

    private func listed(_ facts: [String], limit: Int, more: String) -> [String] {
        guard facts.count > limit else { return facts }
        return facts.prefix(limit) + ["and \(facts.count - limit) further \(more)"]
    }

    private func summary(of names: [String]) -> String {
        let shown = names.prefix(8).joined(separator: ", ")
        return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
    }
}

extension TypeDifference.Kind {
    /// The rule that a difference of this kind falls under.
    fileprivate var rule: Finding.Rule {
        switch self {
        case .spelling: .changedType
        case .meaning: .changedMeaning
        case .layout: .changedLayout
        }
    }
}
