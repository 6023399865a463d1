// SPDX-License-Identifier: Apache-2.0

import Subprocess
import SystemPackage

/// A machine of QEMU's that runs a kernel with files in memory, and nothing else: no disk, no network.
struct VirtualMachine: Sendable {
    /// The kernel's file, as a boot loader takes it.
    var kernel: String
    /// The files that it begins with.
    var initialFiles: String
    /// What runs it.
    var accelerator: Accelerator
    /// How much memory it has, in MiB.
    var memory = 512
    /// Further words for the kernel.
    var options: [String] = []
    /// A file that is the machine's disk, by NVMe; nil for none.
    var disk: String?
    /// UEFI firmware with its variables; nil for none.
    var firmware: GuestSession.Firmware?
    /// When it is ended if it has not ended by itself.
    var deadline: Duration
    /// What the kernel says goes here.
    var console: String
    /// What the program in the machine reports goes here.
    var report: String
    /// How QEMU is started.
    var launcher: GuestSession.Launcher

    /// How a machine ended.
    enum Ending: Equatable, Sendable {
        /// It switched itself off, or restarted: QEMU does not tell these apart.
        case ended
        /// It ran too long.
        case timedOut
        /// QEMU did not run it.
        case refused(String)
    }

    /// Runs the machine until it ends.
    ///
    /// - Throws: `MachineError.toolMissing`.
    func run() async throws(MachineError) -> Ending {
        do {
            return try await withThrowingTaskGroup(of: Ending.self) { group in
                group.addTask { try await start() }
                group.addTask {
                    try await Task.sleep(for: deadline)
                    return .timedOut
                }
                // Whoever is first cancels the other one; a cancelled machine is killed.
                defer { group.cancelAll() }
                return try await group.next() ?? .timedOut
            }
        } catch let error as SubprocessError where error.code == .executableNotFound {
            throw .toolMissing(launcher.words.first ?? GuestSession.program, package: "qemu-system-x86")
        } catch {
            return .refused("\(error)")
        }
    }

    private func start() async throws -> Ending {
        var options = PlatformOptions()
        options.teardownSequence = [.send(signal: .kill, allowedDurationToNextStep: .seconds(1))]
        let program = launcher.words.first ?? GuestSession.program
        let result = try await Subprocess.run(
            program.hasPrefix("/") ? .path(FilePath(program)) : .name(program),
            arguments: Arguments(launcher.words.dropFirst() + arguments), environment: environment,
            platformOptions: options, output: .discarded, error: .string(limit: 4096))
        return result.terminationStatus.isSuccess ? .ended : .refused(result.standardError)
    }

    private var environment: Environment {
        guard let values = launcher.environment else { return .inherit }
        var custom: [Environment.Key: String] = [:]
        for (name, value) in values { custom[Environment.Key(stringLiteral: name)] = value }
        return .custom(custom)
    }

    private var arguments: [String] {
        [
            // No firmware for networks, no screen: half a second less.
            "-nodefaults", "-vga", "none", "-display", "none", "-no-reboot", "-smp", "1", "-m", "\(memory)",
            "-accel", accelerator.rawValue, "-kernel", kernel, "-initrd", initialFiles,
            // A report of its own line, so that it does not mix with what the kernel says.
            "-serial", "file:\(console)", "-serial", "file:\(report)",
            "-append", (["console=ttyS0", "panic=-1", "oops=panic", "loglevel=5"] + options).joined(separator: " "),
        ] + diskArguments + firmwareArguments
    }

    private var firmwareArguments: [String] {
        guard let firmware else { return [] }
        return [
            "-machine", "q35", "-drive", "if=pflash,format=raw,unit=0,readonly=on,file=\(firmware.code)", "-drive",
            "if=pflash,format=raw,unit=1,file=\(firmware.variables)",
        ]
    }

    private var diskArguments: [String] {
        guard let disk else { return [] }
        return ["-drive", "file=\(disk),if=none,id=disk,format=raw", "-device", "nvme,drive=disk,serial=disk"]
    }
}
