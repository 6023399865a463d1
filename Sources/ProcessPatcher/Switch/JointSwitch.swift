// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

/// The patches that take part in one switch, as their records tell of it afterwards.
///
/// A patcher that is killed while it switches patches for several files may leave some entries written and others not. Each
/// record then has the number of the switch, so that whoever comes next knows what belongs together.
enum JointSwitch {
    /// A number for a switch of patches in some images; one image needs none.
    ///
    /// - Parameters:
    ///   - images: The load biases of the files.
    ///   - records: The patches in the process. A switch of them that was not finished goes on under its number.
    /// - Returns: The number, 0 for one image.
    static func number(for images: Set<UInt64>, among records: [ResidentRecord]) -> UInt64 {
        guard images.count > 1 else { return 0 }
        let numbers = unfinished(records.filter { images.contains($0.loadBias) })
        return numbers.first ?? .random(in: 1...UInt64.max)
    }

    /// The numbers of the switches that were not finished.
    private static func unfinished(_ records: [ResidentRecord]) -> Set<UInt64> {
        Set(records.filter { $0.state == .switching && $0.jointSwitch != 0 }.map(\.jointSwitch))
    }

    /// Refuses what would finish a part of such a switch and leave the rest.
    ///
    /// - Parameters:
    ///   - records: The patches in the process.
    ///   - images: The load biases of the files that are being patched.
    /// - Throws: ``PatchError/switchUnfinished(_:)``.
    static func requireWhole(_ records: [ResidentRecord], in images: Set<UInt64>) throws(PatchError) {
        for number in unfinished(records) {
            let parts = records.filter { $0.jointSwitch == number }
            let missing = parts.filter { !images.contains($0.loadBias) }
            guard missing.isEmpty || missing.count == parts.count else {
                throw .switchUnfinished(Set(parts.map(\.patch)).sorted { $0.description < $1.description })
            }
        }
    }

    /// The patches in force that were being switched together with others when a patcher was killed, and must go back with
    /// them.
    static func companions(of records: [ResidentRecord], among others: [ResidentRecord]) -> [ResidentRecord] {
        let numbers = unfinished(records + others).intersection(records.map(\.jointSwitch))
        return others.filter { $0.isInForce && numbers.contains($0.jointSwitch) }
    }
}
