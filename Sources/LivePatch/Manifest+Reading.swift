// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import JSON

/// The fields of an object in a manifest.
private typealias Fields = JSONFields<ArtefactError>

// Read field by field: `JSONDecoder` looks up, for each type and anew in each run, how it is decoded, which would take as
// long as all else that applying a patch takes.
extension Manifest {
    /// Reads a manifest's JSON text.
    ///
    /// - Throws: ``ArtefactError/badManifest(reason:)`` with the path of the field that is missing or wrong,
    ///   ``ArtefactError/unsupportedVersion(found:)``, ``ArtefactError/tooLarge(what:size:limit:)``.
    package init(parsing text: [UInt8]) throws(ArtefactError) {
        try Artefact.require("manifest", UInt64(text.count), atMost: UInt64(Artefact.Limit.manifestSize))
        let document: JSONValue
        do throws(JSONFault) {
            document = try JSONValue(parsing: text)
        } catch {
            throw .badManifest(reason: "the text is no JSON: \(error.reason.rawValue) at byte \(error.offset)")
        }
        let fields = try Fields(document, path: "")
        let version = Int(try fields.integer("schemaVersion", atLeast: 0))
        guard version == Self.currentSchemaVersion else { throw .unsupportedVersion(found: version) }
        self.init(
            target: try Target(try fields.fields("target")), level: try fields.size("level"),
            fixes: try fields.list("fixes", Fix.init), functions: try fields.list("functions", ReplacedFunction.init),
            addedFunctions: try fields.list("addedFunctions", AddedFunction.init),
            removedFunctions: try fields.strings("removedFunctions"), data: try fields.list("data", Datum.init),
            heldMemory: try fields.optional("heldMemory") { name throws(ArtefactError) in try fields.words(name) },
            evidence: try fields.list("evidence", Evidence.init), findings: try fields.list("findings", Finding.init),
            hooks: try fields.list("hooks", Hook.init),
            unwindTables: try fields.optional("unwindTables") { name throws(ArtefactError) in
                try UnwindTables(try fields.fields(name))
            }, revertHazards: try fields.list("revertHazards", LocalizedText.init),
            builder: try Builder(try fields.fields("builder")), compiler: try fields.string("compiler"),
            kernel: try fields.optional("kernel") { name throws(ArtefactError) in
                try Kernel(try fields.fields(name))
            })
    }
}

extension JSONFields<ArtefactError> {
    /// A number of 64 bits without a sign, below 2^63: an address, an offset or a size.
    fileprivate func unsigned(_ name: String) throws(ArtefactError) -> UInt64 {
        UInt64(try integer(name, atLeast: 0))
    }

    /// Some of a kind's words.
    fileprivate func words<Word: RawRepresentable<String>>(_ name: String) throws(ArtefactError) -> [Word] {
        var words: [Word] = []
        for text in try strings(name) {
            guard let word = Word(rawValue: text) else { throw .badValue(field: path(of: name), value: text) }
            words.append(word)
        }
        return words
    }
}

extension Manifest.Target {
    fileprivate init(_ fields: Fields) throws(ArtefactError) {
        let text = try fields.string("buildID")
        guard let buildID = BuildID(hexadecimal: text) else {
            throw .badValue(field: fields.path(of: "buildID"), value: text)
        }
        self.init(
            name: try fields.string("name"), buildID: buildID, package: try fields.optional("package", fields.string))
    }
}

extension Manifest.Builder {
    fileprivate init(_ fields: Fields) throws(ArtefactError) {
        self.init(name: try fields.string("name"), version: try fields.string("version"))
    }
}

extension Manifest.Fix {
    fileprivate init(_ fields: Fields) throws(ArtefactError) {
        self.init(
            level: try fields.size("level"), vulnerabilities: try fields.strings("vulnerabilities"),
            title: try fields.string("title"), origin: try fields.optional("origin", fields.string),
            author: try fields.optional("author", fields.string), source: try fields.string("source"),
            hunks: try fields.strings("hunks"))
    }
}

