// SPDX-License-Identifier: Apache-2.0

import Subprocess
import SystemPackage

/// One run of a tool: what it is called with, where, and which file keeps what it says.
///
/// A tool runs in a process group of its own, which is ended when the calling task is cancelled, so that an interrupted
/// `make` takes its compilers with it.
struct ToolCall: Sendable {
    var tool: Tool
    var arguments: [String]
    var directory: String
    var environment: [String: String]
    /// Standard error goes here, and standard output unless it is captured.
    var log: String
    /// What it sees and may write; nil for a tool of the machine's that runs nothing of a source's.
    var sandbox: Sandbox?

    /// More than any index or build plan that we ask for; a tool that says more has gone wrong.
    private static let captureLimit = 256 << 20

    /// Runs the tool and keeps its output in the log.
    func run() async throws(BuildError) {
        let launch = try launch()
        _ = try await start { log in
            let result = try await Subprocess.run(
                launch.executable, arguments: Arguments(launch.arguments), environment: launch.environment,
                workingDirectory: FilePath(launch.directory), platformOptions: .ownGroup,
                output: .fileDescriptor(log, closeAfterSpawningProcess: false),
                error: .fileDescriptor(log, closeAfterSpawningProcess: false))
            return ([], result.terminationStatus)
        }
    }

    /// Runs the tool and returns its standard output.
    func capture() async throws(BuildError) -> [UInt8] {
        let launch = try launch()
        return try await start { log in
            let result = try await Subprocess.run(
                launch.executable, arguments: Arguments(launch.arguments), environment: launch.environment,
                workingDirectory: FilePath(launch.directory), platformOptions: .ownGroup,
                output: .bytes(limit: Self.captureLimit),
                error: .fileDescriptor(log, closeAfterSpawningProcess: false))
            return (result.standardOutput, result.terminationStatus)
        }
    }

    /// What is started in place of the tool.
    private struct Launch {
        var executable: Executable
        var arguments: [String]
        var environment: Environment
        var directory: String
    }

    /// A name is looked up in the `PATH` of the tool's own environment.
    private func launch() throws(BuildError) -> Launch {
        guard let sandbox else {
            return Launch(
                executable: tool.name.hasPrefix("/") ? .path(FilePath(tool.name)) : .name(tool.name),
                arguments: arguments, environment: Self.custom(environment), directory: directory)
        }
        try sandbox.prepare()
        return Launch(
            executable: .path(FilePath(try Sandbox.program())),
            arguments: try sandbox.arguments(running: tool.name, arguments, in: directory),
            environment: Self.custom(sandbox.environment(environment)), directory: "/")
    }

    private static func custom(_ environment: [String: String]) -> Environment {
        var custom: [Environment.Key: String] = [:]
        for (name, value) in environment { custom[Environment.Key(stringLiteral: name)] = value }
        return .custom(custom)
    }

    private func start(
        _ body: (FileDescriptor) async throws -> ([UInt8], TerminationStatus)
    ) async throws(BuildError) -> [UInt8] {
        guard !Task.isCancelled else { throw .cancelled }
        let descriptor = try openLog()
        let ended: Result<([UInt8], TerminationStatus), any Error>
        do {
            ended = .success(try await body(descriptor))
        } catch {
            ended = .failure(error)
        }
        // A failing close of a log loses nothing that an author needs.
        try? descriptor.close()
        guard !Task.isCancelled else { throw .cancelled }
        switch ended {
        case .success((let output, .exited(0))): return output
        case .success((_, .exited(let status))): throw failure(outcome(of: Int(status)))
        case .success((_, .signaled(let signal))): throw failure(.signalled(Int(signal)))
        case .failure(let error as SubprocessError) where error.code == .executableNotFound: throw .toolMissing(tool)
        case .failure(let error as SubprocessError) where error.code == .outputLimitExceeded:
            throw .toolOutputTooLong(tool, limit: Self.captureLimit)
        case .failure(let error): throw failure(.notStarted("\(error)"))
        }
    }

    private func openLog() throws(BuildError) -> FileDescriptor {
        do {
            return try FileDescriptor.open(
                FilePath(log), .writeOnly, options: [.create, .truncate, .append, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            throw .fileSystem(.create, path: log, reason: "\(error)")
        }
    }

    /// bubblewrap ends as shells do: with 128 and the number of the signal that ended what it ran.
    private func outcome(of status: Int) -> ToolOutcome {
        sandbox != nil && (129...192).contains(status) ? .signalled(status - 128) : .exited(status)
    }

    private func failure(_ outcome: ToolOutcome) -> BuildError {
        let lastLines = Files.lastLines(of: log)
        if sandbox != nil, let error = SandboxObstacle.explain(lastLines, tool: tool) { return error }
        guard !Files.isDiskFull(at: log) else { return .diskFull(tool, path: log) }
        return .toolFailed(tool, arguments: arguments, outcome: outcome, lastLines: lastLines, log: log)
    }
}

extension PlatformOptions {
    fileprivate static var ownGroup: PlatformOptions {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .seconds(2))
        ]
        return options
    }
}
