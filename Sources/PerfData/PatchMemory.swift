// SPDX-License-Identifier: Apache-2.0

/// Memory of a process that holds a patch, and that a file can stand for.
package struct PatchMemory: Hashable, Sendable {
    /// The number of the process.
    package var process: Int32
    /// All of it.
    package var region: Range<UInt64>
    /// The patch's code, in whole pages.
    package var text: Range<UInt64>

    /// Memory of a process.
    package init(process: Int32, region: Range<UInt64>, text: Range<UInt64>) {
        self.process = process
        self.region = region
        self.text = text
    }

    /// The places at which a profile tells of this memory as it is in the end, each with its offset from the beginning.
    ///
    /// At the same addresses there may have been other code before. So what counts is from the last mapping on that can
    /// be executed there: that is the one which is still there, if it was not given back while nobody looked.
    ///
    /// - Parameter mappings: All of ``PerfDataFile/anonymousMappings()``.
    /// - Returns: The places; none if the profile does not tell of the code.
    package func places(among mappings: [RecordedMapping]) -> [RecordedMapping.Place: UInt64] {
        let own = mappings.filter { $0.process == process && $0.range.overlaps(region) }
        let code = own.indices.filter { own[$0].isExecutable && own[$0].range.overlaps(text) }
        guard let last = code.last, isText(own[last]) else { return [:] }
        let first = code.dropLast().last.map { $0 + 1 } ?? 0
        var places: [RecordedMapping.Place: UInt64] = [:]
        for mapping in own[first...] where region.contains(mapping.range) {
            places[mapping.place] = mapping.range.lowerBound - region.lowerBound
        }
        return places
    }

    /// The kernel may have joined what follows the code with it.
    private func isText(_ mapping: RecordedMapping) -> Bool {
        mapping.range.lowerBound == text.lowerBound && mapping.range.upperBound >= text.upperBound
            && region.contains(mapping.range)
    }
}
