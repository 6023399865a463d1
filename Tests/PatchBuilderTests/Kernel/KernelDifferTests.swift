// SPDX-License-Identifier: Apache-2.0

import ELF
import TestSupport
import Testing

@testable import PatchBuilder

/// Two builds of a unit become the object of a live patch: what changed, and nothing else.
@Suite struct KernelDifferTests {
    @Test func `a changed function comes alone, and refers to what the kernel has`() throws {
        let units = try KernelUnits(
            """
            extern int puts(const char *);
            extern char *command_line;
            static int count = 3;
            static noinline int helper(int x) { return count += x; }
            int show(int x) { puts(command_line); return helper(x) + 1; }
            int other(int x) { return helper(x) * 2; }
            """, replacing: "puts(command_line);", with: "puts(command_line); puts(\"fixed\");")
        let output = try units.patch(unexported: ["command_line"])
        #expect(output.replaced == ["show"])
        #expect(output.added.isEmpty)
        let view = try PatchContentsView(output.object)
        #expect(view.sections.contains(".text.show"))
        #expect(!view.sections.contains(".text.other") && !view.sections.contains(".text.helper"))
        let targets = Set(try view.targets(in: ".text.show").values)
        #expect(
            targets == [
                "__fentry__", "puts", ".klp.sym.vmlinux.command_line,0@vmlinux", ".rodata.kaketsugi_constants",
                ".klp.sym.vmlinux.helper,0@vmlinux",
            ])
        #expect(view.size(of: "__mcount_loc") == 8)
        #expect(view.size(of: ".data.kaketsugi_functions") == 32)
        try requireSound(output.object)
    }

    @Test func `equal builds are no change, whatever their lines`() throws {
        let source = "int show(int x) { if (x > 7) BUG(); return x; }"
        let units = try KernelUnits(source, replacing: "int show", with: "\n\n\nint show")
        #expect(throws: KernelRefusal.noChange(units: ["unit.c"])) { try units.patch() }
    }

    @Test func `records come with their function, and only those`() throws {
        let units = try KernelUnits(
            """
            extern int key, slow_path(void);
            int first(int *p) { int v; LOAD(v, p); if (v > 9) BUG(); ALTERNATIVE(11); LOCKED(*p); PARAVIRT(5);
                STATIC_CALL(tick); RETURN_SITE(); if (branch(&key)) v++; return v; }
            int second(int *p) { int v; LOAD(v, p); if (v > 9) BUG(); ALTERNATIVE(12); LOCKED(*p); PARAVIRT(6);
                STATIC_CALL(tock); RETURN_SITE(); if (branch(&key)) v++; return v + 1; }
            """, replacing: "return v + 1;", with: "return v + 2;")
        let output = try units.patch(unexported: ["key", "__SCK__tock", "slow_path"])
        #expect(output.replaced == ["second"])
        let view = try PatchContentsView(output.object)
        for section in SpecialSection.all {
            let expected: UInt64 =
                switch section.name {
                case ".orc_unwind", ".orc_unwind_ip", ".call_sites", ".retpoline_sites", ".ibt_endbr_seal",
                    ".cfi_sites",
                    "__patchable_function_entries":
                    0
                default: UInt64(section.usualSize)
                }
            #expect(view.size(of: section.name) == expected, "\(section.name)")
        }
        #expect(view.size(of: ".altinstr_replacement") == 5)
        #expect(try view.targets(in: "__bug_table") == [0: "second", 4: ".rodata.kaketsugi_constants"])
        #expect(try view.targets(in: "__ex_table") == [0: "second", 4: "second"])
        #expect(try view.targets(in: ".altinstructions") == [0: "second", 4: ".altinstr_replacement"])
        #expect(try view.targets(in: ".altinstr_replacement") == [1: ".klp.sym.vmlinux.slow_path,0@vmlinux"])
        #expect(
            try view.targets(in: "__jump_table") == [0: "second", 4: "second", 8: ".klp.sym.vmlinux.key,0@vmlinux"])
        #expect(
            try view.targets(in: ".static_call_sites") == [0: "second", 4: ".klp.sym.vmlinux.__SCK__tock,0@vmlinux"])
        try requireSound(output.object)
    }

    @Test func `a record that differs makes its function differ`() throws {
        let units = try KernelUnits(
            "extern int slow_path(void); int first(int v) { ALTERNATIVE(11); return v; }\n"
                + "int second(int v) { ALTERNATIVE(12); return v; }", replacing: "ALTERNATIVE(12)",
            with: "ALTERNATIVE(13)")
        #expect(try units.patch().replaced == ["second"])
    }

    @Test func `new functions, variables and constants come along`() throws {
        let units = try KernelUnits(
            """
            extern void use(const void *);
            int show(int x) { return x; }
            """, replacing: "int show(int x) { return x; }",
            with: """
                static int calls; static int limit = 5; static const char *const names[] = { "one", "two" };
                static noinline int check(int x) { static int last; last = x; use(&last); return x > limit; }
                int show(int x) { use(names); calls++; use(&calls); return check(x) ? limit : x; }
                """)
        let output = try units.patch()
        #expect(output.replaced == ["show"])
        #expect(Set(output.added.map(CompilerName.stem)) == ["calls", "last", "names", "check"])
        let view = try PatchContentsView(output.object)
        #expect(Set(try view.targets(in: ".text.show").values).isSuperset(of: ["calls", "check", "names"]))
        try requireSound(output.object)
    }

    @Test func `statics of functions stay the kernel's, whatever the compiler numbers them`() throws {
        let units = try KernelUnits(
            """
            extern void use(void *);
            int first(int x) { static int seen; seen += x; use(&seen); return seen; }
            int second(int x) { static int seen; seen -= x; use(&seen); return seen; }
            """, replacing: "seen -= x;", with: "static int fresh; use(&fresh); seen -= x + 1;")
        let output = try units.patch()
        #expect(output.replaced == ["second"])
        #expect(output.added.map(CompilerName.stem) == ["fresh"])
        let object = try ObjectFile(parsing: units.original)
        let user = try KernelUnit(name: "unit.c", bytes: units.original)
        let second = try #require(user.pieces.firstIndex { $0.name == "second" })
        let used = try user.references(in: user.pieces[second].section, user.pieces[second].range).compactMap {
            if case .piece(let piece) = $0.target { user.pieces[piece].name } else { nil }
        }
        let name = try #require(used.first { $0.hasPrefix("seen") })
        #expect(object.symbols.contains { $0.name == name })
        let targets = Set(try PatchContentsView(output.object).targets(in: ".text.second").values)
        #expect(targets.contains(".klp.sym.vmlinux.\(name),0@vmlinux"))
    }

    @Test func `the address of a replaced function stays the kernel's, a call goes to the new one`() throws {
        let units = try KernelUnits(
            """
            extern void keep(int (*)(int));
            noinline int leaf(int x) { return x; }
            int show(int x) { keep(leaf); return leaf(x) + 1; }
            """, replacing: "{ return x; }", with: "{ asm volatile(\"\"); return x + 3; }", options: ["-fno-ipa-ra"])
        var output = try units.patch()
        #expect(output.replaced == ["leaf"])
        let both = try KernelUnits(
            """
            extern void keep(int (*)(int));
            noinline int leaf(int x) { asm volatile("nop"); return x; }
            int show(int x) { keep(leaf); return leaf(x) + 1; }
            """, replacing: "x) ", with: "x) ")
        let changed = KernelUnits(
            original: both.original,
            patched: try KernelUnits.object(
                of: """
                    extern void keep(int (*)(int));
                    noinline int leaf(int x) { asm volatile("nop"); return x + 3; }
                    int show(int x) { keep(leaf); return leaf(x) + 2; }
                    """))
        output = try changed.patch()
        #expect(output.replaced.sorted() == ["leaf", "show"])
        let view = try PatchContentsView(output.object)
        let targets = try view.targets(in: ".text.show").values
        #expect(targets.contains("leaf") && targets.contains(".klp.sym.vmlinux.leaf,0@vmlinux"))
    }

    @Test func `seldom run parts go with their function`() throws {
        let units = try KernelUnits(
            """
            extern __attribute__((cold)) void rare(int);
            int show(int x) { if (__builtin_expect(x > 100, 0)) { rare(x); rare(x + 1); return -1; } return x; }
            """, replacing: "rare(x + 1);", with: "rare(x + 2);")
        let output = try units.patch()
        #expect(output.replaced == ["show"])
        let view = try PatchContentsView(output.object)
        #expect(view.sections.contains(".text.show") && view.sections.contains(".text.unlikely.show"))
        #expect(try view.targets(in: ".text.show").values.contains("show.cold"))
        try requireSound(output.object)
    }

    private func requireSound(_ object: [UInt8]) throws {
        let directory = try TemporaryDirectory()
        try directory.write(object, to: "patch.o")
        let lint = try Command("eu-elflint", ["--gnu-ld", "-q", "patch.o"], in: directory.url)
        #expect(lint.status == 0, "\(lint.output) \(lint.errors)")
        let reading = try Command("readelf", ["-aW", "patch.o"], in: directory.url)
        #expect(reading.status == 0 && reading.errors.isEmpty, "\(reading.errors)")
        // The linker takes it as well, which the kernel's build asks it to.
        let linked = try Command("ld", ["-r", "-o", "linked.o", "patch.o"], in: directory.url)
        #expect(linked.status == 0, "\(linked.errors)")
        let module = try ObjectFile(parsing: LivepatchModule.finished(try directory.read("linked.o")))
        for section in module.sections where section.name.hasPrefix(".klp.rela.") {
            #expect(section.flags.isSuperset(of: [.allocate, LivepatchModule.relocationFlag]))
        }
        for symbol in module.symbols where symbol.name.hasPrefix(".klp.sym.") {
            #expect(symbol.place == .reserved(LivepatchModule.symbolPlace) && !symbol.name.contains("@"))
        }
    }
}

extension KernelUnits {
    init(original: [UInt8], patched: [UInt8]) {
        self.original = original
        self.patched = patched
    }
}
