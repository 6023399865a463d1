// SPDX-License-Identifier: Apache-2.0

import ELF
import TestSupport
import Testing

@testable import PatchBuilder

/// The builds for comparison carry debugging information, whatever the package asks for, and the same code.
@Suite struct SectioningTests {
    private static let source = """
        #include <string.h>
        struct s { int a : 3; char text[24]; struct s *next; }; struct table { int (*f)(struct s *); } ;
        static int first(struct s *p) { return p->a; } static int second(struct s *p) { return (int)strlen(p->text); }
        static const struct table tables[] = {{first}, {second}}; static int calls;
        static inline int each(struct s *p, int (*f)(struct s *)) { int n = 0; for (; p; p = p->next) n += f(p); return n; }
        int use(struct s *p, int k) { switch (k) { case 0: return each(p, first); case 1: return each(p, second);
            case 2: return ++calls; case 3: return tables[calls & 1].f(p); case 4: return -calls; } return 0; }
        """

    @Test(
        arguments: ["gcc", "clang"],
        [
            "-O0", "-O1", "-O2", "-O3", "-Os", "-O2 -g", "-O2 -ggdb3", "-O2 -gsplit-dwarf", "-O2 -gz", "-O2 -g0",
            "-O2 -g1",
            "-O2 -gdwarf-4", "-O2 -fPIC -fstack-protector-strong", "-O2 -fcf-protection -funroll-loops",
        ])
    func `debugging information is there and changes no code`(compiler: String, flags: String) throws {
        let own = flags.split(separator: " ").map(String.init)
        let bare = try object(compiler, own, adding: ["-ffunction-sections", "-fdata-sections", "-g0"])
        let reviewed = try object(compiler, own, adding: UnitCompiler.sectioning)
        #expect(loaded(bare) == loaded(reviewed))
        #expect(reviewed.sections.filter { $0.name.contains("debug") }.allSatisfy { SectionRole($0) == .ignored })
        let types = try UnitTypes(reading: try DebugInformation(of: reviewed))
        #expect(types.functions.contains { $0.name.name == "use" && $0.variables.contains { $0.name == "p" } })
    }

    /// The contents of everything that is in memory at run time, and what is relocated in it.
    private func loaded(_ object: ObjectFile) -> [String: [UInt8]] {
        let sections = object.sections.filter { $0.flags.contains(.allocate) && $0.name != ".eh_frame" }
        return Dictionary(sections.map { ($0.name, Array($0.contents)) }) { $0 + $1 }
    }

    private func object(_ compiler: String, _ own: [String], adding extra: [String]) throws -> ObjectFile {
        let directory = try TemporaryDirectory()
        try directory.write(Self.source, to: "unit.c")
        let own = CompilerCall(
            directory: directory.path, compiler: compiler, arguments: own + ["-Werror", "-c", "unit.c"], environment: [:])
        let arguments = try own.units().map { try $0.command.get().arguments(adding: extra, output: "unit.o") }
        let command = try Command(compiler, arguments.first ?? [], in: directory.url)
        guard command.status == 0 else { throw CommandFailure(description: command.errors) }
        #expect(!directory.exists("unit.dwo"))
        return try ObjectFile(parsing: try directory.read("unit.o"))
    }
}
