// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import ELF
import FoundationEssentials
import KernelProof
import LivePatch
import PatchBuilder

/// `kaketsugi-build prove`: tries a kernel's live patch in a virtual machine.
struct ProveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Try a kernel's live patch on its own kernel in a virtual machine, and keep what was seen in it.",
        discussion: """
            The machine boots the kernel that the patch is for, loads the patch, waits until all tasks use it, replaces it \
            by a copy as a next level does, takes it out, and looks at the kernel's log. A scenario adds what the author \
            wants tried: a trigger with what it prints before and after, objects of the old code, activity.
            """)

    @Argument(help: ArgumentHelp("The live patch.", valueName: "file"), completion: .file(extensions: ["mend"]))
    var file: String

    @Option(
        name: .long, help: ArgumentHelp("What to try beside loading and unloading.", valueName: "file"),
        completion: .file())
    var scenario: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where build roots are kept (default: $KAKETSUGI_CACHE, or kaketsugi in the user's cache folder).",
            valueName: "dir"), completion: .directory)
    var cache: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The release of Debian that the kernel is of, if neither it says so nor it is this machine's.",
            valueName: "name"))
    var suite: String?

    @Flag(help: "Print JSON.")
    var json = false

    mutating func run() async throws {
        let result: ProofResult
        do {
            var artefact = try readArtefact(readFile(file), named: file)
            result = try await tried(artefact)
            artefact.proof = result.json
            if result.isPassed { try replaceFile(file, with: try artefact.encoded()) }
        } catch let refusal as any Error & CustomStringConvertible {
            throw refused(refusal)
        }
        print(json ? String(decoding: result.json, as: UTF8.self) : Self.text(result))
        guard result.isPassed else { throw ExitCode.refused }
    }

    private func tried(_ artefact: Artefact) async throws -> ProofResult {
        guard let kernel = artefact.manifest.kernel else { throw KernelRefusal.notForKernel }
        var parsed = Scenario.usual
        if let scenario { parsed = try Scenario(parsing: String(decoding: try readFile(scenario), as: UTF8.self)) }
        let programs = scenario.map { URL(filePath: $0).deletingLastPathComponent().path } ?? "."
        let progress = ProgressLine()
        defer { progress.clear() }
        let source = KernelSource(
            package: try KernelSource.package(of: artefact.manifest, suite: try suite.map(DebianRelease.init)),
            cache: try BuildCache(path: cache)
        ) { progress.show($0.description) }
        let next = kernel.nextLevel(of: artefact.module)
        let workplace = FileManager.default.temporaryDirectory.appending(path: "kaketsugi-proof-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: workplace, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        // What stays of a machine in a folder of temporary files does no harm.
        defer { try? FileManager.default.removeItem(at: workplace) }
        return try await cancelling { [parsed] in
            // Builds with this kernel wait only for what is read of it, and not for the machine.
            let machine = try await source.withShippedFiles {
                (files: ShippedFiles) async throws(BuildError) -> Result<ProofMachine, ProofError> in
                var proof = KernelProof(
                    of: .init(name: kernel.module, contents: artefact.module), kernel: files.bootImage,
                    modules: files.modules, scenario: parsed, programs: programs)
                proof.buildID = artefact.manifest.target.buildID.description
                proof.next = .init(name: next.name, contents: next.contents)
                do throws(ProofError) {
                    return .success(try await proof.machine(in: workplace.path))
                } catch {
                    return .failure(error)
                }
            }.get()
            progress.show("trying the patch in a virtual machine")
            return try await machine.run()
        }
    }

    private static func text(_ result: ProofResult) -> String {
        let steps = result.steps.map { step in
            TextLayout.harmless(
                "  \(step.isPassed ? "pass" : "FAIL")  \(step.name)\(step.detail.isEmpty ? "" : ": " + step.detail)")
        }
        let time = "\(result.milliseconds / 1000).\(result.milliseconds / 100 % 10) s"
        guard !result.isPassed else {
            return (steps + ["proved in \(time); the proof is in the live patch"]).joined(separator: "\n")
        }
        let log = result.log.split(whereSeparator: \.isNewline).suffix(40).map { TextLayout.harmless("  | \($0)") }
        return (steps + ["NOT proved, after \(time); the kernel's last words:"] + log).joined(separator: "\n")
    }
}
