// SPDX-License-Identifier: Apache-2.0

package import ELF
package import LinuxSystem

/// The search for processes that a patch concerns, among all of the machine.
///
/// Identity is the build ID as it lies in a process's memory: a path says nothing in a container, after an upgrade or
/// for a deleted file. One read a mapped file is cheaper than any cache that could be wrong.
package struct Discovery: Sendable {
    /// The processes that were found.
    package private(set) var processes: [ProcessID] = []
    /// The processes that this user may not look into.
    package private(set) var forbidden: [ProcessID] = []

    /// All processes of the machine but this one.
    package static func processes() throws(PatchError) -> [ProcessID] {
        do throws(SystemError) {
            return try ProcessDirectory.processes().filter { $0 != .current }
        } catch {
            throw .system(error)
        }
    }

    /// The builds of which a process has executable mappings; none if it has ended.
    ///
    /// - Throws: ``PatchError/notPermitted(_:)``.
    package static func builds(in process: ProcessID) throws(PatchError) -> Set<BuildID> {
        do throws(PatchError) {
            guard let view = try ProcessView(of: process, writable: false) else { return [] }
            return try Set(view.files().compactMap(\.buildID))
        } catch {
            if case .exited = error { return [] }
            throw error
        }
    }

    /// Finds the processes that have the build mapped executable.
    package static func users(of buildID: BuildID) throws(PatchError) -> Discovery {
        try find { view throws(PatchError) in
            try view.files().contains { $0.buildID == buildID }
        }
    }

    /// Finds the processes that satisfy a condition; those that end meanwhile are left out, and this one is.
    static func find(
        _ isWanted: (borrowing ProcessView) throws(PatchError) -> Bool
    ) throws(PatchError) -> Discovery {
        var discovery = Discovery()
        let all: [ProcessID]
        do throws(SystemError) { all = try ProcessDirectory.processes() } catch { throw .system(error) }
        for process in all where process != .current {
            do throws(PatchError) {
                guard let view = try ProcessView(of: process, writable: false) else { continue }
                if try isWanted(view) { discovery.processes.append(process) }
            } catch {
                switch error {
                case .exited: continue
                case .notPermitted: discovery.forbidden.append(process)
                default: throw error
                }
            }
        }
        return discovery
    }
}
