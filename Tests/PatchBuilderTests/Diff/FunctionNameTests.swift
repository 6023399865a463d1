// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PatchBuilder

@Suite struct FunctionNameTests {
    @Test(arguments: [
        ("f", nil), ("f.cold", "f"), ("f.cold.3", "f"), ("f.colder", nil), ("f.part.0.cold", "f.part.0"),
        ("f.constprop.0", nil),
    ])
    func `a cold part knows its function`(name: String, parent: String?) {
        #expect(FunctionName(name).parent == parent)
    }

    @Test(arguments: [("n.0", "n"), ("n.12", "n"), ("n", "n"), ("n.x", "n.x"), ("n.", "n."), (".5", ".5")])
    func `the compiler's number is no part of a name`(name: String, stem: String) {
        #expect(FunctionName.stem(name) == stem)
    }
}
