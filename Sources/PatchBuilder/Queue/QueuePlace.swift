// SPDX-License-Identifier: Apache-2.0

/// Where a fix stands in a queue.
package struct QueuePlace: Sendable, Hashable {
    /// The path of the series file.
    package var series: String
    /// The line of the series file, counted from 1.
    package var line: Int
    /// The fix's file, as the series file names it.
    package var file: String

    /// A place in a series file.
    package init(series: String, line: Int, file: String) {
        self.series = series
        self.line = line
        self.file = file
    }
}
