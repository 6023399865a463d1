// SPDX-License-Identifier: Apache-2.0

import Foundation
import HostAgent
import HostProtocol
import LivePatch
import Synchronization

/// Processes of a test's own: which build they use, and what has been done to them.
final class FakeRunner: PatchRunner {
    struct Machine: Sendable {
        var targets: [CheckIn.Target]
        /// What was applied, in order, by identity; reverted ones with a minus.
        var done: [String] = []
        /// Processes of which none takes a patch, by the patch.
        var refusing: Set<ArtefactID> = []
        /// Whether children die.
        var dies = false
        /// What happens just before patches are put into processes.
        var before: @Sendable () -> Void = {}
    }

    private let machine: Mutex<Machine>

    init(_ targets: [CheckIn.Target]) { machine = Mutex(Machine(targets: targets)) }

    /// A machine on which processes use one build.
    convenience init(
        _ target: String = "libc.so.6", buildID: String = "abcd", processes: Int = 3
    ) {
        self.init([
            .init(name: target, buildID: buildID, processes: processes, level: 0, patch: nil, patched: 0)
        ])
    }

    var seen: Machine { machine.withLock { $0 } }
    func change(_ body: (inout Machine) -> Void) { machine.withLock { body(&$0) } }

    func survey() async throws(AgentError) -> [CheckIn.Target] { seen.targets }

    func plan(_ files: [String], allowsDowngrade: Bool) async throws(AgentError) -> RunReport {
        try report(try patches(files))
    }

    func apply(_ files: [String], allowsDowngrade: Bool, isConfirmed: Bool) async throws(AgentError) -> RunReport {
        let patches = try patches(files)
        seen.before()
        guard !seen.dies else { throw .childFailed(command: "apply", reason: "was ended by SIGILL") }
        let report = try report(patches)
        guard report.held > 0 else { return report }
        change { machine in
            for patch in patches {
                machine.done.append(patch.id.short)
                for index in machine.targets.indices where machine.targets[index].buildID == patch.buildID {
                    machine.targets[index].level = patch.level
                    machine.targets[index].patch = patch.id
                    machine.targets[index].patched = machine.targets[index].processes
                }
            }
        }
        return report
    }

    func revert(_ patches: [ArtefactID], isConfirmed: Bool) async throws(AgentError) -> RunReport {
        var count = 0
        change { machine in
            for index in machine.targets.indices {
                guard let patch = machine.targets[index].patch, patches.contains(patch) else { continue }
                machine.done.append("-" + patch.short)
                machine.targets[index].level = 0
                machine.targets[index].patch = nil
                machine.targets[index].patched = 0
                count += machine.targets[index].processes
            }
        }
        return RunReport(held: count, concerned: count)
    }

    private struct Read {
        var id: ArtefactID
        var buildID: String
        var level: Int
    }

    private func patches(_ files: [String]) throws(AgentError) -> [Read] {
        var patches: [Read] = []
        var names: Set<String> = []
        for file in files {
            do {
                let bytes = Array(try Data(contentsOf: URL(filePath: file)))
                let manifest = try Artefact(parsing: bytes).manifest
                names.insert(manifest.target.name)
                patches.append(
                    Read(id: ArtefactID(of: bytes), buildID: "\(manifest.target.buildID)", level: manifest.level))
            } catch {
                throw .childFailed(command: "plan", reason: "\(error)")
            }
        }
        // The program itself refuses that.
        guard !names.contains("vmlinux") || names.count == 1 else {
            throw .childFailed(command: "plan", reason: "a live patch of the kernel is applied alone")
        }
        return patches
    }

    private func report(_ patches: [Read]) throws(AgentError) -> RunReport {
        let machine = seen
        let concerned = machine.targets.filter { target in patches.contains { $0.buildID == target.buildID } }
        let count = concerned.map(\.processes).reduce(0, +)
        if patches.contains(where: { machine.refusing.contains($0.id) }) {
            return RunReport(held: 0, concerned: count, failures: ["7 sh: a thread is in the function"])
        }
        let already = concerned.filter { target in patches.contains { $0.id == target.patch } }.map(\.patched).reduce(
            0, +)
        return RunReport(held: count, already: already, concerned: count)
    }
}
