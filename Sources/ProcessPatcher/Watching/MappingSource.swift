// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem

/// What tells a watch of new mappings, chosen by trying.
package struct MappingSource: ~Copyable {
    /// Which it is.
    package let kind: WatchSource
    /// What the kernel tells; nil for a scan.
    var events: MappingEvents?

    /// Opens a source.
    ///
    /// - Parameters:
    ///   - wanted: Which one; nil for the best that the kernel has.
    ///   - pages: How many pages the kernel's records have for each processor, a power of two.
    /// - Throws: The call that failed: `EACCES` or `EPERM` without the right to see events of all processes.
    package init(
        _ wanted: WatchSource? = nil, pages: Int = MappingEvents.standardPages
    ) throws(SystemError) {
        guard wanted != .scan else {
            kind = .scan
            return
        }
        do throws(SystemError) {
            let events = try MappingEvents(mayHaveBuildIDs: wanted != .mappings, pages: pages)
            kind = events.hasBuildIDs ? .events : .mappings
            self.events = consume events
        } catch {
            // A kernel that was built without events.
            guard wanted == nil, error.number == .noSystemCall || error.number == .noSuchFile else { throw error }
            kind = .scan
        }
    }
}
