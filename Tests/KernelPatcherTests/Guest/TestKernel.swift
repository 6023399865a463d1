// SPDX-License-Identifier: Apache-2.0

import ELF
import Foundation
import KernelPatcher
import LivePatch
import TestSupport
import VirtualMachines

/// A kernel of Debian's, modules for it, and this build's `kaketsugi` with its libraries, for virtual machines.
struct TestKernel: Sendable {
    /// Made once for all tests.
    static let shared = Task { try TestKernel() }

    /// The kernel's file, as a boot loader takes it.
    let kernel: String
    /// Its release, as `uname -r` prints it.
    let release: String
    /// Its build ID.
    let buildID: BuildID
    /// The program that signs modules, as it came with the kernel.
    let signFile: String
    /// The folder in which modules for it are built.
    let headers: String
    /// The modules of the folder Modules, by names.
    private let modules: [String: [UInt8]]
    /// The program and its libraries, by paths.
    private let program: [String: [UInt8]]

    private init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let script = root.deletingLastPathComponent().deletingLastPathComponent().appending(path: "scripts/test-kernel")
        let folder = URL(filePath: try Self.run(script.path, []).trimmingCharacters(in: .whitespacesAndNewlines))
        release =
            try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "lib/modules").path)
            .first ?? ""
        kernel = folder.appending(path: "boot/vmlinuz-\(release)").path
        signFile = folder.appending(path: "usr/lib/linux-kbuild-6.1/scripts/sign-file").path
        let text = try String(contentsOf: folder.appending(path: "build-id"), encoding: .utf8)
        guard let buildID = BuildID(hexadecimal: text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw CommandFailure(description: "\(text) is no build ID")
        }
        self.buildID = buildID
        headers = folder.appending(path: "usr/src/linux-headers-\(release)").path
        modules = try Self.modules(root.appending(path: "Modules"), headers: headers)
        program = try Self.programFiles()
    }

    static func run(_ program: String, _ arguments: [String]) throws -> String {
        let command = try Command(program, arguments)
        guard command.status == 0 else { throw CommandFailure(description: "\(program): \(command.errors)") }
        return command.output
    }

    private static func modules(_ sources: URL, headers: String) throws -> [String: [UInt8]] {
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

    /// The program as this build made it; without debug information it is small enough.
    private static func programFiles() throws -> [String: [UInt8]] {
        let directory = try TemporaryDirectory()
        let path = try Self.path(of: "kaketsugi")
        _ = try run("strip", ["-o", directory.path("kaketsugi"), path])
        var files: [String: [UInt8]] = ["/bin/kaketsugi": try directory.read("kaketsugi")]
        for word in try run("ldd", [path]).split(whereSeparator: \.isWhitespace) where word.hasPrefix("/") {
            let contents = Array(try Data(contentsOf: URL(filePath: String(word))))
            // Found by their names alone: what the program says of folders is of this machine.
            files[word.contains("ld-linux") ? String(word) : "/lib/" + (word.split(separator: "/").last ?? "")] =
                contents
        }
        return files
    }

    /// The executables lie beside the bundle of the tests.
    static func path(of executable: String) throws -> String {
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? "/proc/self/exe"
        var folder = URL(filePath: bundle).resolvingSymlinksInPath()
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let candidate = folder.appending(path: executable).path
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
        }
        throw CommandFailure(description: "\(executable) was not built beside \(bundle)")
    }

    /// A module's file.
    func module(_ name: String) throws -> [UInt8] {
        guard let module = modules[name] else { throw CommandFailure(description: "no module \(name)") }
        return module
    }

    /// A live patch around a module.
    func patch(
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
    func session(_ script: String, _ files: [String: [UInt8]]) -> GuestSession {
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
