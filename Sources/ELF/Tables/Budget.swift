// SPDX-License-Identifier: Apache-2.0

/// What all entries of a table may cost together.
///
/// Entries of a damaged or hostile file may all refer to the same long text or table. Reading them would take memory
/// with the square of the file's size; with a budget it takes a multiple of the size.
struct Budget {
    private let limit: UInt64
    private let part: ELFError.Part
    private var spent: UInt64 = 0

    /// The budget for the texts of a file.
    ///
    /// Linkers do share equal texts and common ends, but not by such a factor.
    static func texts(ofFileOfSize size: Int, in part: ELFError.Part) -> Budget {
        Budget(limit: UInt64(size) * 64, part: part)
    }

    /// A budget of a number of bytes.
    init(limit: UInt64, part: ELFError.Part) {
        self.limit = limit
        self.part = part
    }

    /// Takes bytes from the budget.
    ///
    /// - Throws: `ELFError.excessive` if nothing is left.
    mutating func spend(_ count: Int) throws(ELFError) {
        spent += UInt64(count)
        guard spent <= limit else { throw .excessive(part, limit: limit) }
    }
}
