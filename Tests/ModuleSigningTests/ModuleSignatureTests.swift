// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ModuleSigning

struct ModuleSignatureTests {
    @Test func `a signature is read as it was written`() throws {
        let signature = ModuleSignature(module: [1, 2, 3], message: Array(repeating: 7, count: 600))
        #expect(ModuleSignature(parsing: signature.file) == signature)
        #expect(signature.file.suffix(28).elementsEqual("~Module signature appended~\n".utf8))
    }

    @Test func `what is not signed is told`() {
        #expect(ModuleSignature(parsing: []) == nil)
        #expect(ModuleSignature(parsing: Array("\u{7f}ELF".utf8)) == nil)
        #expect(!ModuleSignature.isPresent(in: Array("Module signature appended~\n".utf8)))
    }

    @Test func `sizes beyond the file are refused`() {
        let marker = Array("~Module signature appended~\n".utf8)
        #expect(ModuleSignature(parsing: marker) == nil)
        #expect(ModuleSignature(parsing: [0, 0, 2, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff] + marker) == nil)
        #expect(ModuleSignature(parsing: [0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1] + marker) == nil)
        #expect(ModuleSignature(parsing: [0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0] + marker)?.module == [])
        #expect(ModuleSignature(parsing: [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0] + marker) == nil, "an X.509 signature")
    }
}
