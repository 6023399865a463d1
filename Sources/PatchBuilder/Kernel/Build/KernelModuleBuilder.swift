// SPDX-License-Identifier: Apache-2.0

/// Makes a module that the kernel loads of the object with a patch's code.
struct KernelModuleBuilder {
    let root: KernelRoot

    /// Links the object with the glue, by the rules of the kernel's own build.
    ///
    /// - Throws: ``BuildError``.
    func module(named name: String, of object: [UInt8]) async throws(BuildError) -> [UInt8] {
        root.progress(.linkingModule(name))
        let folder = root.root.objects + "/" + name
        try Files.remove(folder)
        try Files.createDirectory(folder)
        try Files.write(PackageResources.module_c, to: folder + "/main.c")
        try Files.write(object, to: folder + "/patch.o_shipped")
        // Kbuild reads how each object was made.
        try Files.write([], to: folder + "/.patch.o.cmd")
        try Files.write(Array("obj-m := \(name).o\n\(name)-y := main.o patch.o\n".utf8), to: folder + "/Makefile")
        // What the livepatch core resolves is unknown to modpost, which is to say so and go on.
        try await root.make(["KBUILD_MODPOST_WARN=1", "M=" + folder, "modules"], log: "module")
        try requireSilence(of: "objtool")
        let linked = try Files.read("\(folder)/\(name).ko")
        try Files.remove(folder)
        do throws(KernelRefusal) {
            return try LivepatchModule.finished(linked)
        } catch {
            throw .kernel(error)
        }
    }

    /// The kernel's tool for unwind tables only warns of code that it does not understand, and whose stack it does not describe.
    private func requireSilence(of tool: String) throws(BuildError) {
        let log = String(decoding: try Files.read(root.root.log("module")), as: UTF8.self)
        let words = log.split(separator: "\n").compactMap { line in
            line.firstRange(of: tool + ": ").map { String(line[$0.upperBound...]) }
        }.filter { !Self.isHarmless($0) }
        guard words.isEmpty else {
            throw .kernel(.malformedModule(reason: tool + ": " + words.joined(separator: "; ")))
        }
    }

    /// The tracer returns into a replacement, which needs no mark of a target of indirect branches for that.
    private static func isHarmless(_ words: String) -> Bool {
        words.contains("kaketsugi_functions+") && words.contains(": data relocation to !ENDBR: ")
    }
}
