// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import TestSupport
import Testing

@testable import PatchBuilder

@Suite struct `Giving build roots up` {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    func cache(limit: UInt64 = .max) throws -> BuildCache { try BuildCache(path: directory.path, limit: limit) }

    /// Makes a root of a thousand bytes, last used at a time.
    func make(
        _ name: String, usedAt time: Double, in cache: BuildCache,
        use: @escaping @Sendable (BuildRoot) async throws(BuildError) -> Void = { _ in }
    ) async throws {
        try await cache.withRoot(key: name, name: "package \(name)", progress: { _ in }) {
            (root: BuildRoot) async throws(BuildError) in
            try Files.createDirectory(root.tree)
            try Files.write(Array(repeating: 0, count: 1000), to: root.tree + "/file")
        } use: { (root: BuildRoot) async throws(BuildError) in
            try await use(root)
            let date = Date(timeIntervalSince1970: time)
            try Files.setAttributes(of: root.path + "/complete", to: [.modificationDate: date])
        }
    }

    func names(_ cache: BuildCache) throws -> [String] { try cache.roots().map(\.name) }

    @Test func `roots are listed with name, size and last use, the last one first`() async throws {
        let cache = try cache()
        for (name, time) in [("a", 2000.0), ("b", 3000), ("c", 1000)] { try await make(name, usedAt: time, in: cache) }
        let roots = try cache.roots()
        #expect(roots.map(\.name) == ["package b", "package a", "package c"])
        #expect(roots.map(\.lastUse.timeIntervalSince1970) == [3000, 2000, 1000])
        #expect(roots.allSatisfy { $0.isComplete && (1000..<90_000).contains($0.size) }, "\(roots)")
    }

    @Test func `a root that is not finished is listed as such`() async throws {
        let cache = try cache()
        await #expect(throws: BuildError.cancelled) {
            try await cache.withRoot(key: "k", name: "broken", progress: { _ in }) {
                (root: BuildRoot) async throws(BuildError) in
                throw .cancelled
            } use: { (root: BuildRoot) async throws(BuildError) in
            }
        }
        #expect(try cache.roots().map(\.isComplete) == [false])
        #expect(try names(cache) == ["broken"])
    }

    @Test func `systems are kept, listed, given up and removed as roots are`() async throws {
        let cache = try cache(limit: 200_000)
        func use(_ system: String, at time: Double, size: Int, making: BuildError? = nil) async throws(BuildError) {
            try await cache.withRoot(.system, key: system, name: "system \(system)", progress: { _ in }) {
                (root: BuildRoot) async throws(BuildError) in
                try Files.createDirectory(root.tree)
                try Files.write(Array(repeating: 0, count: size), to: root.tree + "/file")
                if let making { throw making }
            } use: { (root: BuildRoot) async throws(BuildError) -> Void in
                #expect(root.tree.hasPrefix(cache.path + "/systems/\(system)/"))
                let date = Date(timeIntervalSince1970: time)
                try Files.setAttributes(of: root.path + "/complete", to: [.modificationDate: date])
            }
        }
        try await make("a", usedAt: 2000, in: cache)
        // An interrupt, and a disk that is full: what was there is gone at the next start.
        let full = BuildError.fileSystem(.write, path: "file", reason: "the disk is full")
        for failure in [BuildError.cancelled, full] {
            await #expect(throws: failure) { try await use("s", at: 1000, size: 90, making: failure) }
            #expect(try cache.roots().first { $0.kind == .system }?.isComplete == false)
        }
        try await use("s", at: 1000, size: 100)
        #expect(try Files.names(in: cache.path + "/systems/s") == ["3", "last", "name"])
        #expect(try cache.roots().map(\.kind) == [.source, .system])
        #expect(try cache.roots().allSatisfy(\.isComplete))
        try await use("t", at: 3000, size: 150_000)
        #expect(try names(cache) == ["system t"], "all others went, the least recently used ones first")
        #expect(try cache.removeRoots(named: "system t").map(\.kind) == [.system])
        #expect(try Files.names(in: cache.path + "/systems").isEmpty)
    }

    @Test func `a system in which something is built is not removed`() async throws {
        let cache = try cache()
        try await cache.withRoot(.system, key: "s", name: "system", progress: { _ in }) {
            (root: BuildRoot) async throws(BuildError) in
        } use: { (root: BuildRoot) async throws(BuildError) -> Void in
            #expect(throws: BuildError.rootInUse("system")) { try cache.removeRoots(named: "system") }
        }
        #expect(try names(cache) == ["system"])
    }

    @Test func `a new root pushes out those that were not used for longest`() async throws {
        let generous = try cache()
        for (name, time) in [("a", 2000.0), ("b", 3000), ("c", 1000)] {
            try await make(name, usedAt: time, in: generous)
        }
        let size = try generous.roots().reduce(0) { $0 + $1.size }
        try await make("d", usedAt: 4000, in: try cache(limit: size))
        #expect(try names(generous) == ["package d", "package b", "package a"])
        #expect(try Files.names(in: directory.path + "/trash").isEmpty)
    }

    @Test func `the root that is made stays, however small the limit`() async throws {
        let cache = try cache(limit: 1)
        try await make("a", usedAt: 1000, in: cache)
        try await make("b", usedAt: 0, in: cache)
        #expect(try names(cache) == ["package b"])
    }

    @Test func `a root in use is neither given up nor removed`() async throws {
        let cache = try cache(limit: 1)
        let other = try self.cache(limit: 1)
        try await make("a", usedAt: 1000, in: cache) { (root: BuildRoot) async throws(BuildError) in
            do {
                try await make("b", usedAt: 2000, in: other)
            } catch {
                throw .cancelled
            }
            #expect(Files.exists(root.tree + "/file"))
            #expect(throws: BuildError.rootInUse("package a")) { try other.removeRoots(named: "package a") }
            #expect(Files.exists(root.tree + "/file"))
        }
        #expect(try names(cache) == ["package b", "package a"])
    }

    @Test func `a root is removed by its name, and an unknown name is answered with those that are known`() async throws
    {
        let cache = try cache()
        try await make("a", usedAt: 1000, in: cache)
        try await make("b", usedAt: 1000, in: cache)
        #expect(try cache.removeRoots(named: "package a").map(\.name) == ["package a"])
        #expect(try names(cache) == ["package b"])
        #expect(throws: BuildError.noSuchRoot("package a", known: ["package b"])) {
            try cache.removeRoots(named: "package a")
        }
    }

    @Test func `using a root makes it the last one to be given up`() async throws {
        let cache = try cache()
        for (name, time) in [("a", 1000.0), ("b", 2000)] { try await make(name, usedAt: time, in: cache) }
        try await cache.withRoot(key: "a", name: "package a", progress: { _ in }) {
            (root: BuildRoot) async throws(BuildError) in
            Issue.record("made again")
        } use: { (root: BuildRoot) async throws(BuildError) in
        }
        #expect(try names(cache) == ["package a", "package b"])
    }
}
