// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PatchBuilder

@Suite struct `Reading a series file` {
    static func parse(_ text: String) throws -> Series { try Series(parsing: Array(text.utf8), path: "q/series") }

    @Test func `names, options and comments are told apart`() throws {
        let series = try Self.parse(
            "# Debian's\n\n0001-one.patch\n  sub/two.patch -p1 # why\nthree#3.patch\t-p0\r\nfour.diff -pab\n#five.patch\n"
        )
        #expect(
            series.entries == [
                .init(file: "0001-one.patch", line: 3), .init(file: "sub/two.patch", line: 4),
                .init(file: "three#3.patch", line: 5), .init(file: "four.diff", line: 6),
            ])
    }

    @Test(arguments: [
        ("", "q/series, line 1: it names no fix"), ("# nothing\n\n", "q/series, line 1: it names no fix"),
        ("a\n../b\n", "q/series, line 2: ‘../b’ leads out"), ("/etc/a\n", "line 1: ‘/etc/a’ leads out"),
        ("a -R\n", "line 1: ‘a’ is to be applied backwards"), ("a -x\n", "‘-x’ is not an option"),
        ("a -p\n", "‘-p’ is not an option"), ("a\nb\n./a\n", "line 3: ‘a’ is on line 1 already"),
    ])
    func `what quilt would not take, or a level cannot, is refused with its line`(text: String, words: String) {
        let error = #expect(throws: BuildError.self) { try Self.parse(text) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }
}
