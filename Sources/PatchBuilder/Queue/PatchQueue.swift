// SPDX-License-Identifier: Apache-2.0

/// A queue of fixes for one source: a folder with a `series` file, as quilt has it.
///
/// Each fix is a level of its own, and a level has the fixes of all levels below it. Level N is the first N fixes of the
/// series, applied one on top of the other.
package struct PatchQueue: Sendable {
    /// The fixes in the order of the series; the first is level 1.
    package let fixes: [Fix]

    /// Reads a queue.
    ///
    /// - Parameter directory: The folder, or the series file.
    /// - Throws: `BuildError` naming the series file, the line and the fix's file.
    package init(in directory: String) throws(BuildError) {
        let path = Files.isFile(directory) ? directory : directory + "/series"
        guard Files.isFile(path) else { throw .noSeries(directory) }
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let series = try Series(parsing: try Files.read(path), path: path)
        var fixes: [Fix] = []
        for entry in series.entries {
            let place = QueuePlace(series: path, line: entry.line, file: entry.file)
            do throws(BuildError) {
                var fix = try Fix(parsing: try Files.read(folder + "/" + entry.file))
                fix.place = place
                fixes.append(fix)
            } catch {
                throw .inQueue(place, error)
            }
        }
        self.fixes = fixes
    }

    /// The levels, from 1.
    package var levels: ClosedRange<Int> { 1...fixes.count }

    /// Everything that a level fixes, as one fix; the level must be one of ``levels``.
    package func fix(ofLevel level: Int) -> Fix {
        var fix = fixes[level - 1]
        fix.below = Array(fixes[..<(level - 1)])
        return fix
    }
}
