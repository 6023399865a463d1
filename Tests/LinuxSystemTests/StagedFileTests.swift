// SPDX-License-Identifier: Apache-2.0

import Foundation
import LinuxSystem
import TestSupport
import Testing

/// Files that take their place in one step.
@Suite struct StagedFileTests {
    private func names(in directory: TemporaryDirectory) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
    }

    private func permissions(of path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func `a file is replaced as a whole`() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("old and longer", to: "file")
        var file = try StagedFile(replacing: path)
        try file.write(Array("new".utf8))
        #expect(try directory.read("file") == "old and longer")
        try file.write(Array(", all of it".utf8))
        try file.putInPlace()
        #expect(try directory.read("file") == "new, all of it")
        #expect(try names(in: directory) == ["file"])
    }

    @Test func `what never came into place is gone`() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("old", to: "file")
        do {
            var file = try StagedFile(replacing: path)
            try file.write(Array("half".utf8))
            #expect(try names(in: directory).count == 2)
        }
        #expect(try names(in: directory) == ["file"])
        #expect(try directory.read("file") == "old")
    }

    @Test func `a secret is for its owner's eyes from the first byte on`() throws {
        let directory = try TemporaryDirectory()
        try replaceFile(directory.path("secret"), with: [1], for: .owner)
        try replaceFile(directory.path("open"), with: [1])
        #expect(try permissions(of: directory.path("secret")) == 0o600)
        #expect(try permissions(of: directory.path("open")) == 0o644)
        let staged = try StagedFile(replacing: directory.path("secret"))
        let hidden = try #require(try names(in: directory).first { $0.hasPrefix(".secret.") })
        #expect(try permissions(of: directory.path(hidden)) == 0o600)
        _ = consume staged
    }

    @Test func `a failure names the call and the path`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("missing/file")
        #expect(throws: SystemError("mkostemp", .noSuchFile, on: .path(path))) {
            try replaceFile(path, with: [1])
        }
    }

    @Test func `removing and making may be done twice`() throws {
        let directory = try TemporaryDirectory()
        for _ in 0..<2 {
            try makeDirectory(directory.path("folder"))
            try replaceFile(directory.path("folder/file"), with: [])
        }
        for _ in 0..<2 { try removeFile(directory.path("folder/file")) }
        #expect(!directory.exists("folder/file"))
        #expect(throws: SystemError.self) { try makeDirectory(directory.path("no/folder")) }
        #expect(throws: SystemError.self) { try removeFile(directory.path("folder")) }
    }
}
