// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport
package import HostProtocol
internal import LinuxSystem
package import LivePatch
package import ServicePolicy

/// The host's side of the service: registers, checks in, believes what is signed, and brings what is to be applied.
///
/// What is decided is decided by values (``Situation``); what touches processes is done by a ``PatchRunner``; all that is
/// kept is one ``HostState``.
package struct Agent: Sendable {
    /// The state.
    package let store: StateStore
    /// What the administrator has set.
    package let settings: AgentSettings
    /// What touches processes.
    package let runner: any PatchRunner
    /// The system's clock.
    package let clock: @Sendable () -> Moment
    /// What keeps the program from being ended in the middle of a change.
    package let ending: Ending
    /// What is told while it goes on.
    package let tell: @Sendable (AgentNews) -> Void

    /// An agent.
    package init(
        _ store: StateStore, settings: AgentSettings, runner: any PatchRunner, ending: Ending = Ending(),
        clock: @escaping @Sendable () -> Moment = { Moment(seconds: secondsSince1970()) },
        tell: @escaping @Sendable (AgentNews) -> Void = { _ in }
    ) {
        self.store = store
        self.settings = settings
        self.runner = runner
        self.ending = ending
        self.clock = clock
        self.tell = tell
    }

    /// Where the files are.
    package var places: Places { store.places }

    /// The moment to reckon with.
    package func now(_ state: HostState) -> Moment { TrustedClock(system: clock(), floor: state.clockFloor).now }

    /// What this host says of itself.
    package func facts(_ registration: HostRegistration) -> HostFacts {
        HostFacts(
            of: places, hardware: registration.hardware, origin: registration.origin, tags: registration.tags,
            tool: productVersion)
    }

    /// Does something with a client of the network, which is closed behind it.
    func withHTTP<Value: Sendable>(
        certificates: String?, _ body: (HTTPClient) async throws(AgentError) -> Value
    ) async throws(AgentError) -> Value {
        let http = HTTPClient(settings.transport(certificates: certificates, agent: "kaketsugi/\(productVersion)"))
        do throws(AgentError) {
            let value = try await body(http)
            await http.close()
            return value
        } catch {
            await http.close()
            throw error
        }
    }

    /// The address of a server: HTTPS, or this very machine.
    ///
    /// - Throws: `AgentError`.
    package static func address(_ server: String) throws(AgentError) -> HTTPAddress {
        do throws(TransportError) {
            let address = try HTTPAddress(server)
            let host = address.origin.host
            guard address.origin.isSecure || host == "localhost" || host == "::1" || host.hasPrefix("127.") else {
                throw .badAddress(server)
            }
            return address
        } catch {
            throw .transport(error)
        }
    }
}

/// What an agent tells while it works.
package enum AgentNews: Sendable {
    /// A step begins.
    case step(AgentStep)
    /// Something that is no failure of the whole, and that people should know.
    case warning(LocalizedText)
    /// An event that the service is told of, too.
    case event(CheckIn.Event)
}

/// The steps of an update.
package enum AgentStep: Hashable, Sendable {
    /// Which targets are in use is looked for.
    case survey
    /// The service is asked.
    case checkIn
    /// The repository is looked into.
    case repository
    /// A patch is brought.
    case download(ArtefactID)
    /// What would be done is looked at.
    case plan
    /// Patches are applied.
    case apply
    /// Patches are taken out.
    case revert
}
