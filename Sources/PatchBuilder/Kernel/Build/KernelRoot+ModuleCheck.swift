// SPDX-License-Identifier: Apache-2.0

/// The options of objtool for whole modules, of kernels that have no other use of it (`CONFIG_X86_KERNEL_IBT`).
///
/// It writes into code, as where jump labels are, and so a unit is what is shipped only behind it.
struct ModuleCheck: Sendable, Equatable {
    /// What is called, without the object.
    let command: String

    /// Finds it in what the kernel's build has noted beside an object; nil if it is not there.
    init?(noted text: String) {
        guard let range = KernelUnitCommand.moduleCheck(in: text) else { return nil }
        let words = text[range].drop { $0 == ";" }.split(whereSeparator: \.isWhitespace)
        guard words.count > 1 else { return nil }
        command = words.dropLast().joined(separator: " ")
    }
}

extension KernelRoot {
    /// How the kernel's build looks at whole modules; nil if it looks at units.
    func moduleCheck() async throws(BuildError) -> ModuleCheck? {
        let kept = root.objects + "/module-check"
        if !Files.exists(kept) { try Files.write(try await notedModuleCheck(), to: kept) }
        return ModuleCheck(noted: String(decoding: try Files.read(kept), as: UTF8.self))
    }

    /// What is noted beside a module of one unit that says nothing.
    private func notedModuleCheck() async throws(BuildError) -> [UInt8] {
        let folder = root.objects + "/probe"
        try Files.remove(folder)
        try Files.createDirectory(folder)
        try Files.write(Array("#include <linux/module.h>\nMODULE_LICENSE(\"GPL\");\n".utf8), to: folder + "/probe.c")
        try Files.write(Array("obj-m := probe.o\n".utf8), to: folder + "/Makefile")
        try await make(["M=" + folder, "modules"], log: "probe")
        let note = try Files.read(folder + "/.probe.o.cmd")
        try Files.remove(folder)
        return note
    }

    /// Keeps a unit as it was compiled, and as it is linked.
    func keepBothForms(of command: KernelUnitCommand, _ check: ModuleCheck) async throws(BuildError) {
        let (plain, checked) = (plainPath(of: command.object), checkedPath(of: command.object))
        try Files.remove(checked)
        let partial = checked + ".part"
        try Files.remove(partial)
        try Files.copy(tree + "/" + command.object, to: partial)
        if command.isModuleByItself {
            try await shell(command.text(writing: plain, options: []))
        } else {
            try Files.copy(tree + "/" + command.object, to: plain)
            try await shell(check.command + " " + partial)
        }
        try Files.rename(partial, to: checked)
    }

    private func shell(_ command: String) async throws(BuildError) {
        try await ToolCall(
            tool: .shell, arguments: ["-c", command], directory: tree, environment: environment,
            log: root.log("objtool"), sandbox: sandbox
        ).run()
    }

    /// Where a unit is kept as it is linked.
    func checkedPath(of object: String) -> String {
        root.objects + "/" + Digest(["checked", object]).hexadecimal.prefix(32) + ".o"
    }
}
