// SPDX-License-Identifier: Apache-2.0

/// How a patch lies in memory, wherever that is: by it, a profile tells where, also when the process has ended.
package struct PatchShape: Hashable, Sendable {
    /// What the kernel calls the memory, where it has a name for it.
    package var name: String
    /// The length of all of it.
    package var size: UInt64
    /// The patch's code, in whole pages, from the beginning.
    package var text: Range<UInt64>
    /// What else can be executed.
    package var stub: Range<UInt64>?

    /// The shape of a patch.
    package init(name: String, size: UInt64, text: Range<UInt64>, stub: Range<UInt64>?) {
        self.name = name
        self.size = size
        self.text = text
        self.stub = stub
    }

    /// The memory of this shape that a profile tells of.
    ///
    /// Memory with a name is the patch's if it begins where it must. Of memory without one, all parts must be there: both
    /// that can be executed, and the beginning, if the profile tells of what cannot be.
    package func memories(among mappings: [RecordedMapping]) -> [PatchMemory] {
        var found: [PatchMemory] = []
        var executable: [Int32: Set<Range<UInt64>>] = [:]
        var data: [Int32: Set<UInt64>] = [:]
        for mapping in mappings {
            if mapping.isExecutable {
                executable[mapping.process, default: []].insert(mapping.range)
            } else {
                data[mapping.process, default: []].insert(mapping.range.lowerBound)
            }
        }
        var known: Set<PatchMemory> = []
        for mapping in mappings where mapping.isExecutable && mapping.range.size == text.size {
            guard mapping.range.lowerBound >= text.lowerBound else { continue }
            let start = mapping.range.lowerBound - text.lowerBound
            let (end, overflow) = start.addingReportingOverflow(size)
            guard !overflow, mapping.range.upperBound <= end else { continue }
            let hasStub = stub.map { stub in
                executable[mapping.process]?.contains(start + stub.lowerBound..<start + stub.upperBound) == true
            }
            let starts = data[mapping.process] ?? []
            let isMeant =
                switch mapping.name {
                case name: hasStub ?? true
                case "//anon": (hasStub ?? !starts.isEmpty) && (starts.isEmpty || starts.contains(start))
                default: false
                }
            let memory = PatchMemory(process: mapping.process, region: start..<end, text: mapping.range)
            if isMeant, known.insert(memory).inserted { found.append(memory) }
        }
        return found
    }
}

extension Range<UInt64> {
    fileprivate var size: UInt64 { upperBound - lowerBound }
}
