// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

/// A virtual machine that runs a script of a caller's, for what a ``KernelProof`` does not do.
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
    }

    private static let end = "-- the script has ended --"

    /// A machine.
    package init(kernel: String, files: [String: [UInt8]], script: String) {
        self.kernel = kernel
        self.files = files
        self.script = script
    }

    /// Runs the machine to its end.
    ///
    /// - Parameter folder: a folder for the machine's files.
    /// - Returns: What it left.
    /// - Throws: `ProofError` if it could not be run.
    package func run(in folder: String) async throws(ProofError) -> Result {
        let archive = folder + "/initial-files.cpio"
        try pack(into: archive)
        var machine = VirtualMachine(
            kernel: kernel, initialFiles: archive, accelerator: .tcg, deadline: deadline,
            console: folder + "/console", report: folder + "/report")
        machine.options = options
        machine.disk = disk
        machine.firmware = firmware
        machine.memory = memory
        let ending = try await machine.run()
        if case .refused(let reason) = ending { throw .machine(reason) }
        func said(_ path: String) -> String {
            String(decoding: (try? contents(ofFile: path, limit: 16 << 20)) ?? [], as: UTF8.self)
        }
        var output = said(machine.report).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let end = output.firstIndex { $0 == Self.end }
        if let end { output.removeSubrange(end...) }
        return Result(
            output: output.joined(separator: "\n"), console: said(machine.console), isComplete: end != nil,
            isTimedOut: ending == .timedOut)
    }

    private func pack(into path: String) throws(ProofError) {
        var archive = InitialFiles()
        archive.addDevice("dev/console", major: 5, minor: 1)
        archive.add(Array(first.utf8), as: "init")
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

    private var first: String {
        """
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
        echo "\(Self.end)" >&3
        poweroff -f
        sleep 60

        """
    }
}