extension Manifest.ReplacedFunction {
    fileprivate init(_ fields: Fields) throws(ArtefactError) {
        self.init(
            name: try fields.string("name"), pieces: try fields.list("pieces", Manifest.Piece.init),
            jumpOffset: try fields.unsigned("jumpOffset"), replacementOffset: try fields.unsigned("replacementOffset"),
            replacementSize: try fields.unsigned("replacementSize"),
            isContinued: try fields.optional("isContinued", fields.boolean))
    }
}

extension Manifest.Piece {
    fileprivate init(_ fields: Fields) throws(ArtefactError) {
        self.init(
            name: try fields.string("name"), address: try fields.unsigned("address"),
            size: try fields.unsigned("size"), originalOffset: try fields.unsigned("originalOffset"))
    }
}

extension Manifest.AddedFunction {
    fileprivate init(_ fields: Fields) throws(ArtefactError) {
        self.init(
            name: try fields.string("name"), offset: try fields.unsigned("offset"), size: try fields.unsigned("size"))
    }
}

extension Manifest.Datum {
    fileprivate init(_ fields: Fields) throws(ArtefactError) {
        self.init(
            name: try fields.string("name"), place: try fields.word("place"), size: try fields.unsigned("size"),
            variable: try fields.optional("variable") { name throws(ArtefactError) in
                try Manifest.Variable(try fields.fields(name))
            })
    }
}

extension Manifest.Variable {
    fileprivate init(_ fields: Fields) throws(ArtefactError) {
        self.init(
            name: try fields.string("name"), unit: try fields.string("unit"), offset: try fields.unsigned("offset"),
            users: try fields.strings("users"))
    }
}

extension Manifest.Evidence {
    fileprivate init(_ fields: Fields) throws(ArtefactError) {
        self.init(
            kind: try fields.word("kind"), subject: try fields.string("subject"), detail: try fields.string("detail"))
    }
}

extension Manifest.Hook {
    fileprivate init(_ fields: Fields) throws(ArtefactError) {
        self.init(
            moment: try fields.word("moment"), function: try fields.string("function"),
            offset: try fields.unsigned("offset"))
    }
}

extension Manifest.Kernel {
    fileprivate init(_ fields: Fields) throws(ArtefactError) {
        self.init(
            release: try fields.string("release"), safeRelease: try fields.optional("safeRelease", fields.string),
            module: try fields.string("module"), parts: try fields.list("parts", Part.init),
            functions: try fields.list("functions", Function.init), added: try fields.strings("added"))
    }
}

extension Manifest.KernelPart {
    fileprivate init(_ fields: Fields) throws(ArtefactError) {
        let text = try fields.string("buildID")
        guard let buildID = BuildID(hexadecimal: text) else {
            throw .badValue(field: fields.path(of: "buildID"), value: text)
        }
        self.init(name: try fields.string("name"), buildID: buildID)
    }
}

extension Manifest.KernelFunction {
    fileprivate init(_ fields: Fields) throws(ArtefactError) {
        self.init(
            part: try fields.string("part"), name: try fields.string("name"), position: try fields.size("position"),
            unit: try fields.string("unit"), size: try fields.unsigned("size"))
    }
}

extension Manifest.UnwindTables {
    fileprivate init(_ fields: Fields) throws(ArtefactError) {
        self.init(
            offset: try fields.unsigned("offset"), areRequired: try fields.boolean("areRequired"),
            registration: try fields.optional("registration", fields.unsigned),
            deregistration: try fields.optional("deregistration", fields.unsigned))
    }
}

extension Finding {
    fileprivate init(_ fields: Fields) throws(ArtefactError) {
        self.init(
            rule: try fields.word("rule"), weight: try fields.word("weight"),
            unit: try fields.optional("unit", fields.string), symbols: try fields.strings("symbols"),
            facts: try fields.strings("facts"),
            waiver: try fields.optional("waiver") { name throws(ArtefactError) in
                let waiver = try fields.fields(name)
                return Waiver(name: try waiver.string("name"), reason: try waiver.string("reason"))
            })
    }
}

extension LocalizedText {
    fileprivate init(_ fields: Fields) throws(ArtefactError) {
        self.init(english: try fields.string("en"), japanese: try fields.optional("ja", fields.string))
    }
}
