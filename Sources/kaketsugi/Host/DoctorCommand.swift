// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import FoundationEssentials
import HostAgent
import LinuxSystem
import LivePatch
import ServicePolicy

/// `kaketsugi doctor`: collects what support needs.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Write an archive with what support needs to know of this host, without secrets.",
        discussion: """
            Status, state, settings, patches in processes, the journal of the daemon, and how far the service is reached. \
            The host's key, tokens and passwords are left out. Nothing is sent anywhere; look into it before you do, \
            with tar -xzf.

            Exit codes: 0 written; 3 refused; 64 the command line is wrong.
            """)

    @Option(help: ArgumentHelp("The archive to write, which ends by .tar.gz.", valueName: "file"), completion: .file())
    var output: String?

    private static let suffix = ".tar.gz"

    mutating func validate() throws {
        guard output?.hasSuffix(Self.suffix) ?? true else {
            throw ValidationError("--output must end by \(Self.suffix): it names a packed archive.")
        }
    }

    mutating func run() throws {
        let command = try HostCommand(.json)
        let now = Moment(seconds: secondsSince1970())
        let name = "kaketsugi-support-\(HostIdentity().hostname)-\(now.text.filter { $0 != ":" })"
        let archive = output ?? name + Self.suffix
        let folder = String(archive.dropLast(Self.suffix.count))
        guard !FileManager.default.fileExists(atPath: archive) else { throw refused("\(archive) is there already") }
        do throws(SystemError) { try makeDirectory(folder, for: .owner) } catch { throw refused("\(error)") }
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var bundle = SupportBundle(folder: folder)
        try bundle.collect(command)
        try bundle.pack(into: archive)
        print(HostText.bundleWritten(archive).text(in: .current))
    }
}

/// The files of a support bundle; one that cannot be made says why in its place.
private struct SupportBundle {
    let folder: String

    mutating func collect(_ command: HostCommand) throws {
        let identity = HostIdentity()
        try write("version.txt", "kaketsugi \(productVersion)\nkernel \(identity.kernel) \(identity.machine)\n")
        for path in ["/etc/os-release", "/etc/system-release"] {
            try write(
                path.split(separator: "/").last.map(String.init) ?? path, text(command.agent.places.prefix + path))
        }
        try write("status.json", (try? Output.json.render(command.status())) ?? "no status\n")
        try write("state.json", state(command))
        try write("kaketsugi.toml", SecretRemover.clean(text(command.agent.places.configuration)))
        try write("list.json", output("/proc/self/exe", ["list", "--json"]))
        try write(
            "journal.txt",
            SecretRemover.clean(
                output("/usr/bin/journalctl", ["--no-pager", "--quiet", "--unit", "kaketsugi", "--lines", "2000"])))
        let connectivity = try? command.run { (agent) async throws(AgentError) in
            try await agent.connectivity(to: nil)
        }
        try write("connectivity.json", connectivity.flatMap { try? Output.json.render($0) } ?? "not registered\n")
        let metadata = (try? FileManager.default.contentsOfDirectory(atPath: command.agent.places.metadata)) ?? []
        try write("metadata.txt", metadata.sorted().joined(separator: "\n") + "\n")
    }

    /// Packs the files into an archive that only its owner can read.
    func pack(into archive: String) throws {
        let cut = folder.lastIndex(of: "/")
        let parent = cut.map { String(folder[...$0]) } ?? "."
        let name = String(folder[(cut.map(folder.index(after:)) ?? folder.startIndex)...])
        let end: ChildProcess.End
        do throws(SystemError) {
            // Made before tar comes, which leaves the rights of a file that it fills as they are.
            try replaceFile(archive, with: [], for: .owner)
            end = try ChildProcess.run(
                "/bin/tar", ["--create", "--gzip", "--file", archive, "--directory", parent, "--", name],
                patience: .seconds(60))
        } catch {
            throw refused("\(error)")
        }
        guard end.cause == .exit(0) else { throw refused("tar: " + String(decoding: end.errors, as: UTF8.self)) }
    }

    private func state(_ command: HostCommand) -> String {
        guard var state = try? command.state() else { return "no state\n" }
        if state.answer?.token != nil { state.answer?.token = SecretRemover.mark }
        return SecretRemover.clean(String(decoding: state.encoded, as: UTF8.self))
    }

    private func text(_ path: String) -> String {
        do throws(SystemError) {
            return String(decoding: try contents(ofFile: path, limit: 4 << 20), as: UTF8.self)
        } catch {
            return "\(error)\n"
        }
    }

    private func output(_ program: String, _ arguments: [String]) -> String {
        do throws(SystemError) {
            let end = try ChildProcess.run(program, arguments, patience: .seconds(60))
            return String(decoding: end.output + end.errors, as: UTF8.self)
        } catch {
            return "\(error)\n"
        }
    }

    private func write(_ name: String, _ text: String) throws {
        do throws(SystemError) {
            try replaceFile(folder + "/" + name, with: Array(text.utf8), for: .owner)
        } catch {
            throw refused("\(error)")
        }
    }
}
