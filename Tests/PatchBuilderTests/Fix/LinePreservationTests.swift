// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PatchBuilder

@Suite struct `Keeping line numbers` {
    /// The text to compile, where the fixed text is given as a diff body: ` kept`, `-removed`, `+added`.
    static func preserved(_ body: [String]) -> [String] {
        var original: [ArraySlice<UInt8>] = []
        var fixed: [FixedLine] = []
        for line in body {
            let text = Array((line.dropFirst() + "\n").utf8)[...]
            if line.first != "+" { original.append(text) }
            if line.first == " " { fixed.append(FixedLine(text: text, origin: original.count)) }
            if line.first == "+" { fixed.append(FixedLine(text: text, origin: nil)) }
        }
        let bytes = LinePreservation.text(of: fixed, original: original)
        return Lines.split(bytes).map(Lines.text)
    }

    @Test(arguments: [
        // Nothing moved, nothing inserted.
        ([" a;", "-b;", "+c;", " d;"], ["a;", "c;", "d;"]),
        // The first kept line behind the hunk.
        ([" a;", "+b;", " c;", " d;"], ["a;", "b;", "#line 2", "c;", "d;"]),
        ([" a;", "-b;", " c;"], ["a;", "#line 3", "c;"]),
        // Not inside a call, a list, a comment, or a macro.
        ([" f(a,", "+  b,", "   c);", " d;"], ["f(a,", "  b,", "  c);", "#line 3", "d;"]),
        ([" t[] = {", " 1,", "+2,", " 3,", " };", " e;"], ["t[] = {", "1,", "2,", "3,", "};", "#line 5", "e;"]),
        ([" /* a", "+b", " c */", " d;"], ["/* a", "b", "c */", "#line 3", "d;"]),
        ([" #define A \\", "+b; \\", " c;", " d;"], ["#define A \\", "b; \\", "c;", "#line 3", "d;"]),
        // Two hunks that undo each other's shift.
        ([" a(", "+b,", " c", "-d,", " e);", " f;"], ["a(", "b,", "c", "e);", "f;"]),
        // A group that may not be compiled: again behind each of its ends.
        (
            [" a;", "+b;", " #if X", " c;", " #else", " d;", " #endif", " e;"],
            ["a;", "b;", "#line 2", "#if X", "c;", "#else", "d;", "#endif", "e;"]
        ),
        (
            [" #if X", " a;", "+b;", " c;", " #else", " d;", " #endif", " e;"],
            ["#if X", "a;", "b;", "#line 3", "c;", "#else", "#line 5", "d;", "#endif", "#line 7", "e;"]
        ),
        (
            [" #if X", " #if Y", " a;", "+b;", " c;", " #endif", " d;", " #endif", " e;"],
            [
                "#if X", "#if Y", "a;", "b;", "#line 4", "c;", "#endif", "#line 6", "d;", "#endif", "#line 8", "e;",
            ]
        ),
        // A text that numbers itself.
        (
            [" #line 100", " a;", "+b;", " c;", " #line 7", " d;"],
            ["#line 100", "a;", "b;", "#line 101", "c;", "#line 7", "d;"]
        ),
        // Nothing follows.
        ([" a;", "+b;"], ["a;", "b;"]),
    ])
    func `a line directive stands at the first safe place`(body: [String], expected: [String]) {
        #expect(Self.preserved(body) == expected)
    }
}
