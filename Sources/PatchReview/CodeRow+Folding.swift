// SPDX-License-Identifier: Apache-2.0

/// Rows that are shown, or folded away because nothing differs in them.
package struct CodeRun: Hashable, Sendable {
    /// The rows.
    package var rows: [CodeRow]
    /// Whether they are far from every change.
    package var isFolded: Bool
}

extension [CodeRow] {
    /// The rows in runs: those near a change, and those that are not.
    ///
    /// - Parameter context: how many equal rows on either side of a change are shown.
    /// - Returns: The runs in order, which together have all rows.
    package func folded(context: Int) -> [CodeRun] {
        var isNear = [Bool](repeating: false, count: count)
        for (position, row) in enumerated() where row.change != .same {
            for neighbour in Swift.max(0, position - context)...Swift.min(count - 1, position + context) {
                isNear[neighbour] = true
            }
        }
        var runs: [CodeRun] = []
        for (row, isNear) in zip(self, isNear) {
            if let last = runs.last, last.isFolded != isNear {
                runs[runs.count - 1].rows.append(row)
            } else {
                runs.append(CodeRun(rows: [row], isFolded: !isNear))
            }
        }
        // A fold takes a line of its own.
        return runs.map { $0.rows.count > 2 ? $0 : CodeRun(rows: $0.rows, isFolded: false) }
    }
}
