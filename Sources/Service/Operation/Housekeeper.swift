// SPDX-License-Identifier: Apache-2.0

internal import Director
internal import Logging
internal import ServiceLifecycle
internal import ServicePolicy
internal import ServiceStore

/// What goes on without anybody's request: rollouts are looked at.
struct Housekeeper: ServiceLifecycle.Service {
    let seat: DirectorSeat
    let logger: Logger
    /// Seconds between two looks.
    var interval: Int64 = 5

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.look()
                try? await Task.sleep(for: .seconds(interval))
            }
        }
    }

    /// Looks once.
    func look() async {
        guard let director = seat.director else { return }
        do {
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
