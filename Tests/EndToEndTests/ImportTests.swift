// SPDX-License-Identifier: Apache-2.0

import Foundation
import LivePatch
import TestSupport
import Testing

/// A fix may use what the target does not import: it is looked up in each process when the patch is applied.
@Suite(.timeLimit(.minutes(10))) struct ImportTests {
    private static let original = "int f(int x) { return x * 3 + 1; }"
    private static let fixed = """
        #include <stdlib.h>
        int f(int x) { return div(x, 2).quot * 3 + 2; }
        """

    @Test func `a function of another library is called`() throws {
        let project = try PatchProject(Self.original)
        let patch = try project.patch(Self.fixed)
        let target = try project.start()
        #expect(try target.call(10) == 31)
        let apply = try Tools.host("apply", patch, "--pid", target.pid)
        #expect(apply.status == 0, "\(apply.errors)\(apply.output)")
        #expect(try target.call(10) == 17)
        #expect(try Tools.host("revert", patch, "--pid", target.pid).status == 0)
        #expect(try target.call(10) == 31)
    }

    @Test func `data and pointers to functions of another library are reached`() throws {
        let project = try PatchProject(Self.original)
        let patch = try project.patch(
            """
            #include <stdlib.h>
            #include <unistd.h>
            extern char **environ;
            static long (*const table[])(long) = {labs, labs};
            int f(int x) { return table[x & 1](x) * 1000 + (environ[0] != 0) * 10 + (optind > 0); }
            """)
        let target = try project.start()
        let apply = try Tools.host("apply", patch, "--pid", target.pid)
        #expect(apply.status == 0, "\(apply.errors)\(apply.output)")
        #expect(try target.call(-5) == 5011)
    }

    @Test func `a program that defines the symbol itself comes first, as for the dynamic linker`() throws {
        let project = try PatchProject(
            Self.original,
            program: "#include <stdlib.h>\ndiv_t div(int x, int y) { div_t d = {7000 - x, y}; return d; }")
        let patch = try project.patch(Self.fixed)
        let target = try project.start()
        #expect(try Tools.host("apply", patch, "--pid", target.pid).status == 0)
        #expect(try target.call(5) == (7000 - 5) * 3 + 2)
    }

    @Test func `a symbol that no library of the process offers is refused with its name and version`() throws {
        let project = try PatchProject(Self.original)
        let patch = try project.patch(Self.fixed)
        var artefact = try Artefact(parsing: Array(Data(contentsOf: URL(filePath: patch))))
        #expect(artefact.imports.map(\.description) == ["div@GLIBC_2.2.5"])
        artefact.relocations = artefact.relocations.map { relocation in
            var relocation = relocation
            if relocation.imported != nil { relocation.version = "GLIBC_9.9.9" }
            return relocation
        }
        let other = try project.directory.write(try artefact.encoded(), to: "other.mend")
        let target = try project.start()
        let text = try target.text()
        let apply = try Tools.host("apply", other, "--pid", target.pid)
        #expect(apply.status == 3)
        #expect((apply.errors + apply.output).contains("div@GLIBC_9.9.9"), "\(apply.errors)\(apply.output)")
        #expect(try target.text() == text)
    }
}
