// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PatchBuilder

@Suite struct `Finding places for preprocessor lines` {
    /// The places after each line: `+` safe, `-` not.
    static func places(_ text: String) -> String {
        var lexer = SourceLexer()
        return Lines.split(Array(text.utf8)).map { line in
            lexer.read(line)
            return lexer.isAtSafePlace ? "+" : "-"
        }.joined()
    }

    @Test(arguments: [
        ("int a;\nint b\n;\n", "+-+"),
        ("int f(int a,\n      int b);\n", "-+"),
        ("void f(void)\n{\n    g();\n    h(1,\n      2);\n}\n", "-++-++"),
        ("int t[] = {\n    1,\n    2\n};\n", "+--+"),
        ("int t[\n3];\n", "-+"),
        ("case 1:\n    break;\n", "-+"),
        ("/* comment */\n\n// another\n", "+++"),
        ("a; /* begun\n ; */\nb;\n", "-++"),
        ("a; // goes on \\\n still;\nb;\n", "-++"),
        ("char *s = \"; /* \";\n", "+"),
        ("char *s = \"a\\\";\\\\\";\n", "+"),
        ("char *s = \"spliced \\\nstring;\";\n", "-+"),
        ("char c = '\\'';\nchar d = '{';\n", "++"),
        ("char c = '(';\nint e;\n", "++"),
        ("long n = 1'000'000;\n", "+"),
        ("auto s = R\"x(;\n)\" \"\n)x\";\n", "--+"),
        ("auto s = u8R\"x(a)\"(\n)x\";\nint e;\n", "-++"),
        ("#define F(a) \\\n    g(a); \\\n    h(\nint b;\n", "--++"),
        ("#include <a.h>\n#error don't (\nint a;\n", "+++"),
        ("# /* a\n b */ define X (\nint a;\n", "-++"),
        ("#if A\nint f(\n#else\nint g(\n#endif\n    int a);\n", "+-+--+"),
        ("#if 0\ndon't (( do this\n#endif\nint a;\n", "+--+"),
        ("int a; # not a directive (\n);\n", "-+"),
        ("x;\r\ny\r\n;\r\n", "+-+"),
        ("a;\\\n\nb;", "-++"),
        ("f(a) { ) ) ]\n}\n", "-+"),
    ])
    func `a place is safe between declarations and statements`(text: String, expected: String) {
        #expect(Self.places(text) == expected)
    }

    @Test func `conditional groups are counted`() {
        var lexer = SourceLexer()
        var depths: [Int] = []
        for line in Lines.split(Array("#ifdef A\n# if B\n#elif C\n#\\\nendif\n#endif\n#endif\n".utf8)) {
            lexer.read(line)
            depths.append(lexer.conditionalDepth)
        }
        #expect(depths == [1, 2, 2, 2, 1, 0, 0])
    }

    @Test(arguments: [
        ("line 7", Directive.line(7)), (" 12 \"x.c\" 2", .line(12)), (" line 99999999999", .other), ("line X", .other),
        ("ifndef X", .begin), ("elifdef X", .middle), (" endif", .end), ("", .other), ("pragma once", .other),
    ])
    func `directives are told apart`(text: String, directive: Directive) {
        #expect(Directive(Array(text.utf8)) == directive)
    }
}
