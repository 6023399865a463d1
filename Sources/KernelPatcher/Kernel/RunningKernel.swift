// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LinuxSystem

/// What a running kernel tells about itself.
struct RunningKernel: Sendable {
    let interface: any KernelInterface

    /// The text of a file of one line; nil if there is none, or if it may not be read.
    func line(_ path: String) -> String? {
        guard let bytes = try? interface.read(path) else { return nil }
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != 0 }, as: UTF8.self)
    }

    func exists(_ path: String) -> Bool { (try? interface.names(in: path)) != nil }

    /// The release, as `uname -r` prints it.
    var release: String { line("/proc/sys/kernel/osrelease") ?? "" }

    /// What this boot is told by: another one after every start.
    var bootID: String { line("/proc/sys/kernel/random/boot_id") ?? "" }

    /// The words that the boot loader gave it.
    var commandLine: [String] { (line("/proc/cmdline") ?? "").split(separator: " ").map(String.init) }

    /// The build ID of vmlinux; nil if the kernel tells none.
    var buildID: BuildID? { (try? interface.read("/sys/kernel/notes")).flatMap { BuildID(notes: $0) } }

    /// The build ID of a loaded module; nil if it has none.
    func buildID(ofModule name: String) -> BuildID? {
        (try? interface.read("/sys/module/\(name)/notes/.note.gnu.build-id")).flatMap { BuildID(notes: $0) }
    }

    /// Whether a module is in the kernel, loaded or being loaded.
    func hasModule(_ name: String) -> Bool {
        // What is built in has a directory, too, and no state.
        line("/sys/module/\(name)/initstate") != nil
    }

    /// Whether a module's initialization has not ended.
    func isLoading(_ name: String) -> Bool { line("/sys/module/\(name)/initstate") == "coming" }

    /// Whether this program may load modules.
    var mayLoadModules: Bool {
        (try? interface.read("/proc/self/status")).map { Privilege.mayLoadModules(inStatus: $0) } ?? false
    }

    /// What is held against the kernel's health.
    var complaints: Complaints { Complaints(of: self) }
}

/// How often a kernel has said that something is wrong with it.
struct Complaints: Hashable, Sendable {
    /// Warnings of `WARN`.
    let warnings: UInt64
    /// Oopses.
    let oopses: UInt64

    /// Reads the counters, which Linux 6.2 brought and older stable kernels took over, or else the flags of taint.
    init(of kernel: RunningKernel) {
        let taint = kernel.line("/proc/sys/kernel/tainted").flatMap { UInt64($0) } ?? 0
        // Linux: Documentation/admin-guide/tainted-kernels.rst, W and D.
        warnings = kernel.line("/sys/kernel/warn_count").flatMap { UInt64($0) } ?? taint >> 9 & 1
        oopses = kernel.line("/sys/kernel/oops_count").flatMap { UInt64($0) } ?? taint >> 7 & 1
    }

    /// Whether there are more than there were.
    func exceed(_ earlier: Complaints) -> Bool { warnings > earlier.warnings || oopses > earlier.oopses }
}
