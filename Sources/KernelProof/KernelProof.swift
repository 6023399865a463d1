// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import LinuxSystem

/// The proof that a live patch does what it should in its own kernel, in a virtual machine.
///
/// The machine boots the kernel as it was shipped. In it the patch is loaded under activity, seen to work, replaced by the
/// next level and taken out, with objects that were made before and with modules that come later. What happened, and all
/// that the kernel said, is a ``ProofResult``.
package struct KernelProof: Sendable {
    /// A module with the name that it has in the kernel.
    package struct Module: Sendable {
        /// The name, with `_` for `-`.
        package var name: String
        /// The file's contents.
        package var contents: [UInt8]

        /// A module.
        package init(name: String, contents: [UInt8]) {
            self.name = name
            self.contents = contents
        }
    }

    /// The kernel's file, as a boot loader takes it: `boot/vmlinuz-…` of the package.
    package var kernel: String
    /// Its modules: `lib/modules/…` of the package.
    package var modules: String
    /// The kernel's build ID as small hexadecimal digits; nil if it is not to be compared.
    package var buildID: String?
    /// The patch.
    package var patch: Module
    /// A patch that replaces it; nil if there is none yet.
    package var next: Module?
    /// What the author wants to see.
    package var scenario: Scenario
    /// Where the scenario's programs are.
    package var programs: String
    /// What should run the machine; the result says what did.
    package var accelerator = Accelerator.tcg
    /// How long a transition may take, in seconds; the kernel itself prods tasks after 15.
    package var transition = 60
    /// When the machine is ended if it has not ended by itself.
    package var deadline = Duration.seconds(180)

    /// A proof of a patch.
    ///
    /// - Parameters:
    ///   - patch: the patch.
    ///   - kernel: the kernel's file.
    ///   - modules: the folder of its modules.
    ///   - scenario: what the author wants to see.
    ///   - programs: where the scenario's programs are.
    package init(
        of patch: Module, kernel: String, modules: String, scenario: Scenario = .usual, programs: String = "."
    ) {
        self.patch = patch
        self.kernel = kernel
        self.modules = modules
        self.scenario = scenario
        self.programs = programs
    }

    /// Runs the proof.
    ///
    /// - Parameter folder: an empty folder for the machine's files, which stay there.
    /// - Returns: What happened; a patch that fails is a result, too.
    /// - Throws: `ProofError` if the machine could not be run.
    package func run(in folder: String) async throws(ProofError) -> ProofResult {
        let needed = try KernelModules(in: modules)
        let early = try await needed.loading(scenario.modules)
        let late = try await needed.loading(scenario.lateModules).filter { module in
            !early.contains { $0.name == module.name }
        }
        var files = InitialFiles()
        files.add(try read("/bin/busybox", package: "busybox-static"), as: "bin/busybox")
        // The first program has a console from the beginning, so that a kernel that is refused tells why.
        files.addDevice("dev/console", major: 5, minor: 1)
        for module in early + late { files.add(module.contents, as: "modules/\(module.name).ko") }
        for module in [patch] + (next.map { [$0] } ?? []) {
            files.add(module.contents, as: "modules/\(module.name).ko")
        }
        for program in scenario.programs {
            files.add(try await compiled(program, in: folder), as: "bin/\(program.dropLast(2))")
        }
        files.add(Array(scenario.script.utf8), as: "scenario")
        let plan = GuestScript.Plan(
            patch: patch.name, next: next?.name, modules: early.map(\.name), lateModules: late.map(\.name),
            scenario: scenario, buildID: buildID, transition: transition)
        files.add(Array(GuestScript(plan: plan).text.utf8), as: "init")
        let archive = folder + "/initial-files.cpio"
        try write(files, to: archive)
        var machine = VirtualMachine(
            kernel: kernel, initialFiles: archive, accelerator: accelerator, deadline: deadline,
            console: folder + "/console", report: folder + "/report")
        if accelerator == .kvm, try await !isUsable(.kvm, in: folder) { machine.accelerator = .tcg }
        return try await result(of: machine)
    }

    /// Whether a machine that only switches itself off does so in time.
    private func isUsable(_ accelerator: Accelerator, in folder: String) async throws(ProofError) -> Bool {
        var files = InitialFiles()
        files.add(try read("/bin/busybox", package: "busybox-static"), as: "bin/busybox")
        files.add(Array("#!/bin/busybox sh\n/bin/busybox poweroff -f\n".utf8), as: "init")
        let archive = folder + "/probe.cpio"
        try write(files, to: archive)
        let probe = VirtualMachine(
            kernel: kernel, initialFiles: archive, accelerator: accelerator, deadline: .seconds(10),
            console: folder + "/probe-console", report: folder + "/probe-report")
        return try await probe.run() == .ended
    }

    private func result(of machine: VirtualMachine) async throws(ProofError) -> ProofResult {
        let begin = ContinuousClock.now
        let ending = try await machine.run()
        let time = (ContinuousClock.now - begin).components
        if case .refused(let reason) = ending { throw .machine(reason) }
        // A machine that said nothing has not said anything against the patch, either: that is a result without steps.
        let said = { (path: String) in
            String(decoding: (try? contents(ofFile: path, limit: 16 << 20)) ?? [], as: UTF8.self)
        }
        var result = ProofResult(
            report: said(machine.report), console: said(machine.console), accelerator: machine.accelerator,
            milliseconds: Int(time.seconds * 1000 + time.attoseconds / 1_000_000_000_000_000))
        if ending == .timedOut {
            result.isComplete = false
            let last = result.steps.dropLast().last?.name ?? "nothing"
            result.steps.append(
                .init(
                    name: "deadline", isPassed: false, milliseconds: result.milliseconds,
                    detail: "the machine was ended after \(deadline); the last step it reported was \(last)"))
        }
        return result
    }

    private func write(_ files: InitialFiles, to path: String) throws(ProofError) {
        do throws(SystemError) {
            try replaceFile(path, with: files.archive)
        } catch {
            throw .file(path, reason: "\(error)")
        }
    }

    private func read(_ path: String, package: String) throws(ProofError) -> [UInt8] {
        do throws(SystemError) {
            return try contents(ofFile: path, limit: 64 << 20)
        } catch {
            guard error.number == .noSuchFile else { throw .file(path, reason: "\(error)") }
            throw .toolMissing(path, package: package)
        }
    }

    /// The machine has no libraries, so that its programs are static.
    private func compiled(_ program: String, in folder: String) async throws(ProofError) -> [UInt8] {
        let output = folder + "/" + program.dropLast(2)
        do throws(ProofError) {
            _ = try await Tool("gcc", package: "gcc").output(
                ["-O1", "-static", "-o", output, programs + "/" + program])
        } catch {
            guard case .file(_, let reason) = error else { throw error }
            throw .doesNotCompile(program, errors: reason)
        }
        return try read(output, package: "gcc")
    }
}
