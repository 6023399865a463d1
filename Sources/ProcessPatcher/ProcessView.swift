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
    /// - Throws: ``PatchError/exited(_:)``, ``PatchError/notPermitted(_:)``.
    package init?(of process: ProcessID, writable: Bool) throws(PatchError) {
        let found = try about(process) { () throws(SystemError) in try Self.livingThread(of: process) }
        guard let (thread, map) = found else { return nil }
        let memory = try about(process) { () throws(SystemError) in
            try ProcessMemory(of: process, through: thread, writable: writable)
        }
        self.process = process
        self.memory = memory
        self.map = map
    }

    /// A thread that shows the process's memory: the first one, or if that has ended before the others, one of them.
    private static func livingThread(of process: ProcessID) throws(SystemError) -> (ThreadID, MemoryMap)? {
        let map = try MemoryMap(of: process)
        if !map.mappings.isEmpty { return (process.leader, map) }
        for thread in try ProcessDirectory.threads(of: process) where thread != process.leader {
            if let map = try? MemoryMap(of: process, through: thread), !map.mappings.isEmpty { return (thread, map) }
        }
        return nil
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
        map = try about(process) { () throws(SystemError) in try MemoryMap(of: process, through: memory.thread) }
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
        guard let identity = try? ProcessIdentity(of: process), !identity.hasEnded else { return .exited(process) }
        guard let map = try? MemoryMap(of: process), let first = map.mappings.first else { return error }
        let isThere = (try? readAvailable(1, at: first.range.lowerBound))?.isEmpty == false
        return isThere ? error : .executedAnotherProgram(process)
    }
}
