// SPDX-License-Identifier: Apache-2.0

internal import LivePatch

/// Finds members that the new code relies on, and that objects made by the old code never had set.
enum UnsetMembers {
    /// One finding for each member.
    static func findings(in unit: SemanticComparison) -> [Finding] {
        var readers: [Member: [String]] = [:]
        var writers: [Member: [String]] = [:]
        for name in unit.fixed.functions.keys.sorted() {
            let before = unit.original.accesses(of: name)
            let after = unit.fixed.accesses(of: name)
            for member in after.reads.subtracting(before.reads) where !member.isWhole {
                readers[member, default: []].append(name)
            }
            for member in after.writes.keys where before.writes[member] == nil && !member.isWhole {
                writers[member, default: []].append(name)
            }
        }
        let old = unit.original.all
        var findings: [Finding] = []
        for (member, names) in readers.sorted(by: { $0.key < $1.key }) {
            guard let setters = writers[member] else { continue }
            let isEstablished = old.reads.contains(member) && old.writes[member] != nil
            guard !isEstablished else { continue }
            findings.append(
                Finding(
                    rule: .readsUnsetField, weight: .blocking, unit: unit.source,
                    symbols: (["\(member)"] + names + setters).uniqued(),
                    facts: [
                        "\(member) is set by \(setters.joined(separator: ", ")) only with the fix",
                        "\(names.joined(separator: ", ")) with the fix reads it",
                        old.reads.contains(member) ? "the old code reads it" : "the old code does not read it",
                        old.writes[member] == nil ? "the old code does not set it" : "the old code sets it elsewhere",
                    ]))
        }
        return findings
    }
}
