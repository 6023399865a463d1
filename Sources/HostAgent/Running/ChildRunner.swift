// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
package import HostProtocol
internal import JSON
internal import LinuxSystem
package import LivePatch

/// Has processes touched by a child of this program: a trap in what reads foreign memory ends the child, and the daemon
/// lives on and counts a failure.
package struct ChildRunner: PatchRunner {
    private let program: String
    private let exclusions: [String]
    private let wait: Int64
    private let patterns: [String]

    /// A runner.
    ///
    /// - Parameters:
    ///   - program: this program.
    ///   - exclusions: processes that are left alone, as patterns of names or paths.
    ///   - wait: how long a process is tried, in seconds.
    ///   - patterns: which files are told of, as patterns of names.
    package init(program: String = "/proc/self/exe", exclusions: [String], wait: Int64, patterns: [String]) {
        self.program = program
        self.exclusions = exclusions
        self.wait = wait
        self.patterns = patterns
    }

    package func survey() async throws(AgentError) -> [CheckIn.Target] {
        let end = try await run(["survey"] + patterns, patience: .seconds(120))
        let object = try read(end.output, of: "survey")
        do throws(ProtocolError) {
            let fields = try StateFields(object, path: "")
            return try fields.list("targets") { (fields) throws(ProtocolError) in try CheckIn.Target(fields) }
        } catch {
            throw .childFailed(command: "survey", reason: "\(error)")
        }
    }

    package func plan(_ files: [String], allowsDowngrade: Bool) async throws(AgentError) -> RunReport {
        let options = allowsDowngrade ? ["--allow-downgrade"] : []
        return try await report(["plan", "--json"] + excluding + options + files, patience: .seconds(300))
    }

    package func apply(
        _ files: [String], allowsDowngrade: Bool, isConfirmed: Bool
    ) async throws(AgentError) -> RunReport {
        let options = allowsDowngrade ? ["--allow-downgrade"] + (isConfirmed ? ["--yes"] : []) : []
        return try await report(
            ["apply", "--all", "--json", "--wait", String(wait)] + excluding + options + files, patience: .seconds(900))
    }

    package func revert(_ patches: [ArtefactID], isConfirmed: Bool) async throws(AgentError) -> RunReport {
        try await report(
            ["revert", "--all", "--json", "--wait", String(wait)] + (isConfirmed ? ["--yes"] : [])
                + patches.map(\.description),
            patience: .seconds(900))
    }

    private var excluding: [String] { exclusions.flatMap { ["--exclude", $0] } }

    private func report(_ arguments: [String], patience: Duration) async throws(AgentError) -> RunReport {
        let end = try await run(arguments, patience: patience)
        // Nothing is patched, so nothing is to be reverted.
        if end.output.isEmpty, end.cause == .exit(4) { return RunReport(held: 0, concerned: 0) }
        guard let outcome = try? JSONDecoder().decode(Outcome.self, from: Data(end.output)) else {
            throw .childFailed(command: arguments[0], reason: reason(end))
        }
        return outcome.report
    }

    private func run(_ arguments: [String], patience: Duration) async throws(AgentError) -> ChildProcess.End {
        let program = program
        let result = await onOwnThread { () -> Result<ChildProcess.End, SystemError> in
            do throws(SystemError) {
                return .success(try ChildProcess.run(program, arguments, patience: patience))
            } catch {
                return .failure(error)
            }
        }
        let end: ChildProcess.End
        do throws(SystemError) { end = try result.get() } catch { throw .system(error) }
        switch end.cause {
        case .exit(0), .exit(2), .exit(3), .exit(4): return end
        case .exit, .signal, .timeOut: throw .childFailed(command: arguments[0], reason: reason(end))
        }
    }

    private func read(_ bytes: [UInt8], of command: String) throws(AgentError) -> JSONValue {
        do { return try JSONValue(parsing: bytes) } catch { throw .childFailed(command: command, reason: "\(error)") }
    }

    private func reason(_ end: ChildProcess.End) -> String {
        let said = String(decoding: end.errors.prefix(1000), as: UTF8.self)
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return "\(end.cause)" + (said.isEmpty ? "" : ": \(said)")
    }
}

/// The JSON of `apply`, `revert` and `plan`, as far as it is looked at.
private struct Outcome: Decodable {
    struct Process: Decodable {
        var pid: Int32
        var name: String
        var result: String?
        var action: String?
        var reason: String?
    }

    var processes: [Process]

    var report: RunReport {
        var report = RunReport(held: 0, concerned: 0)
        for process in processes {
            switch process.result ?? process.action ?? "" {
            case "patched", "reverted", "patch", "replace":
                report.held += 1
                report.concerned += 1
            case "already":
                report.held += 1
                report.already += 1
                report.concerned += 1
            case "failed", "cannot":
                report.concerned += 1
                report.failures.append("\(process.pid) \(process.name): \(process.reason ?? "?")")
            default: break
            }
        }
        return report
    }
}
