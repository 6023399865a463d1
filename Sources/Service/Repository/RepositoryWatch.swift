// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import LinuxSystem
internal import LivePatch
internal import Logging
internal import NIOPosix
internal import PatchCatalogue
internal import ServiceLifecycle
internal import ServicePolicy
internal import Synchronization
internal import UpdateFramework

/// What is published now, for pages and for those who choose.
struct RepositoryState: Sendable {
    /// All patches.
    var catalogue = PublishedCatalogue([])
    /// When each patch came here.
    var arrivals: [ArtefactID: Moment] = [:]
    /// What is published; nil before the first time.
    var publication: Publication?

    /// When the metadata expires, as it is at a moment.
    func expiries(at now: Moment) -> ExpiryReport? {
        publication.map {
            ExpiryReport(
                $0, at: UpdateTime(secondsSince1970: now.seconds),
                others: [.revocations: RevocationList.lifetime])
        }
    }
}

/// Looks after what is published: reads it anew when it has changed, once a second.
final class RepositoryWatch: ServiceLifecycle.Service {
    private let tree: RepositoryTree
    private let metadata: MetadataCache
    private let pool: NIOThreadPool
    private let logger: Logger
    private let box = Mutex(RepositoryState())

    init(_ tree: RepositoryTree, _ metadata: MetadataCache, pool: NIOThreadPool, logger: Logger) {
        self.tree = tree
        self.metadata = metadata
        self.pool = pool
        self.logger = logger
    }

    /// What was published when it was looked last.
    var state: RepositoryState { box.withLock { $0 } }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                await self.look()
            }
        }
    }

    /// Looks whether something has changed, and reads it if so.
    func look() async {
        _ = try? await pool.runIfActive { [self] in
            guard metadata.refresh() else { return }
            do {
                let state = try Self.read(tree)
                box.withLock { $0 = state }
            } catch {
                // What was read before stays: the folder may be in the midst of being copied.
                logger.error("the repository cannot be read", metadata: ["error": "\(error)"])
            }
        }
    }

    private static func read(_ tree: RepositoryTree) throws -> RepositoryState {
        guard let publication = try tree.read() else { return RepositoryState() }
        let catalogue = try PublishedCatalogue(of: publication, in: tree)
        var arrivals: [ArtefactID: Moment] = [:]
        for patch in catalogue.patches {
            let parts = patch.path.text.split(separator: "/")
            guard let name = parts.last else { continue }
            let folder = parts.dropLast().joined(separator: "/")
            let path = "\(tree.targets)/\(folder)/\(patch.patch).\(name)"
            if let file = FileState(of: path) { arrivals[patch.patch] = Moment(seconds: Int64(file.seconds)) }
        }
        return RepositoryState(catalogue: catalogue, arrivals: arrivals, publication: publication)
    }
}
