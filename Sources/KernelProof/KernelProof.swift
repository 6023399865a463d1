// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
package import VirtualMachines

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

    /// Brings together what the machine needs: the kernel, its modules, and the scenario's programs.
    ///
    /// - Parameter folder: an empty folder for the machine's files, which stay there.
    /// - Returns: A machine that needs nothing else any more of where the kernel and its modules lie.
    /// - Throws: `ProofError` if something of it cannot be had.
    package func machine(in folder: String) async throws(ProofError) -> ProofMachine {
        let needed = try KernelModules(in: modules)
        let early = try await needed.loading(scenario.modules)
        let late = try await needed.loading(scenario.lateModules).filter { module in
            !early.contains { $0.name == module.name }
        }
        var files: [String: [UInt8]] = ["/scenario": Array(scenario.script.utf8)]
        let all =
            (early + late).map { Module(name: $0.name, contents: $0.contents) } + [patch] + (next.map { [$0] } ?? [])
        for module in all { files["/modules/\(module.name).ko"] = module.contents }
        for program in scenario.programs {
            files["/bin/\(program.dropLast(2))"] = try await compiled(program, in: folder)
        }
        let plan = GuestScript.Plan(
            patch: patch.name, next: next?.name, modules: early.map(\.name), lateModules: late.map(\.name),
            scenario: scenario, buildID: buildID, transition: transition)
        var session = GuestSession(
            kernel: try copied(kernel, to: folder + "/kernel"), files: files, script: GuestScript(plan: plan).text)
        session.accelerator = accelerator
        session.deadline = deadline
        return ProofMachine(session: session, folder: folder)
    }

    private func copied(_ path: String, to copy: String) throws(ProofError) -> String {
        do throws(SystemError) {
            try replaceFile(copy, with: try contents(ofFile: path, limit: 256 << 20))
        } catch {
            throw .machine(.file(path, reason: "\(error)"))
        }
        return copy
    }

    private func read(_ path: String, package: String) throws(ProofError) -> [UInt8] {
        do throws(SystemError) {
            return try contents(ofFile: path, limit: 64 << 20)
        } catch {
            guard error.number == .noSuchFile else { throw .machine(.file(path, reason: "\(error)")) }
            throw .machine(.toolMissing(path, package: package))
        }
    }

    /// The machine has no libraries, so that its programs are static.
    private func compiled(_ program: String, in folder: String) async throws(ProofError) -> [UInt8] {
        let output = folder + "/" + program.dropLast(2)
        do throws(ProofError) {
            _ = try await Tool("gcc", package: "gcc").output(
                ["-O1", "-static", "-o", output, programs + "/" + program])
        } catch {
            guard case .machine(.file(_, let reason)) = error else { throw error }
            throw .doesNotCompile(program, errors: reason)
        }
        return try read(output, package: "gcc")
    }
}
