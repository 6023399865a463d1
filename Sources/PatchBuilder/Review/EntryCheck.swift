// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// Finds code that would land in the middle of the jump which a patch writes over a function's first instructions.
///
/// Compilers make none; assembler source with labels may, and so may a function that others know under a second name
/// behind its first instructions.
struct EntryCheck {
    /// The shipped file, all of whose code is searched.
    let target: ObjectFile

    /// One finding for each function that something leads into behind its entry.
    func findings(in units: [PatchUnit]) -> [Finding] {
        var hidden: [UInt64: Entry] = [:]
        for unit in units {
            for name in unit.diff.changed.sorted() where FunctionName(name).parent == nil {
                guard let address = unit.address(ofFunction: name)?.rawValue else { continue }
                let start = address &+ (startsWithEndbranch(address) ? 4 : 0)
                for distance in 1..<Artefact.jumpSize {
                    hidden[start &+ distance] = Entry(unit: unit.source, name: name)
                }
            }
        }
        var facts: [Entry: [String]] = [:]
        let scan = CallerScan(target: target, replaced: units.flatMap(\.replacedRanges))
        for (place, destination) in scan.branches(to: hidden) {
            guard let entry = hidden[destination] else { continue }
            facts[entry, default: []].append("code at \(hexadecimal(place)) goes to \(hexadecimal(destination))")
        }
        for (neighbour, entry) in shortBranches(in: units) {
            facts[entry, default: []].append("\(neighbour) goes there by a short jump")
        }
        for unit in units {
            for (name, distances) in unit.diff.reentered where unit.diff.changed.contains(name) {
                guard let address = unit.address(ofFunction: name)?.rawValue else { continue }
                for distance in distances.sorted() {
                    guard let entry = hidden[address &+ distance] else { continue }
                    // No stack of a thread shows a coroutine that waits below a call.
                    facts[entry, default: []].append(
                        "code goes to its byte \(distance) after a call, below which a coroutine may wait")
                }
            }
        }
        for relocation in target.dynamicRelocations {
            let value = UInt64(bitPattern: relocation.addend)
            guard relocation.type == .relative, let entry = hidden[value] else { continue }
            facts[entry, default: []].append("a table at \(hexadecimal(relocation.offset)) holds \(hexadecimal(value))")
        }
        for symbol in target.dynamicSymbols where symbol.place != .undefined && symbol.kind == .function {
            guard let entry = hidden[symbol.value] else { continue }
            facts[entry, default: []].append("\(symbol.name) is at \(hexadecimal(symbol.value))")
        }
        return facts.sorted { ($0.key.unit, $0.key.name) < ($1.key.unit, $1.key.name) }.map { entry, facts in
            Finding(
                rule: .branchIntoEntry, weight: .blocking, unit: entry.unit, symbols: [entry.name],
                facts: facts.uniqued())
        }
    }

    /// The functions of the units that go there by a distance of eight bits, which only code nearby can have.
    ///
    /// Such a distance is too short to be searched for byte by byte, so that instructions are read, of functions that stay.
    private func shortBranches(in units: [PatchUnit]) -> [(neighbour: String, entry: Entry)] {
        var found: [(neighbour: String, entry: Entry)] = []
        for unit in units {
            let plain = unit.located.unit
            let changed = plain.functions.filter {
                unit.diff.changed.contains($0.key) && FunctionName($0.key).parent == nil
            }
            guard !changed.isEmpty else { continue }
            for neighbour in plain.functions.keys.sorted() where !unit.replaces(neighbour) {
                guard let code = FunctionCode(neighbour, of: plain) else { continue }
                for branch in code.instructions ?? [] where branch.distanceWidth == 1 {
                    guard let offset = branch.destination(in: code.bytes), !code.bytes.indices.contains(offset) else {
                        continue
                    }
                    for (name, symbol) in changed where symbol.place == .section(code.section) {
                        let distance = Int64(code.start + offset) - Int64(clamping: symbol.value)
                        let isHidden = distance > 0 && distance < 4 + Int64(Artefact.jumpSize)
                        if isHidden { found.append((neighbour, Entry(unit: unit.source, name: name))) }
                    }
                }
            }
        }
        return found
    }

    /// A function whose first instructions are replaced.
    private struct Entry: Hashable {
        var unit: String
        var name: String
    }

    /// The jump is written behind `endbr64`, which stays.
    private func startsWithEndbranch(_ address: UInt64) -> Bool {
        target.bytes(atAddress: address, count: 4).map { $0.elementsEqual([0xf3, 0x0f, 0x1e, 0xfa]) } ?? false
    }
}
