// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

extension Placement {
    /// Copies the patch into the memory that has been mapped for it, and reads it back.
    ///
    /// The record comes last: what has one is complete.
    ///
    /// - Throws: ``PatchError/verificationFailed(address:expected:found:)``, ``PatchError/system(_:)``.
    func write(in memory: borrowing ProcessMemory) throws(PatchError) {
        for part in parts {
            // What is beyond the contents was zero when it was mapped; data of an earlier stay must not remain.
            let rest = part.protection == .data ? Int(part.range.size) - part.contents.count : 0
            let bytes = part.contents + [UInt8](repeating: 0, count: rest)
            var next = part.range.lowerBound
            for kept in part.kept + [part.range.upperBound..<part.range.upperBound] {
                let start = Int(part.range.lowerBound.distance(to: next))
                let end = min(bytes.count, Int(part.range.lowerBound.distance(to: kept.lowerBound)))
                if start < end { try write(Array(bytes[start..<end]), at: next, memory) }
                next = max(next, kept.upperBound)
            }
        }
        try write(recordBytes, at: record.region.lowerBound, memory)
    }

    private func write(
        _ bytes: [UInt8], at address: RemoteAddress, _ memory: borrowing ProcessMemory
    ) throws(PatchError) {
        let process = memory.process
        try about(process) { () throws(SystemError) in try CodeWriter.write(bytes, at: address, of: memory) }
        let found = try about(process) { () throws(SystemError) in try memory.readAvailable(bytes.count, at: address) }
        guard found != bytes else { return }
        let first = zip(bytes, found).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? found.count
        throw .verificationFailed(
            address: address.advanced(by: UInt64(first)), expected: Array(bytes.dropFirst(first).prefix(8)),
            found: Array(found.dropFirst(first).prefix(8)))
    }
}
