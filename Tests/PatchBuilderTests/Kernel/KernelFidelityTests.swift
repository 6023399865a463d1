// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import PatchBuilder

/// Whether a unit is what a shipped file was linked from, and whether it is part of it at all.
@Suite struct KernelFidelityTests {
    static let source = """
        struct key { };
        static struct key key;
        static int count, limit;
        extern void wait(struct key *, int);
        extern int total;
        noinline int show(int x) { wait(&key, ++count); return x > limit ? total : 7; }
        static noinline int hidden(int x) { limit = x; return show(x) + 1; }
        int store(int x) { return hidden(x) * 2; }
        """
    static let neighbour = "int total; static int first; int other(int x) { return first += x; }"

    /// A module that was linked of two units.
    private static func module(_ first: String, _ second: String = neighbour) throws -> KernelUnit {
        let directory = try TemporaryDirectory()
        try directory.write(plain(first), to: "first.o")
        try directory.write(plain(second), to: "second.o")
        let linked = try Command("ld", ["-r", "-o", "module.ko", "first.o", "second.o"], in: directory.url)
        #expect(linked.status == 0, "\(linked.errors)")
        return try KernelUnit(name: "module", bytes: try directory.read("module.ko"))
    }

    /// A unit as a kernel's own rules compile it: without sections for each function.
    private static func plain(_ source: String) throws -> [UInt8] {
        try KernelUnits.object(of: source, ["-fno-function-sections", "-fno-data-sections"])
    }

    private static func fidelity(_ source: String, in module: KernelUnit) throws -> KernelFidelity {
        try KernelFidelity(of: KernelUnit(name: "unit.c", bytes: plain(source)), in: module)
    }

    @Test func `a unit of a module is as it was linked, wherever its variables without a size have come to lie`() throws
    {
        let fidelity = try Self.fidelity(Self.source, in: Self.module(Self.source))
        #expect(fidelity.different == [:] && fidelity.equal == ["show", "hidden", "store"] && !fidelity.isElsewhere)
    }

    @Test func `functions of one name in several units have each its own room in front`() throws {
        /// A function as kernels with room in front of each have it, in a unit with another one.
        func unit(_ other: String, _ value: Int) -> String {
            """
            int \(other)(int x) { return x * \(value); }
            asm(".text\\n.p2align 4\\n.type __pfx_same, @function\\n__pfx_same: .nops 16\\n.size __pfx_same, 16\\n"
                ".type same, @function\\nsame: call __fentry__\\nmovl $\(value), %eax\\nret\\n.size same, .-same");
            """
        }
        let module = try Self.module(unit("one", 3), unit("two", 5))
        for text in [unit("one", 3), unit("two", 5)] {
            let fidelity = try Self.fidelity(text, in: module)
            #expect(fidelity.different == [:] && fidelity.equal.contains("same"), "\(fidelity.different)")
        }
        #expect(try Self.fidelity(unit("two", 7), in: module).different.keys.sorted() == ["same", "two"])
    }

    @Test(arguments: [
        ("? total : 7", "? total : 8", "show"), ("++count", "++limit", "show"),
        ("show(x) + 1", "show(x) + limit", "hidden"),
        ("? total", "? count", "show"),
    ])
    func `what a unit has otherwise is found`(old: String, new: String, function: String) throws {
        let fidelity = try Self.fidelity(Self.source.replacing(old, with: new), in: Self.module(Self.source))
        #expect(fidelity.different.keys.contains(function))
        #expect(fidelity.different.count == 1)
    }

    @Test func `a function that the shipped file lacks is a difference`() throws {
        let more = Self.source + "\nint more(int x) { return x ^ 5; }"
        let fidelity = try Self.fidelity(more, in: Self.module(Self.source))
        #expect(fidelity.different.keys.sorted() == ["more"] && !fidelity.isElsewhere)
    }

    @Test func `a unit that shares only functions of headers with a file is no part of it`() throws {
        let shared = "static noinline int shared(int x) { return x * 9; }"
        let module = try Self.module(Self.source + shared + "int user(int x) { return shared(x) + shared(x + 1); }")
        let global = shared + "int unbuilt(int x) { return shared(x) - shared(x * 2); }"
        #expect(try Self.fidelity(global, in: module).isElsewhere)
        let local =
            shared + """
                static noinline int probe(int x) { return shared(x) + 5; }
                static noinline int remove(int x) { return shared(x) + 6; }
                int (*const operations[])(int) = { probe, remove };
                """
        #expect(try Self.fidelity(local, in: module).isElsewhere)
        // One function of its own is enough to be part of it.
        #expect(try !Self.fidelity(global.replacing("unbuilt", with: "user"), in: module).isElsewhere)
    }

    @Test func `a unit of which the start alone is code is told by it`() throws {
        let start = "__attribute__((section(\".init.text\"))) int setup(void) { return 3; }"
        let unit = try KernelUnit(name: "unit.c", bytes: Self.plain(start))
        #expect(KernelPresence(of: unit) { _ in false }.isElsewhere)
        let presence = KernelPresence(of: unit) { $0 == "setup" }
        #expect(!presence.isElsewhere && presence.missing.isEmpty)
    }

    @Test func `weak functions tell nothing`() throws {
        let unit = try KernelUnit(
            name: "unit.c",
            bytes: Self.plain("__attribute__((weak)) int hook(void) { return 0; } int show(void) { return hook(); }"))
        let presence = KernelPresence(of: unit) { $0 == "show" }
        #expect(!presence.isElsewhere && presence.missing.isEmpty)
    }
}
