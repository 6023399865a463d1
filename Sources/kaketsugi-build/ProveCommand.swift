// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
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

    @Flag(help: "Print JSON.")
    var json = false

    mutating func run() async throws {
        let proof: KernelProof
        do {
            var artefact = try readArtefact(readFile(file), named: file)
            let text = try scenario.map { String(decoding: try readFile($0), as: UTF8.self) }
            let parsed = try text.map { text throws(ProofError) in try Scenario(parsing: text) } ?? Scenario()
            let progress = ProgressLine()
            defer { progress.clear() }
            let source = KernelSource(
                package: try KernelSource.package(of: artefact.manifest), cache: try BuildCache(path: cache)
            ) { progress.show($0.description) }
            proof = try await cancelling { [artefact] in try await source.prove(artefact, parsed, text: text) }
            artefact.proof = proof.encoded()
            if proof.hasPassed { try replaceFile(file, with: try artefact.encoded()) }
        } catch let refusal as any Error & CustomStringConvertible {
            throw refused(refusal)
        }
        print(try (json ? Output.json : .text).render(ProofText(proof: proof)))
        guard proof.hasPassed else { throw ExitCode.refused }
    }
}

/// A proof as people read it.
struct ProofText: Presentable {
    var proof: KernelProof

    var report: KernelProof { proof }

    func text(in language: Language) -> String {
        let steps = proof.steps.map { step in
            let detail = step.detail.map { ": " + $0.split(separator: "\n").joined(separator: " / ") } ?? ""
            return TextLayout.harmless("  \(step.hasPassed ? "pass" : "FAIL")  \(step.name)\(detail)")
        }
        let verdict =
            proof.hasPassed
            ? "proved on \(proof.release) in \(proof.seconds) s; the proof is in the live patch"
            : "NOT proved on \(proof.release); the console's last lines:"
        let log = proof.hasPassed ? [] : proof.log.suffix(40).map { TextLayout.harmless("  | " + $0) }
        return (steps + [verdict] + log).joined(separator: "\n")
    }
}
