// SPDX-License-Identifier: Apache-2.0

import ELF
import JSON
import Testing

@testable import LivePatch

/// Reading the manifest, which is foreign input.
@Suite struct ManifestReadingTests {
    /// A manifest with every field there is, none of which is empty.
    static let full = Manifest(
        target: .init(name: "libsample.so.1", buildID: BuildID(bytes: [0xab, 0xcd]), package: "sample=1.0"), level: 3,
        fixes: [
            .init(
                level: 2, vulnerabilities: ["CVE-2026-12345"], title: "A fix", origin: "upstream", author: "someone",
                source: "a.c", hunks: ["00ff"])
        ],
        functions: [
            .init(
                name: "first", pieces: [.init(name: "first", address: 0x1000, size: 16, originalOffset: 5)],
                jumpOffset: 4, replacementOffset: 0x20, replacementSize: 0x21)
        ],
        addedFunctions: [.init(name: "helper", offset: 0x40, size: 6)], removedFunctions: ["gone"],
        data: [
            .init(
                name: "counter", place: .added, size: 4,
                variable: .init(name: "counter", unit: "a.c", offset: 0x50, users: ["first"]))
        ],
        heldMemory: [.code, .variables], evidence: [.init(kind: .rebuild, subject: "libsample.so.1", detail: "equal")],
        findings: [
            .init(
                rule: .changedVariable, weight: .blocking, unit: "a.c", symbols: ["limit"], facts: ["4 bytes"],
                waiver: .init(name: "changed-variable", reason: "Nobody reads it."))
        ],
        hooks: [.init(moment: .afterApply, function: "count", offset: 0x60)],
        unwindTables: .init(offset: 0x70, areRequired: true, registration: 0x2000, deregistration: 0x2010),
        revertHazards: [.init(english: "Close the connections first.", japanese: "先に接続を閉じてください。")],
        builder: .init(name: "test", version: "1"), compiler: "gcc 12")

    @Test func `every field is read as it was written`() throws {
        #expect(try Manifest(parsing: Self.full.encoded()) == Self.full)
    }

    @Test func `what may be missing may be null, too`() throws {
        var manifest = Self.full
        manifest.heldMemory = nil
        manifest.unwindTables = nil
        manifest.target.package = nil
        var text = String(decoding: try manifest.encoded(), as: UTF8.self)
        #expect(try Manifest(parsing: Array(text.utf8)) == manifest)
        text.replace(#"{"addedFunctions""#, with: #"{"heldMemory":null,"unwindTables":null,"addedFunctions""#)
        #expect(try Manifest(parsing: Array(text.utf8)) == manifest)
    }

    /// Each value of the text is replaced by one of another kind, and each field is left out, one at a time.
    @Test func `a value of another kind is refused wherever it is`() throws {
        let document = try JSONValue(parsing: try Self.full.encoded())
        let optional: Set<String> = [
            "heldMemory", "unwindTables", "package", "origin", "author", "variable", "unit", "waiver", "registration",
            "deregistration", "ja",
        ]
        let broken = document.brokenValues(mayMiss: optional)
        #expect(broken.count > 120)
        for value in broken {
            #expect(throws: ArtefactError.self, "\(String(decoding: value.text, as: UTF8.self))") {
                try Manifest(parsing: value.text)
            }
        }
    }

    @Test(arguments: [
        ("\"abcd\"", "\"abc\"", "target.buildID"), ("\"added\"", "\"lost\"", "data[0].place"),
        ("\"after-apply\"", "\"later\"", "hooks[0].moment"), ("\"rebuild\"", "\"hearsay\"", "evidence[0].kind"),
        ("4096", "-1", "functions[0].pieces[0].address"), ("\"code\"", "\"heap\"", "heldMemory"),
    ])
    func `a value that cannot be is refused with its field`(old: String, new: String, field: String) throws {
        let text = String(decoding: try Self.full.encoded(), as: UTF8.self)
        let changed = text.replacing(old, with: new, maxReplacements: 1)
        #expect(changed != text)
        let error = #expect(throws: ArtefactError.self) { try Manifest(parsing: Array(changed.utf8)) }
        #expect(error?.description.contains(field) == true, "\(error?.description ?? "no error")")
    }
}

extension JSONValue {
    /// The value with one thing wrong, in each place.
    fileprivate func brokenValues(mayMiss optional: Set<String>) -> [JSONValue] {
        let wrong: JSONValue = if case .boolean = self { .integer(1) } else { .boolean(true) }
        var values = [wrong]
        switch self {
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                for broken in element.brokenValues(mayMiss: optional) {
                    var copy = elements
                    copy[index] = broken
                    values.append(.array(copy))
                }
            }
        case .object(let object):
            for member in object.members {
                var copy = object
                for broken in member.value.brokenValues(mayMiss: optional) {
                    copy[member.name] = broken
                    values.append(.object(copy))
                }
                guard !optional.contains(member.name) || member.name == "unit" && object["users"] != nil else {
                    continue
                }
                copy[member.name] = nil
                values.append(.object(copy))
            }
        case .null, .boolean, .integer, .string: break
        }
        return values
    }
}
