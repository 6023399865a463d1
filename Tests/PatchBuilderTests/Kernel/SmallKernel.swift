// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

@testable import PatchBuilder

/// A build root of a kernel of a few functions, in which modules are made by the rules of one of Debian's kernels.
///
/// The units are compiled as a kernel's are and linked at a kernel's address. What the kernel's own build is needed for, from
/// its header files to objtool, comes from the packages of the kernel that the tests use.
struct SmallKernel {
    let root: KernelRoot
    private let directory: TemporaryDirectory

    /// What the unit `fs/unit.c` is.
    static let source = """
        extern int helper(int x);
        static int count, limit = 5;
        int total;
        __attribute__((noinline)) int show(int x) { total += x; return x > limit ? helper(x) : 7; }
        static __attribute__((noinline)) int hidden(int x) { count += x; return show(x) + 1; }
        int store(int x) { return hidden(x) * 2; }
        static int twin(int x) { return x * 77; }
        int (*const operations[])(int) = { twin };

        """
    /// A unit with a function that looks like one of the other's.
    private static let neighbour = """
        static int twin(int x) { return x * 77; }
        int (*const others[])(int) = { twin };
        int other(int x) { return x + 3; }

        """
    private static let rest = "int helper(int x) { return x ^ 9; }\nasm(\".globl __fentry__\\n__fentry__: ret\");\n"
    private static let flags = KernelFix.usual.filter { !$0.hasSuffix("-sections") }

    init() throws {
        // A build sees nothing of /tmp but its own folder.
        directory = try TemporaryDirectory(in: URL(filePath: "/tmp"))
        let kernel = try Self.packages()
        let release = try Self.only("", of: kernel + "/lib/modules")
        guard let package = try KernelPackage(parsing: "linux=6.1.1-1", flavour: "cloud-amd64") else {
            throw CommandFailure(description: "linux=6.1.1-1 is no kernel")
        }
        root = KernelRoot(
            root: BuildRoot(path: directory.path("root")), package: package,
            record: KernelRecord(release: release, packages: []), progress: { _ in })
        try root.root.createDirectories()
        try Self.link(kernel, at: root.root.targets + "/image")
        try prepareTree(headers: kernel + "/usr/src/linux-headers-" + release)
        try prepareUnit()
        try linkKernel()
    }

    /// The folder of the unpacked packages.
    static func packages() throws -> String {
        let repository = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        return try Self.run(repository.appending(path: "scripts/test-kernel").path, [])
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func prepareTree(headers: String) throws {
        try FileManager.default.createDirectory(atPath: root.tree + "/fs", withIntermediateDirectories: true)
        for name in ["Makefile", ".config", ".kernelvariables", "Module.symvers"] {
            try FileManager.default.copyItem(atPath: headers + "/" + name, toPath: root.tree + "/" + name)
        }
        for name in ["arch", "include", "scripts", "tools"] {
            try Self.link(
                URL(filePath: headers + "/" + name).resolvingSymlinksInPath().path, at: root.tree + "/" + name)
        }
        try directory.write("", to: "root/objects/module-check")
    }

    /// What the kernel's build would have left of the unit.
    private func prepareUnit() throws {
        try directory.write(Self.source, to: "root/tree/fs/unit.c")
        let compiler = try root.compiler()
        let command = "\(compiler) -Wp,-MMD,fs/.unit.o.d \(Self.flags.joined(separator: " ")) -c -o fs/unit.o fs/unit.c"
        try Data("cmd_fs/unit.o := \(command)\n".utf8).write(to: URL(filePath: root.kept("fs/unit.c")))
        _ = try Self.run(
            compiler, Self.flags + ["-c", "-o", root.plainPath(of: "fs/unit.o"), root.tree + "/fs/unit.c"])
    }

    private func linkKernel() throws {
        try directory.write(Self.neighbour, to: "neighbour.c")
        try directory.write(Self.rest, to: "rest.c")
        let objects = try ["neighbour", "rest"].map { name in
            let object = directory.path("\(name).o")
            _ = try Self.run(try root.compiler(), Self.flags + ["-c", "-o", object, directory.path("\(name).c")])
            return object
        }
        try FileManager.default.createDirectory(atPath: root.shipped, withIntermediateDirectories: true)
        _ = try Self.run(
            "ld",
            ["--build-id=sha1", "-Ttext=0xffffffff81000000", "-e", "show", "-o", root.vmlinux, objects[0]]
                + [root.plainPath(of: "fs/unit.o"), objects[1]])
        try directory.write(try Self.run("nm", ["-n", root.vmlinux]), to: "root/kernel/kallsyms")
        try FileManager.default.copyItem(atPath: root.tree + "/Module.symvers", toPath: root.exports)
    }

    /// The unit, with a part of its text in another form, as the kernel's own rules compile it.
    func unit(replacing old: String = "", with new: String = "") throws -> KernelUnit {
        try directory.write(Self.source.replacing(old, with: new), to: "other/unit.c")
        let object = directory.path("other/unit.o")
        _ = try Self.run(try root.compiler(), Self.flags + ["-c", "-o", object, directory.path("other/unit.c")])
        return try KernelUnit(name: "fs/unit.c", bytes: try directory.read("other/unit.o"))
    }

    /// A queue of fixes, each of which puts a text in another's place.
    func queue(_ changes: [(old: String, new: String)]) throws -> PatchQueue {
        var text = Self.source
        var series = ""
        for (number, change) in changes.enumerated() {
            let next = text.replacing(change.old, with: change.new)
            try directory.write(text, to: "work/a/fs/unit.c")
            try directory.write(next, to: "work/b/fs/unit.c")
            let difference = try Command(
                "diff", ["-u", "a/fs/unit.c", "b/fs/unit.c"], in: directory.url.appending(path: "work"))
            try directory.write(difference.output, to: "queue/\(number).patch")
            series += "\(number).patch\n"
            text = next
        }
        try directory.write(series, to: "queue/series")
        return try PatchQueue(in: directory.path("queue"))
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> String {
        let command = try Command(program, arguments)
        guard command.status == 0 else { throw CommandFailure(description: "\(program): \(command.errors)") }
        return command.output
    }

    private static func link(_ place: String, at path: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: place)
    }

    /// The name of the one file of a folder that begins with a text.
    static func only(_ prefix: String, of folder: String) throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix(prefix) }
        guard let name = names.first else { throw CommandFailure(description: "\(folder) has no \(prefix)") }
        return name
    }
}
