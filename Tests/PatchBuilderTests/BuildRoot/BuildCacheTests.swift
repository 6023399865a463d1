// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Synchronization
import TestSupport
import Testing

@testable import PatchBuilder

@Suite struct `Keeping build roots` {
    let directory: TemporaryDirectory
    let cache: BuildCache

    init() throws {
        directory = try TemporaryDirectory()
        cache = try BuildCache(path: directory.path)
    }

    /// Uses a root whose tree is one file; gives the file's text as `use` finds it, or runs `use`.
    func withRoot(
        making: @escaping @Sendable (BuildRoot) async throws(BuildError) -> Void = { _ in },
        use: @escaping @Sendable (BuildRoot) async throws(BuildError) -> Void = { _ in }
    ) async throws(BuildError) -> String {
        try await cache.withRoot(key: "key", name: "test", progress: { _ in }) {
            (root: BuildRoot) async throws(BuildError) in
            try Files.createDirectory(root.tree + "/src")
            try Files.write(Array("unfixed".utf8), to: root.tree + "/src/a.c")
            try await making(root)
        } use: { (root: BuildRoot) async throws(BuildError) -> String in
            try await use(root)
            return String(decoding: try Files.read(root.tree + "/src/a.c"), as: UTF8.self)
        }
    }

    let fixed = [TouchedFile(path: "src/a.c", fixedText: Array("fixed".utf8))]

    @Test func `a root is made once`() async throws {
        let made = Counter()
        for _ in 1...3 { _ = try await withRoot(making: { _ in made.count() }) }
        #expect(made.value == 1)
    }

