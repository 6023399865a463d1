// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import LinuxSystem

struct KernelMessageTests {
    private func message(_ record: String) -> KernelMessage? { KernelMessage(record: Array(record.utf8)) }

    @Test func `a record is read without its dictionary`() {
        let record = "6,1234,5678901,-;livepatch: 'a': starting; b\n SUBSYSTEM=pci\n DEVICE=+pci:0000:00:00.0\n"
        #expect(message(record) == KernelMessage(sequence: 1234, text: "livepatch: 'a': starting; b"))
        #expect(message("4,1,0,c,caller=T1;\n")?.text == "")
    }

    @Test(arguments: ["", ";", "6;text", "6,x,1,-;text", "6,99999999999999999999,1,-;text", "text"])
    func `anything else is none`(record: String) {
        #expect(message(record) == nil)
    }

    @Test func `a text is found in bytes, up to a zero`() {
        let bytes = Array("0 T first\n0 T second\n".utf8)
        #expect(occurs(" second\n", in: bytes) && !occurs("third", in: bytes) && !occurs("first", in: []))
        #expect(!occurs("second", in: [0] + bytes))
    }

    @Test func `the names in a directory are told in order`() throws {
        let directory = try TemporaryDirectory()
        for name in ["b", ".a", "日本"] { try directory.write("", to: name) }
        #expect(try names(inDirectory: directory.path) == [".a", "b", "日本"])
        #expect(throws: SystemError("opendir", .notDirectory, on: .path(directory.path("b")))) {
            try names(inDirectory: directory.path("b"))
        }
    }

    @Test func `the right to load modules is read from the status`() {
        #expect(Privilege.mayLoadModules(inStatus: Array("CapEff:\t0000000000010000\n".utf8)))
        #expect(!Privilege.mayLoadModules(inStatus: Array("CapEff:\tfffffffffffeffff\n".utf8)))
        #expect(!Privilege.mayLoadModules(inStatus: []))
    }
}
