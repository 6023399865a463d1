// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TestSupport
import Testing

@testable import PatchBuilder

/// A kernel whose version has left the archive, of which something may still be kept.
@Suite struct NearestKernelTests {
    /// An archive that offers some versions, and whose downloads end with what was asked for being written down.
    final class Archive: KernelArchive {
        let lock: String
        let offered: [String]
        let downloads = Mutex<[String]>([])

        init(offered: [String], lock: String) {
            self.offered = offered
            self.lock = lock
        }

        func prepare() {}
        func update() {}

        func record(of kernel: KernelPackage) throws(BuildError) -> KernelRecord {
            guard offered.contains(kernel.version) else {
                throw .versionNotOffered(package: "\(kernel)", version: kernel.version, offered: offered)
            }
            return NearestKernelTests.record(kernel.version)
        }

        func downloadBinaries(_ packages: [DebianPackage], into directory: String) throws(BuildError) {
            let version = packages.first?.version ?? ""
            downloads.withLock { $0.append(version) }
            guard !offered.contains(version) else { throw .cancelled }
            throw .toolFailed(.aptGet, arguments: ["download"], outcome: .exited(100), lastLines: [], log: "")
        }
    }

    static func record(_ version: String) -> KernelRecord {
        KernelRecord(
            release: "6.1.0-1-cloud-amd64", packages: [.init(name: "linux-image", version: version, digest: version)])
    }

    private let directory: TemporaryDirectory
    private let cache: BuildCache
    private let archive: Archive
    private let source: KernelSource

    init() throws {
        directory = try TemporaryDirectory()
        cache = try BuildCache(path: directory.path)
        archive = Archive(offered: ["6.1.9-1", "6.1.5-1", "6.12.3-1"], lock: directory.path("archive"))
        let package = try #require(try KernelPackage(parsing: "linux=6.1.3-1", flavour: "cloud-amd64"))
        source = KernelSource(package: package, cache: cache, archive: archive) { _ in }
    }

    @Test func `what was kept of a version that has left does not keep the nearest from being found`() async throws {
        try Files.writeJSON(Self.record("6.1.3-1"), to: source.recordFile)
        await #expect(throws: BuildError.cancelled) { try await source.prepareNearest() }
        #expect(archive.downloads.withLock { $0 } == ["6.1.3-1", "6.1.5-1"])
        #expect(!Files.exists(source.recordFile))
    }

    @Test func `the refusal names what is offered where no other version is wanted`() async throws {
        try Files.writeJSON(Self.record("6.1.3-1"), to: source.recordFile)
        let refusal = BuildError.versionNotOffered(
            package: "linux=6.1.3-1 cloud-amd64", version: "6.1.3-1", offered: archive.offered)
        await #expect(throws: refusal) { try await source.prepare() }
        await #expect(throws: refusal, "nothing is kept of it") { try await source.prepare() }
        #expect(archive.downloads.withLock { $0 } == ["6.1.3-1"])
    }

    @Test func `a failed download of what is offered is one`() async throws {
        let other = KernelSource(
            package: try #require(try KernelPackage(parsing: "linux=6.1.9-1", flavour: "cloud-amd64")), cache: cache,
            archive: archive
        ) { _ in }
        // The archive has it, but not in the version that was kept.
        try Files.writeJSON(Self.record("6.1.8-1"), to: other.recordFile)
        let error = await #expect(throws: BuildError.self) { try await other.prepareNearest() }
        guard case .toolFailed = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(Files.exists(other.recordFile) && archive.downloads.withLock { $0 } == ["6.1.8-1", "6.1.8-1"])
    }
}
