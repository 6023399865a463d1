// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Which pages of a process exist, through `/proc/PID/pagemap`: what was never touched has no contents to read.
package struct PageTable: ~Copyable, Sendable {
    /// The length of a page in bytes.
    package static let pageSize: UInt64 = 4096
    private let process: ProcessID
    private let file: OwnedDescriptor

    /// Opens the page table of a process.
    package init(of process: ProcessID, through thread: ThreadID) throws(SystemError) {
        self.process = process
        file = try OwnedDescriptor(opening: "/proc/\(process)/task/\(thread)/pagemap", for: .read)
    }

    /// The runs of pages in a range that are in memory or swapped out (`Documentation/admin-guide/mm/pagemap.rst`: the
    /// bits 63 and 62 of an entry).
    package func existing(in range: Range<RemoteAddress>) throws(SystemError) -> [Range<RemoteAddress>] {
        var runs: [Range<RemoteAddress>] = []
        var page = range.lowerBound.rawValue / Self.pageSize
        let end = (range.upperBound.rawValue + Self.pageSize - 1) / Self.pageSize
        while page < end {
            let entries = try entries(from: page, count: Int(min(end - page, 8192)))
            guard !entries.isEmpty else { return runs }
            for entry in entries {
                let start = RemoteAddress(page &* Self.pageSize)
                page += 1
                guard entry >> 62 != 0 else { continue }
                let behind = RemoteAddress(page &* Self.pageSize)
                if let last = runs.last, last.upperBound == start {
                    runs[runs.count - 1] = last.lowerBound..<behind
                } else {
                    runs.append(start..<behind)
                }
            }
        }
        return runs
    }

    private func entries(from page: UInt64, count: Int) throws(SystemError) -> [UInt64] {
        var failure: SystemError?
        // Safety: the array has room for `count` entries; those that the read counts are initialized.
        let entries = unsafe [UInt64](unsafeUninitializedCapacity: count) { buffer, initialized in
            do throws(SystemError) {
                let read = try retryingSystemCall("read", on: .process(process)) {
                    unsafe pread(file.rawValue, buffer.baseAddress, count * 8, off_t(truncatingIfNeeded: page &* 8))
                }
                initialized = read / 8
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return entries
    }
}
