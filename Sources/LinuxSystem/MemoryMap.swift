// SPDX-License-Identifier: Apache-2.0

/// The mappings of a process at one moment, in ascending order.
package struct MemoryMap: Hashable, Sendable {
    /// The mappings; they do not overlap.
    package let mappings: [Mapping]

    /// The mapping that holds an address.
    package func mapping(containing address: RemoteAddress) -> Mapping? {
        var low = 0
        var high = mappings.count
        while low < high {
            let middle = low + (high - low) / 2
            if mappings[middle].range.upperBound <= address { low = middle + 1 } else { high = middle }
        }
        guard low < mappings.count, mappings[low].range.contains(address) else { return nil }
        return mappings[low]
    }

    /// The first mapping with one of the kernel's names, such as `[stack]`.
    package func mapping(named name: String) -> Mapping? {
        mappings.first { $0.name == name }
    }
}

extension MemoryMap {
    /// What `/proc/PID/maps` may have at most, in bytes; 65,530 mappings with long paths stay below it.
    static let sizeLimit = 64 << 20

    /// The mappings of a process now, as the first of its threads shows them that lives.
    ///
    /// A process without memory of its own, a kernel thread or a zombie, has an empty map.
    ///
    /// - Throws: The call that failed; see ``SystemError/meansGone``.
    package init(of process: ProcessID) throws(SystemError) {
        try self.init(of: process, through: process.leader)
        guard mappings.isEmpty else { return }
        for thread in try ProcessDirectory.threads(of: process) where thread != process.leader {
            guard let map = try? MemoryMap(of: process, through: thread), !map.mappings.isEmpty else { continue }
            self = map
            return
        }
    }

    /// The mappings as a thread shows them: none if it has ended, though others of its process live.
    ///
    /// - Throws: The call that failed; see ``SystemError/meansGone``.
    package init(of process: ProcessID, through thread: ThreadID) throws(SystemError) {
        let file = try OwnedDescriptor(opening: "/proc/\(process)/task/\(thread)/maps", for: .read)
        self.init(parsing: try file.readToEnd(limit: Self.sizeLimit, on: .process(process)))
    }
}
