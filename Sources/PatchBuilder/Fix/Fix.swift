// SPDX-License-Identifier: Apache-2.0

package import LivePatch

/// A source fix as its author wrote it: a unified diff and the words above it.
package struct Fix: Sendable, Equatable {
    /// The subject or description that the text above the first change gives, if any.
    package var title: String?
    /// The CVE numbers named outside the changes, in the order of their appearance.
    package var vulnerabilities: [String]
    /// The decisions about findings that lines `Waive: RULE[:SYMBOL] REASON` state.
    package var waivers: [Waiver] = []
    package var files: [FileChange]
    /// Where the fix comes from, as DEP-3's `Origin`.
    package var origin: String?
    /// Who wrote it, as DEP-3's `Author` or `From`.
    package var author: String?
    /// What lines `Revert-Hazard:` and `Revert-Hazard-Ja:` say of the way back.
    package var revertHazards: [LocalizedText] = []
    /// Where it stands in a queue, if it is from one.
    package var place: QueuePlace?
    /// The fixes that this one goes on top of, the lowest first; each text is what the one before has made.
    package var below: [Fix] = []

    /// The fixes from the lowest level on; one that is not from a queue is alone.
    package var levels: [Fix] { below + [self] }
}

/// What a fix does to one file.
package struct FileChange: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case modified, created, deleted, renamed, binary
    }

    package var kind: Kind
    /// The names as the fix spells them, before any leading folder is taken away.
    package var oldName: String
    package var newName: String
    /// The line of the fix where this file begins, counted from 1.
    package var fixLine: Int
    package var hunks: [Hunk]
}

/// One contiguous change with the lines around it.
package struct Hunk: Sendable, Equatable {
    package var oldStart: Int
    package var newStart: Int
    package var lines: [HunkLine]
    package var fixLine: Int

    /// SHA-256 over the marked lines without the header: the same change has the same hash wherever it stands.
    package var hash: String {
        var text: [UInt8] = []
        for line in lines {
            text.append(line.mark.rawValue)
            text += line.text
        }
        return Digest.sha256(of: text)
    }

    var oldLines: [ArraySlice<UInt8>] { lines.filter { $0.mark != .added }.map { $0.text[...] } }
    var newLines: [ArraySlice<UInt8>] { lines.filter { $0.mark != .removed }.map { $0.text[...] } }
}

/// A line of a hunk, with its line end if it has one.
package struct HunkLine: Sendable, Equatable {
    package enum Mark: UInt8, Sendable {
        case kept = 0x20
        case removed = 0x2D
        case added = 0x2B
    }

    package var mark: Mark
    package var text: [UInt8]
}
