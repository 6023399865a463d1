// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import VirtualMachines

extension KernelRoot {
    /// Lets the kernel tell its symbols: it knows all, and those of one name in the order in which it counts them.
    func readSymbols() async throws(BuildError) {
        progress(.bootingKernel(record.release))
        let folder = machines + "/symbols"
        try Files.createDirectory(folder)
        var session = GuestSession(
            kernel: bootImage, files: [:],
            script: "echo 0 >/proc/sys/kernel/kptr_restrict\ngzip -c </proc/kallsyms | base64 >&3\n")
        session.options = ["nokaslr"]
        session.launcher = try launcher(writing: folder)
        let said: GuestSession.Result
        do throws(MachineError) {
            said = try await session.run(in: folder)
        } catch .toolMissing(let name, let package) {
            throw .toolMissing(Tool(name: name, package: package))
        } catch {
            throw .kernel(.malformedKernel(file: bootImage, reason: "\(error)"))
        }
        let lines = said.output.split(whereSeparator: \.isNewline)
        guard said.isComplete, let packed = Data(base64Encoded: lines.joined()), !packed.isEmpty else {
            throw .kernel(
                .malformedKernel(
                    file: bootImage, reason: "it did not start in a virtual machine, or not tell its symbols"))
        }
        let file = shipped + "/kallsyms.gz"
        try Files.write([UInt8](packed), to: file)
        let text = try await ToolCall(
            tool: Tool(name: "gzip", package: "gzip"), arguments: ["-dc", file], directory: root.path,
            environment: environment, log: root.log("gzip"), sandbox: root.sandbox(writing: [])
        ).capture()
        try Files.write(text, to: symbols)
        try Files.remove(file)
        try Files.remove(folder)
    }

    /// QEMU in a sandbox: the kernel that it runs came from elsewhere.
    private func launcher(writing folder: String) throws(BuildError) -> GuestSession.Launcher {
        let kernel = bootImage.split(separator: "/").dropLast().map { "/" + $0 }.joined()
        let sandbox = Sandbox(readable: [kernel], writable: [folder])
        return GuestSession.Launcher(
            words: [try Sandbox.program()] + (try sandbox.arguments(running: GuestSession.program, [], in: folder)),
            environment: sandbox.environment(environment))
    }
}
