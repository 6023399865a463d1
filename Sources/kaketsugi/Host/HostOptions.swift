// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import Dispatch
import HTTPTransport
import HostAgent
import LinuxSystem
import LivePatch
import ProcessPatcher
import Synchronization

/// What the commands that concern the service begin with.
struct HostCommand {
    let output: Output
    let agent: Agent
    private let progress: ProgressLine

    /// Reads the settings; what is wrong with them is said with the line.
    init(_ output: Output) throws {
        self.output = output
        let places = Places.current
        let settings = try answering { () throws(AgentError) in try AgentSettings(at: places) }
        let progress = ProgressLine()
        let language = Language.current
        agent = Agent(
            StateStore(places), settings: settings,
            runner: ChildRunner(
                exclusions: settings.exclusions, wait: settings.wait, patterns: settings.targets),
            tell: { news in
                switch news {
                case .step(let step): progress.show(HostText.step(step.text).text(in: language))
                case .warning(let text):
                    progress.clear()
                    StandardError.write(TextLayout.wrapped("kaketsugi: " + text.text(in: language), indent: 0) + "\n")
                case .event: break
                }
            })
        self.progress = progress
    }

    /// Runs what waits for the network, on the threads of Swift, while the first thread waits for its end.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable (Agent) async throws(AgentError) -> Value
    ) throws -> Value {
        let agent = agent
        defer { progress.clear() }
        return try answering { () throws(AgentError) in
            try waiting { () async throws(AgentError) -> Value in try await body(agent) }
        }
    }

    /// The state of the agent.
    func state() throws -> HostState {
        let store = agent.store
        return try answering { () throws(AgentError) in try store.read() }
    }

    /// What processes use, and have.
    func survey() throws -> TargetSurvey {
        try TargetSurvey(
            patterns: agent.settings.targets,
            exclusions: Exclusions(patterns: agent.settings.exclusions.map(FilePattern.init)))
    }

    /// How this host stands.
    func status() throws -> HostStatus { HostStatus(try state(), try survey().targets, agent) }

    /// Prints a result.
    func show(_ result: some Presentable) throws { print(try output.render(result)) }
}

/// Says what is refused, and gives the exit code.
func answering<Value>(_ body: () throws(AgentError) -> Value) throws -> Value {
    do throws(AgentError) {
        return try body()
    } catch {
        throw refused(error.text.text(in: .current), error.exitCode)
    }
}

/// Blocks this thread, which is not one of Swift's, until what waits for others is done.
func waiting<Value: Sendable>(
    _ body: @escaping @Sendable () async throws(AgentError) -> Value
) throws(AgentError) -> Value {
    let done = DispatchSemaphore(value: 0)
    let box = ResultBox<Value>()
    Task {
        do throws(AgentError) {
            let value = try await body()
            box.result.withLock { $0 = .success(value) }
        } catch {
            box.result.withLock { $0 = .failure(error) }
        }
        done.signal()
    }
    done.wait()
    // Cannot fail: the semaphore is signalled after the result is set, on either way.
    guard let result = box.result.withLock({ $0 }) else { fatalError("the task has ended with a result") }
    return try result.get()
}

private final class ResultBox<Value: Sendable>: Sendable {
    let result = Mutex<Result<Value, AgentError>?>(nil)
}

extension AgentError {
    /// The exit code of a command that ends by the error.
    var exitCode: ExitCode {
        switch self {
        case .transport, .badStatus, .refused, .badAnswer, .update, .catalogue, .olderStatement, .olderRevocations,
            .notThePatch, .notFetched:
            .service
        case .notRegistered, .registered, .noTrustedRoot, .badState, .badConfiguration, .openSecret, .system, .badPatch,
            .childFailed, .nothingToRollBack, .noSuchTarget:
            .nowhere
        }
    }
}
