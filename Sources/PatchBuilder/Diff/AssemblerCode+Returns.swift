// SPDX-License-Identifier: Apache-2.0

internal import Disassembly
internal import ELF
internal import LivePatch

extension AssemblerCode {
    /// The functions to whose first instructions, by their distances, code goes that a call has returned to.
    ///
    /// A thread below a call is seen, and keeps a patch out. A coroutine that waits there is on nobody's stack: it comes back
    /// to the old code, which stays, but for the bytes that the jumps to the new one take.
    func reentered() -> [String: Set<UInt64>] {
        let reached = placesBehindCalls()
        var found: [String: Set<UInt64>] = [:]
        for (position, start) in starts.enumerated() {
            let distances = Set((1..<4 + Artefact.jumpSize).filter { reached.contains(start &+ $0) })
            guard !distances.isEmpty else { continue }
            for name in names(of: position) { found[name] = distances }
        }
        return found
    }

    /// Where control may come after a call has returned, without going through the beginning of a function.
    private func placesBehindCalls() -> Set<UInt64> {
        var positions: [UInt64: Int] = [:]
        for (position, instruction) in instructions.enumerated() { positions[instruction.address] = position }
        let functions = Set(starts)
        var reached: Set<UInt64> = []
        var pending = instructions.indices.filter { instructions[$0].isCall }.map { $0 + 1 }
        while let position = pending.popLast() {
            guard instructions.indices.contains(position) else { continue }
            let instruction = instructions[position]
            guard !functions.contains(instruction.address), reached.insert(instruction.address).inserted else {
                continue
            }
            // Where a table leads to is not known: anywhere.
            if hasOpenJumps, instruction.flow == .jump(nil) { return Set(positions.keys) }
            if instruction.mayGoOn { pending.append(position + 1) }
            if let next = ways[instruction.address].flatMap({ positions[$0] }) { pending.append(next) }
        }
        return reached
    }
}