    @Test func `a root whose making failed is made anew`() async throws {
        await #expect(throws: BuildError.cancelled) {
            try await withRoot(making: { (root: BuildRoot) async throws(BuildError) in
                try Files.write([], to: root.tree + "/rest")
                throw .cancelled
            })
        }
        _ = try await withRoot(use: { (root: BuildRoot) async throws(BuildError) in
            #expect(!Files.exists(root.tree + "/rest"))
            // What an abandoned build still writes goes to its own path, not here.
            #expect(root.path.hasSuffix("/2"))
        })
        try directory.write("late", to: "roots/key/1/tree/src/a.c")
        #expect(try await withRoot() == "unfixed")
        #expect(!directory.exists("roots/key/1"))
        #expect(try Files.names(in: cache.path + "/trash").isEmpty)
    }

    @Test func `the tree is fixed only within the call, also when it fails`() async throws {
        let fixed = fixed
        let text = try await withRoot(use: { (root: BuildRoot) async throws(BuildError) in
            let within = try await root.withFixedFiles(fixed) { () async throws(BuildError) in
                try Files.read(root.tree + "/src/a.c")
            }
            #expect(within == Array("fixed".utf8))
            await #expect(throws: BuildError.cancelled) {
                try await root.withFixedFiles(fixed) { () async throws(BuildError) in throw .cancelled }
            }
        })
        #expect(text == "unfixed")
    }

    @Test func `a tree that was left fixed is put back at the next start`() async throws {
        let fixed = fixed
        _ = try await withRoot(use: { (root: BuildRoot) async throws(BuildError) in
            // As withFixedFiles does, and then dies.
            try root.setAside(["src/a.c"])
            try Files.write(fixed[0].fixedText, to: root.tree + "/src/a.c")
        })
        #expect(try await withRoot() == "unfixed")
    }

    @Test func `new files are gone after the call, and at the next start if we died`() async throws {
        let new = [
            TouchedFile(path: "src/new.h", fixedText: [1], isNew: true),
            TouchedFile(path: "src/deep/er/one.h", fixedText: [2], isNew: true),
            TouchedFile(path: "src/deep/er/two.h", fixedText: [3], isNew: true),
        ]
        let fixed = fixed
        _ = try await withRoot(use: { (root: BuildRoot) async throws(BuildError) in
            try await root.withFixedFiles(fixed + new) { () async throws(BuildError) in
                for file in new { #expect(try Files.read(root.tree + "/" + file.path) == file.fixedText) }
            }
            #expect(try Files.paths(below: root.tree) == ["src", "src/a.c"])
            // As withFixedFiles does, and then dies.
            try root.setAside(["src/a.c", "src/new.h", "src/deep/er/one.h"])
            try Files.createDirectory(root.tree + "/src/deep/er")
            for file in ["a.c", "new.h", "deep/er/one.h"] { try Files.write([4], to: root.tree + "/src/" + file) }
        })
        let text = try await withRoot(use: { (root: BuildRoot) async throws(BuildError) in
            #expect(try Files.paths(below: root.tree) == ["src", "src/a.c"])
        })
        #expect(text == "unfixed")
    }

    @Test func `a file that was put back has its old time, by which make decides`() async throws {
        let fixed = fixed
        let past = Date(timeIntervalSince1970: 1_000_000_000)
        _ = try await withRoot(use: { (root: BuildRoot) async throws(BuildError) in
            let file = root.tree + "/src/a.c"
            try Files.setAttributes(of: file, to: [.modificationDate: past])
            try await root.withFixedFiles(fixed) { () async throws(BuildError) in }
            #expect(try Files.attributes(file)[.modificationDate] as? Date == past)
        })
    }

    @Test func `a restoration that was interrupted is done again`() async throws {
        _ = try await withRoot(use: { (root: BuildRoot) async throws(BuildError) in
            try root.setAside(["src/a.c"])
            // Died with the copies half made, beside whole ones of an earlier time.
            try Files.createDirectory(root.path + "/pristine.new/src")
            try Files.write(Array("half".utf8), to: root.path + "/pristine.new/src/a.c")
            try Files.write([], to: root.tree + "/src/a.c")
        })
        #expect(try await withRoot() == "unfixed")
        #expect(try await withRoot() == "unfixed")
    }

    @Test func `two runs never use a root at once`() async throws {
        let inside = Counter()
        let steps = Steps()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 1...4 {
                group.addTask {
                    try await FileLock.held(at: directory.path + "/lock", for: "test", progress: { steps.add($0) }) {
                        () async throws(BuildError) in
                        #expect(inside.count() == 1)
                        await Task.yield()
                        inside.uncount()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(inside.value == 0)
    }

    @Test func `waiting for a root ends when the task is cancelled`() async throws {
        let lock = directory.path + "/lock"
        try await FileLock.held(at: lock, for: "test", progress: { _ in }) { () async throws(BuildError) in
            let waiting = Task {
                try await FileLock.held(at: lock, for: "test", progress: { _ in }) { () async throws(BuildError) in }
            }
            waiting.cancel()
            let result = await waiting.result
            #expect(throws: BuildError.cancelled) { try result.get() }
        }
    }

    @Test(arguments: ["with blank", "with:colon", "with$dollar"])
    func `a folder in which makefiles fail is refused`(name: String) throws {
        let path = directory.path + "/" + name
        #expect(throws: BuildError.unsuitableCache(path)) { try BuildCache(path: path) }
    }

    @Test(arguments: [
        (["KAKETSUGI_CACHE": "/k", "XDG_CACHE_HOME": "/x", "HOME": "/h"], "/k"),
        (["XDG_CACHE_HOME": "/x", "HOME": "/h"], "/x/kaketsugi"),
        (["XDG_CACHE_HOME": "relative", "HOME": "/h"], "/h/.cache/kaketsugi"),
        (["KAKETSUGI_CACHE": "", "HOME": "/h"], "/h/.cache/kaketsugi"),
    ])
    func `the cache is where the environment says`(environment: [String: String], path: String) {
        #expect(BuildCache.standardPath(environment) == path)
    }
}

final class Counter: Sendable {
    private let number = Mutex(0)
    var value: Int { number.withLock { $0 } }

    @discardableResult func count() -> Int {
        number.withLock {
            $0 += 1
            return $0
        }
    }

    func uncount() { number.withLock { $0 -= 1 } }
}
