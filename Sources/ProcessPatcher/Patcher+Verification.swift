// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

extension Patcher {
    /// Compares every byte of the functions that are to be replaced with what the patch was built for.
    ///
    /// Functions may be replaced already by the patches that are known: this one, and those whose place it takes.
    ///
    /// - Throws: ``PatchError/originalDiffers(function:address:expected:found:)``,
    ///   ``PatchError/replacedByOther(function:patch:)``, ``PatchError/exited(_:)``,
    ///   ``PatchError/executedAnotherProgram(_:)``.
    func verifyOriginal(
        of target: LoadedFile, known: [ResidentRecord], records: [ResidentRecord],
        in memory: borrowing ProcessMemory
    ) throws(PatchError) {
        for function in patch.artefact.manifest.functions {
            for (index, piece) in function.pieces.enumerated() {
                let address = target.address(of: piece.address)
                let expected = Array(patch.artefact.originalBytes(of: piece))
                var found = try about(memory.process) { () throws(SystemError) in
                    try memory.readAvailable(expected.count, at: address)
                }
                // Nothing is left there of a process that has ended meanwhile, or runs another program.
                if found.isEmpty, !expected.isEmpty { throw memory.explained(.exited(memory.process)) }
                if index == 0 {
                    let jump = address.advanced(by: function.jumpOffset)
                    if let record = records.first(where: { $0.isEntered(at: jump, by: found, function.jumpOffset) }) {
                        guard known.contains(record) else {
                            throw .replacedByOther(function: function.name, patch: record.patch)
                        }
                        // The jump of a lower level, or our own, left by a patcher that was killed: compare what it
                        // replaced.
                        found.undoJump(at: Int(function.jumpOffset), from: expected)
                    }
                }
                guard found == expected else { throw mismatch(function.name, address, expected, found) }
            }
        }
    }

    /// The first difference with a few bytes behind it: enough to recognize another patcher or a breakpoint.
    private func mismatch(
        _ function: String, _ address: RemoteAddress, _ expected: [UInt8], _ found: [UInt8]
    ) -> PatchError {
        let first = zip(expected, found).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? found.count
        return .originalDiffers(
            function: function, address: address.advanced(by: UInt64(first)),
            expected: Array(expected.dropFirst(first).prefix(8)), found: Array(found.dropFirst(first).prefix(8)))
    }
}

extension ResidentRecord {
    /// Whether the bytes of a function have, at its jump's place, a jump into this patch.
    fileprivate func isEntered(at jump: RemoteAddress, by found: [UInt8], _ offset: UInt64) -> Bool {
        let size = Int(Artefact.jumpSize)
        let bytes = found.dropFirst(Int(offset)).prefix(size)
        guard bytes.count == size, bytes.first == 0xe9 else { return false }
        let distance = Int32(truncatingIfNeeded: number(bytes.dropFirst()))
        return text.contains(jump.advanced(by: Artefact.jumpSize &+ UInt64(bitPattern: Int64(distance))))
    }
}

extension [UInt8] {
    fileprivate mutating func undoJump(at offset: Int, from original: [UInt8]) {
        let range = offset..<offset + Int(Artefact.jumpSize)
        guard range.upperBound <= count, range.upperBound <= original.count else { return }
        replaceSubrange(range, with: original[range])
    }
}

extension ProcessView {
    /// Whether all entries of a patch jump to it.
    func holdsAll(_ entries: [ResidentRecord.Entry]) throws(PatchError) -> Bool {
        for entry in entries {
            let found = try about(process) { () throws(SystemError) in
                try memory.readAvailable(entry.jump.count, at: entry.address)
            }
            guard found == entry.jump else { return false }
        }
        return true
    }
}
