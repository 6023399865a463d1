// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem
internal import LivePatch

/// A process with patches in it, as its own memory tells.
package struct PatchedProcess: Hashable, Sendable {
    /// Which process.
    package var process: ProcessID
    /// The name that it goes by.
    package var name: String
    /// The patches, reverted ones included.
    package var records: [ResidentRecord]

    /// The patches in a process; nil if there are none.
    ///
    /// - Throws: ``PatchError/exited(_:)``, ``PatchError/notPermitted(_:)``.
    package init?(_ process: ProcessID) throws(PatchError) {
        guard let view = try ProcessView(of: process, writable: false) else { return nil }
        records = try view.records()
        guard !records.isEmpty else { return nil }
        name = try about(process) { () throws(SystemError) in try ProcessIdentity(of: process) }.name
        self.process = process
    }

    /// All such processes of the machine, and those that this user may not look into.
    package static func all() throws(PatchError) -> (patched: [PatchedProcess], forbidden: [ProcessID]) {
        var patched: [PatchedProcess] = []
        let discovery = try Discovery.find { view throws(PatchError) in try !view.records().isEmpty }
        for process in discovery.processes {
            // One that has ended since needs no mention.
            if let found = try? PatchedProcess(process) { patched.append(found) }
        }
        return (patched, discovery.forbidden)
    }
}
