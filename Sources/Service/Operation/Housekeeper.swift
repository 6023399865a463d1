// SPDX-License-Identifier: Apache-2.0

internal import Director
internal import Logging
internal import ServiceLifecycle
internal import ServicePolicy
internal import ServiceStore

/// What goes on without anybody's request: rollouts are looked at, and the director is told what is published.
struct Housekeeper: ServiceLifecycle.Service {
    let seat: DirectorSeat
    let watch: RepositoryWatch
    let logger: Logger
    /// Seconds between two looks at the rollouts.
    var interval = 5

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var second = 0
            while !Task.isCancelled {
                await self.look(atRollouts: second.isMultiple(of: interval))
                second += 1
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// Tells the director what is published, and looks at the rollouts when it is time.
    ///
    /// A host that asks in between is told that there is nothing for it, and does not ask again for an hour.
    func look(atRollouts isTime: Bool) async {
        do {
            try await seat.look(at: watch.state)
            guard isTime else { return }
            guard let director = seat.director else { return }
            for rollout in try await director.tick(at: Moment(seconds: DateClock.seconds)) {
                logger.notice(
                    "a rollout has changed",
                    metadata: ["rollout": "\(rollout.id)", "state": "\(rollout.state.rawValue)"])
            }
        } catch {
            logger.warning("the rollouts could not be looked at", metadata: ["error": "\(error)"])
        }
    }
}
