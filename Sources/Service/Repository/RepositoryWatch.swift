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

/// Looks after what is published: once a second it is read anew if it has changed, and the director is told.
final class RepositoryWatch: ServiceLifecycle.Service {
    private let tree: RepositoryTree
    private let metadata: MetadataCache
    private let pool: NIOThreadPool
    private let logger: Logger
    private let seat: DirectorSeat
    private let box = Mutex(Reading(number: 0, state: RepositoryState(), isTold: false))

    private struct Reading {
        var number: Int
        var state: RepositoryState
        /// Whether the director knows it.
        var isTold: Bool
    }

    init(
        _ tree: RepositoryTree, _ metadata: MetadataCache, telling seat: DirectorSeat, pool: NIOThreadPool,
        logger: Logger
    ) {
        self.tree = tree
        self.metadata = metadata
        self.seat = seat
        self.pool = pool
        self.logger = logger
    }

    /// What was published when it was looked last.
    var state: RepositoryState { box.withLock { $0.state } }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                await self.look()
            }
        }
    }

    /// Looks whether something has changed; if so, reads it and tells the director.
    ///
    /// A host that asks before the director knows is told that there is nothing for it, and does not ask again for an hour.
    func look() async {
        await readChanges()
        let reading = box.withLock { $0 }
        guard !reading.isTold else { return }
        do {
            try await seat.look(at: reading.state)
            // What was read meanwhile may have been told before this; the next look puts it right.
            box.withLock { $0.isTold = $0.number == reading.number }
        } catch {
            logger.warning("the director could not be told what is published", metadata: ["error": "\(error)"])
        }
    }

    private func readChanges() async {
        _ = try? await pool.runIfActive { [self] in
            guard metadata.refresh() else { return }
            do {
                let state = try Self.read(tree)
                box.withLock { $0 = Reading(number: $0.number + 1, state: state, isTold: false) }
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
