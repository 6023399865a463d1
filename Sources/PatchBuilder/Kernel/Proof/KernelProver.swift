// SPDX-License-Identifier: Apache-2.0

internal import ELF
package import LivePatch

extension KernelSource {
    /// The kernel that a live patch is for, by the package that its manifest names.
    ///
    /// - Throws: ``ProofError``.
    package static func package(of manifest: Manifest) throws(ProofError) -> KernelPackage {
        guard let kernel = manifest.kernel else { throw .notForKernel }
        let name = manifest.target.package ?? kernel.release
        let parts = name.split(separator: "=", maxSplits: 1)
        // 6.1.0-50-cloud-amd64, 6.12.107+deb12-cloud-amd64
        let words = kernel.release.split(separator: "-")
        let flavour = words.dropFirst().drop { $0.allSatisfy(\.isNumber) }.joined(separator: "-")
        guard parts.count == 2, !flavour.isEmpty,
            let package = (try? KernelPackage(parsing: "linux=\(parts[1])", flavour: flavour)) ?? nil
        else { throw .unknownKernel(name) }
        return package
    }

    /// Tries a live patch on its own kernel in a virtual machine.
    ///
    /// - Parameters:
    ///   - artefact: the live patch.
    ///   - scenario: what the author wants tried.
    ///   - text: the scenario as it was written.
    /// - Throws: ``BuildError``.
    package func prove(
        _ artefact: Artefact, _ scenario: Scenario, text: String?
    ) async throws(BuildError) -> KernelProof {
        guard let kernel = artefact.manifest.kernel else { throw .proof(.notForKernel) }
        return try await withRoot { (root: KernelRoot) async throws(BuildError) -> KernelProof in
            let shipped = try ShippedKernel(root)
            guard shipped.vmlinux.object.buildID == artefact.manifest.target.buildID else {
                throw .proof(.unknownKernel("\(artefact.manifest.target.buildID)"))
            }
            var machine = ProofMachine(root: root, kernel: shipped)
            return try await machine.prove(artefact, kernel, scenario, text: text)
        }
    }
}

/// Puts together what a virtual machine needs to try a live patch.
private struct ProofMachine {
    let root: KernelRoot
    let kernel: ShippedKernel
    private var files: [KernelMachine.File] = []
    private var loaded: [String] = []

    init(root: KernelRoot, kernel: ShippedKernel) {
        self.root = root
        self.kernel = kernel
    }

    mutating func prove(
        _ artefact: Artefact, _ patch: Manifest.Kernel, _ scenario: Scenario, text: String?
    ) async throws(BuildError) -> KernelProof {
        var early: [String] = []
        for module in scenario.modules { early += try add(module: module) }
        var late: [String] = []
        let patched = patch.parts.map(\.name).filter { $0 != KernelLinkage.kernel && !scenario.modules.contains($0) }
        for module in patched { late += try add(module: module) }
        let next = Self.nextName(of: patch.module)
        files.append(.init(path: "patch.ko", contents: artefact.module))
        files.append(
            .init(
                path: "next.ko",
                contents: Self.replacing(Array(patch.module.utf8), by: Array(next.utf8), in: artefact.module)))
        for (name, script) in [
            ("setup", scenario.setup), ("trigger", scenario.trigger), ("hold", scenario.hold),
            ("activity", scenario.activity),
        ] where !script.isEmpty {
            files.append(.init(path: name + ".sh", contents: Array(script.utf8)))
        }
        let directory = root.machines + "/proof"
        try Files.remove(directory)
        try Files.createDirectory(directory)
        for (name, source) in scenario.programs.sorted(by: { $0.key < $1.key }) {
            try await add(program: name, source, in: directory)
        }
        let script = ProofScript(
            module: patch.module, next: next, early: early, late: late, patchedLate: patched, scenario: scenario)
        let machine = KernelMachine(
            kernel: root.bootImage, directory: directory, log: root.root.log("proof"), deadline: 300)
        root.progress(.bootingKernel(root.record.release))
        let clock = ContinuousClock()
        let start = clock.now
        let console = try await machine.run(script.text, files: files)
        let seconds = (clock.now - start) / .seconds(1)
        var reading = ProofReading(console)
        reading.compare(with: scenario)
        try Files.remove(directory)
        return KernelProof(
            release: reading.release ?? root.record.release, accelerator: "tcg", module: patch.module,
            steps: reading.steps, seconds: (seconds * 10).rounded() / 10, scenario: text,
            log: Array(ConsoleText.lines(of: console).suffix(200)))
    }

    /// A name of the same length, so that it can be put in place of the other.
    private static func nextName(of name: String) -> String {
        String(name.dropLast()) + (name.hasSuffix("0") ? "1" : "0")
    }

    private static func replacing(_ old: [UInt8], by new: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        var result = bytes
        var position = 0
        while let start = result[position...].firstRange(of: old) {
            result.replaceSubrange(start, with: new)
            position = start.upperBound
        }
        return result
    }

    /// Adds a module, behind those that it depends on.
    ///
    /// - Returns: The names of the files that are not loaded yet, in the order of loading.
    private mutating func add(module name: String) throws(BuildError) -> [String] {
        guard !loaded.contains(name) else { return [] }
        loaded.append(name)
        guard let part = try kernel.module(name) else { throw .proof(.noSuchModule(name)) }
        let fields = (part.object.section(named: ".modinfo")?.contents ?? []).split(separator: 0)
        let depends = fields.map { String(decoding: $0, as: UTF8.self) }.first { $0.hasPrefix("depends=") }
        var order: [String] = []
        for needed in (depends ?? "").dropFirst("depends=".count).split(separator: ",") {
            order += try add(module: String(needed.map { $0 == "-" ? "_" : $0 }))
        }
        files.append(.init(path: "modules/\(name).ko", contents: part.object.bytes))
        return order + ["\(name).ko"]
    }

    private mutating func add(program name: String, _ source: String, in directory: String) async throws(BuildError) {
        try Files.write(Array(source.utf8), to: directory + "/program.c")
        do throws(BuildError) {
            try await ToolCall(
                tool: .compiler("gcc"),
                arguments: ["-O1", "-static", "-pthread", "-o", directory + "/program", directory + "/program.c"],
                directory: directory, environment: root.environment, log: root.root.log("program"),
                sandbox: Sandbox(writable: [directory])
            ).run()
        } catch .toolFailed(_, _, .exited, let lines, _) {
            throw .unitFailed(source: "[program \(name)]", fixed: false, lastLines: lines)
        }
        files.append(
            .init(path: "bin/" + name, contents: try Files.read(directory + "/program"), isExecutable: true))
    }
}
