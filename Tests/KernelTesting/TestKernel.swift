// SPDX-License-Identifier: Apache-2.0

package import ELF
import Foundation
package import LivePatch
import TestSupport
package import VirtualMachines

/// A kernel of Debian's, modules for it, and this build's `kaketsugi` with its libraries, for virtual machines.
package struct TestKernel: Sendable {
    /// Made once for all tests.
    package static let shared = Task { try TestKernel() }

    /// The kernel's file, as a boot loader takes it.
    package let kernel: String
    /// Its release, as `uname -r` prints it.
    package let release: String
    /// Its build ID.
    package let buildID: BuildID
    /// The program that signs modules, as it came with the kernel.
    package let signFile: String
    /// The folder in which modules for it are built.
    package let headers: String
    /// The folder of the modules that came with the kernel.
    package let shippedModules: String
    /// The modules of the folder Modules, by names.
    private let modules: [String: [UInt8]]
    /// `kaketsugi` and its libraries, by paths.
    private let program: [String: [UInt8]]

    /// The folder Modules.
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Modules")

    private init() throws {
        let root = Self.sources.appending(path: "../../..").standardizedFileURL
        let script = root.appending(path: "scripts/test-kernel")
        let folder = URL(filePath: try Self.run(script.path, []).trimmingCharacters(in: .whitespacesAndNewlines))
        release =
            try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "lib/modules").path)
            .first ?? ""
        shippedModules = folder.appending(path: "lib/modules/\(release)").path
        kernel = folder.appending(path: "boot/vmlinuz-\(release)").path
        signFile = folder.appending(path: "usr/lib/linux-kbuild-6.1/scripts/sign-file").path
        let text = try String(contentsOf: folder.appending(path: "build-id"), encoding: .utf8)
        guard let buildID = BuildID(hexadecimal: text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw CommandFailure(description: "\(text) is no build ID")
        }
        self.buildID = buildID
        headers = folder.appending(path: "usr/src/linux-headers-\(release)").path
        modules = try Self.modules(headers: headers)
        program = try guestFiles(of: ["kaketsugi"])
    }

    package static func run(_ program: String, _ arguments: [String]) throws -> String {
        let command = try Command(program, arguments)
        guard command.status == 0 else { throw CommandFailure(description: "\(program): \(command.errors)") }
        return command.output
    }

    private static func modules(headers: String) throws -> [String: [UInt8]] {
        let directory = try TemporaryDirectory()
        let copy = directory.path("modules")
        try FileManager.default.copyItem(atPath: sources.path, toPath: copy)
        _ = try run("make", ["-s", "-C", headers, "M=\(copy)", "modules"])
        var modules: [String: [UInt8]] = [:]
        for file in try FileManager.default.contentsOfDirectory(atPath: copy) where file.hasSuffix(".ko") {
            let name = String(file.dropLast(3))
            _ = try run("strip", ["--strip-debug", "\(copy)/\(file)"])
            modules[name] = try directory.read("modules/\(file)")
        }
        return modules
    }

    /// The source of a module of the folder Modules.
    package func source(of name: String) throws -> String {
        try String(contentsOf: Self.sources.appending(path: "\(name).c"), encoding: .utf8)
    }

    /// A module's file.
    package func module(_ name: String) throws -> [UInt8] {
        guard let module = modules[name] else { throw CommandFailure(description: "no module \(name)") }
        return module
    }

    /// A live patch around a module.
    package func patch(
        _ module: String, level: Int = 1, hunks: [String]? = nil, parts: [Manifest.KernelPart] = [],
        function: (part: String, name: String) = ("vmlinux", "cmdline_proc_show"), buildID: BuildID? = nil,
        contents: [UInt8]? = nil
    ) throws -> [UInt8] {
        let target = buildID ?? self.buildID
        let manifest = Manifest(
            target: .init(name: "vmlinux", buildID: target, package: nil), level: level,
            fixes: [
                .init(
                    level: level, vulnerabilities: ["CVE-2026-1"], title: module, source: "fs/proc/cmdline.c",
                    hunks: hunks ?? (1...level).map(String.init))
            ],
            functions: [], addedFunctions: [], removedFunctions: [], data: [], findings: [], revertHazards: [],
            builder: .init(name: "test", version: "1"), compiler: "gcc",
            kernel: .init(
                release: release, safeRelease: "6.1.0-99-cloud-amd64", module: module,
                parts: [.init(name: "vmlinux", buildID: target)] + parts,
                functions: [
                    .init(part: function.part, name: function.name, position: 0, unit: "fs/proc/cmdline.c", size: 64)
                ],
                added: []))
        return try Artefact(
            manifest: manifest, image: Image(parts: []), relocations: [], original: [],
            module: try contents ?? self.module(module)
        ).encoded()
    }

    /// A machine with the program, patches and modules.
    package func session(_ script: String, _ files: [String: [UInt8]]) -> GuestSession {
        var session = GuestSession(
            kernel: kernel, files: program.merging(files) { $1 },
            script: """
                export LD_LIBRARY_PATH=/lib LC_ALL=C
                mount -t securityfs security /sys/kernel/security
                mount -t tracefs tracing /sys/kernel/tracing
                # What a step is, what it printed, and its exit code.
                step() {
                    echo "== $1" >&3
                    shift
                    "$@" >&3 2>&3
                    echo "-- $?" >&3
                }
                """ + "\n" + script)
        session.memory = 1024
        // Seconds on a machine that has nothing else to do.
        session.deadline = .seconds(400)
        return session
    }
}
