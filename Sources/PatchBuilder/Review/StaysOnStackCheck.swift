// SPDX-License-Identifier: Apache-2.0

internal import Disassembly
internal import ELF
internal import LivePatch

/// Finds changed functions that a thread enters and does not leave: a patch waits for them in vain.
///
/// No process is harmed, since a function that is on a stack is not replaced. But the author should know before the patch
/// is shipped that it will be refused wherever such a thread runs.
struct StaysOnStackCheck: SafetyCheck {
    func findings(in unit: PatchUnit) throws(PatchRefusal) -> [Finding] {
        var findings: [Finding] = []
        for name in unit.diff.changed.sorted() where FunctionName(name).parent == nil {
            guard let fact = try fact(about: name, in: unit.located.unit) else { continue }
            findings.append(
                Finding(
                    rule: .staysOnStack, weight: .blocking, unit: unit.source, symbols: [name], facts: [fact]))
        }
        return findings
    }

    private func fact(about name: String, in unit: UnitObject) throws(PatchRefusal) -> String? {
        if name == "main" { return "the first thread of the program is in it from the beginning to the end" }
        let pieces = [name] + unit.functions.keys.filter { FunctionName($0).parent == name }
        var ways = FunctionWays()
        for piece in pieces {
            guard let code = FunctionCode(piece, of: unit) else { return nil }
            try ways.add(code, pieces: Set(pieces))
        }
        return ways.leaves || !ways.loops ? nil : "it loops, and none of its instructions returns or goes elsewhere"
    }
}

/// Where the instructions of a function lead.
private struct FunctionWays {
    /// Whether some instruction leads out of the function, or may do so.
    private(set) var leaves = false
    /// Whether some instruction leads back.
    private(set) var loops = false

    /// Follows the instructions of the function, or of a part of it.
    mutating func add(_ code: FunctionCode, pieces: Set<String>) throws(PatchRefusal) {
        let instructions: [Instruction]
        do throws(DisassemblyError) {
            instructions = try Disassembler().instructions(of: code.bytes, at: 0)
        } catch {
            throw .disassembly(error)
        }
        for instruction in instructions {
            switch instruction.flow {
            case .end: leaves = leaves || instruction.mnemonic.contains("ret") || instruction.mnemonic == ".byte"
            case .jump(nil): leaves = true  // Through a table or a pointer: nobody knows.
            case .jump(let destination?), .conditionalJump(let destination):
                add(instruction, to: destination, in: code, pieces)
            case .next, .call: break
            }
        }
    }

    private mutating func add(
        _ branch: Instruction, to destination: UInt64, in code: FunctionCode, _ pieces: Set<String>
    ) {
        guard let start = Int(exactly: branch.address) else { return }
        let fields = start..<start + branch.bytes.count
        guard let relocation = fields.lazy.compactMap({ code.fields[$0] }).first else {
            // Without a relocation it stays in the section, where neighbours may lie, too.
            guard let offset = Int(exactly: destination), offset < code.bytes.count else { return leaves = true }
            return loops = loops || offset <= start
        }
        guard let owner = try? owner(of: relocation, in: code), pieces.contains(owner) else { return leaves = true }
        loops = true
    }

    /// The function that the relocation of a branch leads into.
    private func owner(of relocation: Relocation, in code: FunctionCode) throws(PatchRefusal) -> String? {
        let reference = try code.unit.reference(of: relocation, in: code.section)
        guard let section = reference.section else { return reference.symbol }
        // The processor counts from the end of the distance's four bytes.
        let place = Int64(bitPattern: reference.offset) &+ reference.addend &+ 4
        return code.unit.owners[section.rawValue].first { symbol in
            guard let start = Int64(exactly: symbol.value), let size = Int64(exactly: symbol.size) else { return false }
            return symbol.kind == .function && place >= start && place - start < size
        }?.name
    }
}
