// SPDX-License-Identifier: Apache-2.0

/// A virtual machine that boots a kernel into a script of ours, and shows what it prints.
///
/// The processor is emulated: that works everywhere, and a kernel without devices is there in two seconds. Hardware
/// virtualization is left alone, since there are machines on which `/dev/kvm` opens and then never boots.
struct KernelMachine: Sendable {
    /// The kernel as a boot loader gets it.
    var kernel: String
    /// A folder for its files.
    var directory: String
    /// What is written of the emulator's own messages.
    var log: String
    /// How long it may take.
    var deadline = 120
    /// Words on the kernel's command line.
    var words: [String] = []
    /// Its memory in MiB.
    var memory = 512

    /// A file in the machine's first file system.
    struct File: Sendable {
        var path: String
        var contents: [UInt8]
        var isExecutable = false
    }

    static let emulator = Tool(name: "qemu-system-x86_64", package: "qemu-system-x86")
    static let shell = Tool(name: "busybox", package: "busybox-static")
    private static let clock = Tool(name: "timeout", package: "coreutils")

    /// Boots, runs a script with busybox' shell, and turns the machine off.
    ///
    /// - Parameters:
    ///   - script: what is run, behind the mounting of `/proc`, `/sys` and `/dev`.
    ///   - files: what it finds.
    /// - Returns: All that was printed to the console.
    /// - Throws: ``BuildError``; a machine that does not end in time is turned off, and what it printed returned.
    func run(_ script: String, files: [File] = []) async throws(BuildError) -> [UInt8] {
        var archive = Initramfs()
        for folder in ["proc", "sys", "dev", "tmp", "run"] { archive.addFolder(folder) }
        archive.addDevice("dev/console", major: 5, minor: 1)
        archive.add("bin/busybox", try Files.read(try Self.shellPath()), isExecutable: true)
        archive.add("init", Array(Self.start.utf8), isExecutable: true)
        archive.add("run.sh", Array(script.utf8))
        for file in files { archive.add(file.path, file.contents, isExecutable: file.isExecutable) }
        try Files.createDirectory(directory)
        let initramfs = directory + "/initramfs"
        try Files.write(archive.finished(), to: initramfs)
        let arguments =
            [
                "--kill-after=5", "\(deadline)", Self.emulator.name, "-accel", "tcg", "-m", "\(memory)", "-nodefaults",
                "-vga",
                "none", "-display", "none", "-serial", "file:" + directory + "/console", "-no-reboot", "-kernel",
                kernel,
                "-initrd", initramfs, "-append",
            ] + [(["console=ttyS0", "panic=-1", "oops=panic", "quiet", "loglevel=4"] + words).joined(separator: " ")]
        try Files.write([], to: directory + "/console")
        let folder = kernel.split(separator: "/").dropLast().map { "/" + $0 }.joined()
        do {
            try await ToolCall(
                tool: Self.clock, arguments: arguments, directory: directory,
                environment: ToolEnvironment.clean(home: directory), log: log,
                sandbox: Sandbox(readable: [folder], writable: [directory])
            ).run()
        } catch .toolFailed(_, _, .exited(124), _, _) {
            // What it printed until then tells more than that it hung.
        }
        let console = try Files.read(directory + "/console")
        try Files.remove(initramfs)
        return console
    }

    private static func shellPath() throws(BuildError) -> String {
        for directory in ToolEnvironment.path.split(separator: ":") where Files.isFile("\(directory)/busybox") {
            return "\(directory)/busybox"
        }
        throw .toolMissing(shell)
    }

    private static let start = """
        #!/bin/busybox sh
        /bin/busybox --install -s /bin 2>/dev/null
        export PATH=/bin
        mount -t proc proc /proc
        mount -t sysfs sysfs /sys
        mount -t devtmpfs devtmpfs /dev
        mount -t tmpfs tmpfs /tmp
        echo 0 >/proc/sys/kernel/kptr_restrict
        . /run.sh
        sync
        poweroff -f

        """
}
