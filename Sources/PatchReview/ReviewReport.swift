// SPDX-License-Identifier: Apache-2.0

internal import LivePatch

/// A review for programs.
package struct ReviewReport: Encodable {
    /// The layout of this report; the manifest has a layout version of its own.
    let schemaVersion = 1
    /// The SHA-256 of the patch's file; left out for a patch that was not made.
    let id: String?
    /// The file's length in bytes.
    let fileSize: Int?
    /// What the patch says of itself; findings and evidence are in it.
    let manifest: Manifest
    /// The replaced functions.
    let functions: [Function]
    /// The added functions.
    let added: [Added]
    /// The units that the fix reaches.
    let units: [ReviewDocument.Unit]
    /// The fix, a unified diff.
    let fix: String?

    /// A replaced function.
    struct Function: Encodable {
        let name: String
        let unit: String?
        let address: UInt64
        let oldSize: UInt64
        let newSize: UInt64
        let callers: [ReviewDocument.Caller]?
        let inlinedInto: [String]?
        let data: [Datum]
        let parts: [Part]
    }

    /// A datum that a function touches.
    struct Datum: Encodable {
        let name: String
        let before: DataUse.Use?
        let after: DataUse.Use?
    }

    /// The code of a function or of its cold part.
    struct Part: Encodable {
        let name: String
        let rows: [Row]
    }

    /// Instructions beside each other.
    struct Row: Encodable {
        let change: CodeRow.Change
        let before: Line?
        let after: Line?
    }

    /// An instruction.
    struct Line: Encodable {
        let offset: UInt64
        let bytes: String
        let text: String
    }

    /// An added function.
    struct Added: Encodable {
        let name: String
        let code: [Line]
    }

    /// The report of a review.
    package init(_ review: PatchReview) {
        id = review.id?.description
        fileSize = review.fileSize
        manifest = review.manifest
        functions = review.functions.map(Function.init)
        added = review.added.map { Added(name: $0.name, code: $0.lines.map(Line.init)) }
        units = review.document?.units ?? []
        fix = review.document?.fix
    }
}

extension ReviewReport.Function {
    init(_ function: FunctionReview) {
        self.init(
            name: function.name, unit: function.unit, address: function.address, oldSize: function.oldSize,
            newSize: function.newSize, callers: function.callers, inlinedInto: function.inlinedInto,
            data: function.data.map { .init(name: $0.name, before: $0.old, after: $0.new) },
            parts: function.parts.map { part in
                .init(
                    name: part.name,
                    rows: part.rows.map { row in
                        .init(
                            change: row.change, before: row.old.map(ReviewReport.Line.init),
                            after: row.new.map(ReviewReport.Line.init))
                    })
            })
    }
}

extension ReviewReport.Line {
    init(_ line: CodeLine) {
        self.init(offset: line.offset, bytes: line.bytes, text: line.text)
    }
}
