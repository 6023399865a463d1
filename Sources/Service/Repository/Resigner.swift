// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import Logging
internal import NIOPosix
internal import PatchCatalogue
internal import ServiceLifecycle
internal import UpdateFramework

/// Signs anew what the server signs, before hosts would find it too old.
struct Resigner: ServiceLifecycle.Service {
    let online: OnlineRepository
    let watch: RepositoryWatch
    let pool: NIOThreadPool
    let logger: Logger
    /// How often it looks, in seconds.
    var interval: Int64 = 600

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await renew()
                try? await Task.sleep(for: .seconds(interval))
            }
        }
    }

    /// Renews what has less than half of its time left.
    func renew() async {
        do {
            let isRenewed = try await pool.runIfActive { [online] in
                guard try Self.isDue(online) else { return false }
                // Other processes of the service, and publishing commands, take their turns; one of them may have done it.
                let lock = try DirectoryLock(holding: online.tree.path)
                defer { withExtendedLifetime(lock) {} }
                guard try Self.isDue(online) else { return false }
                _ = try online.resign(at: UpdateTime(secondsSince1970: DateClock.seconds))
                return true
            }
            if isRenewed {
                logger.info("the repository was signed anew")
                await watch.look()
            }
        } catch {
            logger.error("the repository could not be signed anew", metadata: ["error": "\(error)"])
        }
    }

    private static func isDue(_ online: OnlineRepository) throws -> Bool {
        guard let publication = try online.tree.read() else { return false }
        let now = UpdateTime(secondsSince1970: DateClock.seconds)
        func isDue(_ expires: UpdateTime?, _ lifetime: Int64) -> Bool {
            expires.map { $0 < now.adding(seconds: lifetime / 2) } ?? true
        }
        let lifetimes = online.lifetimes
        let revocations = publication.targets[RevocationList.role]?.payload.header.expires
        return isDue(publication.timestamp?.payload.header.expires, lifetimes.seconds(of: .timestamp))
            || isDue(publication.snapshot?.payload.header.expires, lifetimes.seconds(of: .snapshot))
            || (revocations != nil && isDue(revocations, RevocationList.lifetime))
    }
}
