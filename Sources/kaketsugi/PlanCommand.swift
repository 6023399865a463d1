// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import LinuxSystem
import LivePatch
import ProcessPatcher

/// `kaketsugi plan`: tells what a live patch would do, and changes nothing.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what a live patch would do, or several together, process by process, and change nothing.",
        discussion: """
            Every process that uses the target is looked at as apply would look at it, but none is stopped. So one thing \
            cannot be told: whether a thread will be in a function that is replaced; apply tries that for --wait seconds. \
            A copy of the target's code that was linked into another program is not seen.

            Without files, what an update by the service would do is shown.

            Several files are planned as apply applies them: each process gets those for the files that it uses, or none.

            Exit codes: 0 all of them would be patched, or are; 2 some, others cannot be; 3 refused, or none can be; 4 no \
            process uses the target; 64 the command line is wrong.
            """)

    @Argument(
        help: ArgumentHelp("The live patch, or those that would be applied together.", valueName: "file"),
        completion: .file(extensions: ["mend"]))
    var files: [String] = []

    @Option(
        name: .long, help: ArgumentHelp("Only this process; may be given several times.", valueName: "number"),
        transform: process)
    var pid: [ProcessID] = []

    @OptionGroup var exclusion: ExclusionOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "Plan to go back to this level where a higher one is in force.")
    var allowDowngrade = false

    mutating func run() throws {
        guard !files.isEmpty else { return try planOfUpdate(output.output) }
        let patches = try files.map(readPatch)
        if patches.contains(where: \.artefact.isForKernel) {
            guard patches.count == 1 else { throw KernelApplication.notAlone }
            return try KernelForecast(files[0], allowsDowngrade: allowDowngrade).finish(output.output)
        }
        try requireDifferentTargets(patches, files: files)
        let patchers = patches.map {
            Patcher(
                $0, allowsDowngrade: allowDowngrade,
                exclusions: pid.isEmpty ? exclusion.exclusions : exclusion.forNamed)
        }
        guard let first = patchers.first else { return }
        let patcher = JointPatcher(first, Array(patchers.dropFirst()))
        var plan = Plan(of: patches.map { ($0.id, $0.artefact.manifest) })
        let processes = try pid.isEmpty ? searching { () throws(PatchError) in try Discovery.processes() } : pid
        let found = reportInParallel(processes) { process -> Plan.Found in
            do throws(PatchError) {
                return try patcher.plan(for: process).map(Plan.Found.planned) ?? .unconcerned
            } catch {
                return .forbidden(process)
            }
        }
        plan.add(found)
        print(try output.output.render(plan))
        guard plan.exitCode == .success else { throw plan.exitCode }
    }
}
