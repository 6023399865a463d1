// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import VirtualMachines

struct InitialFilesTests {
    @Test func `another program reads the archive as it was written`() throws {
        var files = InitialFiles()
        files.add(Array("hello".utf8), as: "bin/deep/hello")
        files.add([], as: "bin/empty")
        files.add(Array(repeating: 7, count: 4097), as: "init")
        files.addLink("lib64", to: "bin")
        let directory = try TemporaryDirectory()
        let archive = try directory.write(files.archive, to: "archive")
        let unpacked = try Command("cpio", ["-idm", "--quiet", "-F", archive], in: directory.url)
        #expect(unpacked.status == 0, "\(unpacked.errors)")
        #expect(try directory.read("bin/deep/hello") == "hello")
        #expect(try directory.read("bin/empty") == [UInt8]())
        #expect(try directory.read("init") == [UInt8](repeating: 7, count: 4097))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: directory.path("lib64")) == "bin")
        let list = try Command("cpio", ["-it", "--quiet", "-F", archive])
        #expect(list.output == "bin\nbin/deep\nbin/deep/hello\nbin/empty\ninit\nlib64\n")
    }
}
