// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

extension ProcessView {
    /// The patches with the states that they are really in, where a patcher was killed between writing two states.
    ///
    /// A level that says that it is being switched to or from, and to which no entry leads, is not in force. One with hooks
    /// is left alone: its hooks may have run.
    func settle(_ records: [ResidentRecord]) throws(PatchError) -> [ResidentRecord] {
        var settled = records
        for index in settled.indices where settled[index].state == .switching {
            let record = settled[index]
            guard record.manifest.hooks.isEmpty, try !isEntered(record) else { continue }
            let superseded = ResidentRecord.State.superseded
            try about(process) { () throws(SystemError) in
                try CodeWriter.write(littleEndian(superseded.rawValue), at: record.stateAddress, of: memory)
            }
            settled[index].state = superseded
        }
        return settled
    }

    private func isEntered(_ record: ResidentRecord) throws(PatchError) -> Bool {
        for entry in record.entries {
            let found = try about(process) { () throws(SystemError) in
                try memory.readAvailable(entry.jump.count, at: entry.address)
            }
            if found == entry.jump { return true }
        }
        return false
    }
}
