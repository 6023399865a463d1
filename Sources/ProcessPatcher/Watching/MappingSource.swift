// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem

/// What tells a watch of new mappings, chosen by trying.
package struct MappingSource: ~Copyable {
    /// Which it is.
    package let kind: WatchSource
    /// What the kernel tells of mappings; nil for other sources.
    var events: MappingEvents?
    /// What the kernel tells of processes; nil for other sources.
    var processes: ProcessEvents?

    /// Opens a source.
    ///
    /// - Parameters:
    ///   - wanted: Which one; nil for the best that the kernel has.
    ///   - pages: How many pages the kernel's records have for each processor, a power of two, or all events of processes.
    /// - Throws: The call that failed: `EACCES` or `EPERM` without the right to see events of all processes.
    package init(
        _ wanted: WatchSource? = nil, pages: Int = MappingEvents.standardPages
    ) throws(SystemError) {
        guard wanted != .scan else {
            kind = .scan
            return
        }
        guard wanted != .processes else {
            processes = try ProcessEvents(bufferSize: pages * Self.pageSize)
            kind = .processes
            return
        }
        do throws(SystemError) {
            let events = try MappingEvents(mayHaveBuildIDs: wanted != .mappings, pages: pages)
            kind = events.hasBuildIDs ? .events : .mappings
            self.events = consume events
        } catch {
            guard wanted == nil else { throw error }
            // Linux 6.6 tells everybody of processes, but who may not look into them has no use for that.
            if Privilege.mayTraceOthers, let processes = try? ProcessEvents(bufferSize: pages * Self.pageSize) {
                self.processes = consume processes
                kind = .processes
                return
            }
            // A kernel that was built without events.
            guard error.number == .noSystemCall || error.number == .noSuchFile else { throw error }
            kind = .scan
        }
    }

    private static let pageSize = 4096
}
