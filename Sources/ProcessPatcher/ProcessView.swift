// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem

/// What a process shows of itself without being stopped: its mappings, the files and the patches in them.
package struct ProcessView: ~Copyable {
    /// Which process.
    package let process: ProcessID
    /// Its memory.
    package let memory: ProcessMemory
    /// Its mappings.
    package private(set) var map: MemoryMap

    /// Looks into a process; nil if it has no memory of its own, as a kernel thread or a process that has ended.
    ///
    /// Any thread shows the memory. The first one does not if it has ended before the others, which it may do at any time:
    /// only mappings that are read after the memory was opened tell that what was opened is the process's memory.
    ///
    /// - Throws: ``PatchError/exited(_:)``, ``PatchError/notPermitted(_:)``.
    package init?(of process: ProcessID, writable: Bool) throws(PatchError) {
        for thread in try Self.threads(of: process) {
            do throws(SystemError) {
                let memory = try ProcessMemory(of: process, through: thread, writable: writable)
                let map = try MemoryMap(of: process, through: thread)
                guard !map.mappings.isEmpty else { continue }
                self.process = process
                self.memory = memory
                self.map = map
                return
            } catch {
                guard error.meansGone else { throw .because(error, of: process) }
            }
        }
        return nil
    }

    /// The threads of a process, the first one first.
    private static func threads(of process: ProcessID) throws(PatchError) -> [ThreadID] {
        let threads = try about(process) { () throws(SystemError) in try ProcessDirectory.threads(of: process) }
        return [process.leader] + threads.filter { $0 != process.leader }
    }

    /// The files of which the process has executable mappings.
    package func files() throws(PatchError) -> [LoadedFile] {
        try about(process) { () throws(SystemError) in try LoadedFile.all(in: map, of: memory) }
    }

    /// The patches in the process.
    package func records() throws(PatchError) -> [ResidentRecord] {
        try about(process) { () throws(SystemError) in try ResidentRecord.all(in: map, of: memory) }
    }

    /// Reads the mappings anew.
    mutating func refresh() throws(PatchError) {
        map = try about(process) { () throws(SystemError) in try MemoryMap(of: process) }
    }
}

extension ProcessMemory {
    /// A failure in the light of what has become of the process meanwhile.
    ///
    /// This memory belongs to the program that was looked at: it is gone when the process has ended or runs another.
    func explained(_ error: PatchError) -> PatchError {
        switch error {
        case .exited, .system: break
        default: return error
        }
        // The first thread may have ended, alone, since it was asked to show the memory.
        guard let first = (try? MemoryMap(of: process))?.mappings.first else { return .exited(process) }
        let isThere = (try? readAvailable(1, at: first.range.lowerBound))?.isEmpty == false
        return isThere ? error : .executedAnotherProgram(process)
    }
}
