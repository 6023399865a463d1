// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A directory of a test's own, in which it compiles programs; gone when the test is.
final class Workshop {
    let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "kaketsugi-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    func path(_ name: String) -> String { directory.appending(path: name).path(percentEncoded: false) }

    func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: directory.appending(path: name))) }

    /// Compiles a C program; what the compiler says fails the test.
    func compile(_ source: String, to name: String, _ arguments: [String] = []) throws {
        let file = directory.appending(path: name + ".c")
        try source.write(to: file, atomically: true, encoding: .utf8)
        let compiler = Process()
        compiler.executableURL = URL(filePath: "/usr/bin/gcc")
        compiler.arguments =
            [
                "-O2", "-Wall", "-Werror", "-Wno-return-type", "-Wl,--build-id", "-pthread",
                file.path(percentEncoded: false), "-o", path(name),
            ]
            + arguments + ["-lm"]
        try compiler.run()
        compiler.waitUntilExit()
        try #require(compiler.terminationStatus == 0, "gcc could not compile \(name)")
    }

    /// The target of most tests: a library, and a program that uses it and obeys commands.
    func buildTarget() throws {
        try compile(Sources.library, to: "libtarget.so", ["-fPIC", "-shared", "-Wl,-soname,libtarget.so"])
        try compile(Sources.program, to: "program", ["-L\(path(""))", "-ltarget", "-Wl,-rpath,\(path(""))"])
    }
}
