// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

/// A virtual machine that runs a script of a caller's.
///
/// Descriptor 3 is a line to the caller, and standard error goes there, too; `/proc`, `/sys`, `/dev`, `/tmp` and `/run` are
/// there, and the commands of BusyBox. When the script ends, the machine does.
package struct GuestSession: Sendable {
    /// The kernel's file, as a boot loader takes it.
    package var kernel: String
    /// What lies in the machine, by absolute paths; all may be executed.
    package var files: [String: [UInt8]]
    /// The script, for the shell of BusyBox.
    package var script: String
    /// What should run the machine; the result says what did.
    package var accelerator = Accelerator.tcg
    /// Further words for the kernel.
    package var options: [String] = []
    /// A file that is the machine's disk, `/dev/nvme0n1`; nil for none.
    package var disk: String?
    /// UEFI firmware; nil for none, which is faster.
    package var firmware: Firmware?
    /// How much memory it has, in MiB.
    package var memory = 512
    /// When the machine is ended if it has not ended by itself.
    package var deadline = Duration.seconds(180)
    /// How QEMU is started.
    package var launcher = Launcher()

    /// UEFI firmware as OVMF has it.
    package struct Firmware: Sendable {
        /// Its code.
        package var code: String
        /// Its variables, with the keys of Secure Boot; the machine writes to this file.
        package var variables: String

        /// Firmware in two files.
        package init(code: String, variables: String) {
            self.code = code
            self.variables = variables
        }
    }

    /// What starts QEMU: by itself, or in a sandbox.
    package struct Launcher: Sendable {
        /// The program and its first arguments, behind which QEMU's follow.
        package var words: [String]
        /// The environment; nil for the caller's own.
        package var environment: [String: String]?

        /// The program by itself, or what runs it.
        package init(words: [String] = [GuestSession.program], environment: [String: String]? = nil) {
            self.words = words
            self.environment = environment
        }
    }

    /// What a machine left.
    package struct Result: Sendable {
        /// What the script wrote.
        package var output: String
        /// What the kernel wrote to its console.
        package var console: String
        /// Whether the script came to its end; a panic is none.
        package var isComplete: Bool
        /// Whether the machine had to be ended.
        package var isTimedOut: Bool
        /// What ran it.
        package var accelerator: Accelerator
        /// How long it ran.
        package var duration: Duration
    }

    /// The name of QEMU's program.
    package static let program = "qemu-system-x86_64"
    /// What of a machine's output is read.
    private static let outputLimit = 64 << 20
    private static let end = "-- the script has ended --"

    /// A machine.
    package init(kernel: String, files: [String: [UInt8]], script: String) {
        self.kernel = kernel
        self.files = files
        self.script = script
    }

    /// Runs the machine to its end.
    ///
    /// - Parameter folder: a folder for the machine's files, which stay there.
    /// - Returns: What it left.
    /// - Throws: `MachineError` if it could not be run.
    package func run(in folder: String) async throws(MachineError) -> Result {
        if accelerator != .tcg, try await !isUsable(accelerator, in: folder) {
            var session = self
            session.accelerator = .tcg
            return try await session.run(in: folder)
        }
        let archive = folder + "/initial-files.cpio"
        try pack(into: archive)
        var machine = VirtualMachine(
            kernel: kernel, initialFiles: archive, accelerator: accelerator, deadline: deadline,
            console: folder + "/console", report: folder + "/report", launcher: launcher)
        machine.options = options
        machine.disk = disk
        machine.firmware = firmware
        machine.memory = memory
        let begin = ContinuousClock.now
        let ending = try await machine.run()
        let duration = ContinuousClock.now - begin
        if case .refused(let reason) = ending { throw .refused(reason) }
        // A machine that said nothing has said that.
        func said(_ path: String) -> String {
            String(decoding: (try? contents(ofFile: path, limit: Self.outputLimit)) ?? [], as: UTF8.self)
        }
        var output = said(machine.report).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let end = output.firstIndex { $0 == Self.end }
        if let end { output.removeSubrange(end...) }
        return Result(
            output: output.joined(separator: "\n"), console: said(machine.console), isComplete: end != nil,
            isTimedOut: ending == .timedOut, accelerator: accelerator, duration: duration)
    }

    /// Whether a machine that only switches itself off does so in time.
    private func isUsable(_ accelerator: Accelerator, in folder: String) async throws(MachineError) -> Bool {
        var probe = GuestSession(kernel: kernel, files: [:], script: "")
        probe.launcher = launcher
        let archive = folder + "/probe.cpio"
        try probe.pack(into: archive)
        let machine = VirtualMachine(
            kernel: kernel, initialFiles: archive, accelerator: accelerator, deadline: .seconds(10),
            console: folder + "/probe-console", report: folder + "/probe-report", launcher: launcher)
        return try await machine.run() == .ended
    }

    private func pack(into path: String) throws(MachineError) {
        var archive = InitialFiles()
        // The first program has a console from the beginning, so that a kernel that is refused tells why.
        archive.addDevice("dev/console", major: 5, minor: 1)
        archive.add(Array(Self.first.utf8), as: "init")
        archive.add(Array(script.utf8), as: "script")
        do throws(SystemError) {
            archive.add(try contents(ofFile: "/bin/busybox", limit: 64 << 20), as: "bin/busybox")
        } catch {
            throw .toolMissing("/bin/busybox", package: "busybox-static")
        }
        for (path, contents) in files.sorted(by: { $0.key < $1.key }) {
            archive.add(contents, as: String(path.drop { $0 == "/" }))
        }
        do throws(SystemError) {
            try replaceFile(path, with: archive.archive)
        } catch {
            throw .file(path, reason: "\(error)")
        }
    }

    private static let first = """
        #!/bin/busybox sh
        /bin/busybox mkdir -p /proc /sys /dev /tmp /run
        /bin/busybox --install -s /bin
        export PATH=/bin
        mount -t proc proc /proc
        mount -t sysfs sys /sys
        mount -t devtmpfs dev /dev
        mount -t tmpfs tmp /tmp
        mount -t tmpfs run /run
        exec 3>/dev/ttyS1 >/dev/null 2>&3 </dev/null
        sh /script
        sync
        echo "\(end)" >&3
        poweroff -f
        sleep 60

        """
}
