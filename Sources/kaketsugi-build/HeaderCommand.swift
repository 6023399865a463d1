// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import PatchBuilder

/// `kaketsugi-build header`: prints the header for fixes.
struct HeaderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "header",
        abstract: "Print kaketsugi.h, which a fix may include.",
        discussion: """
            It has macros for hooks, functions that run in the process when a patch is applied or reverted, and for side \
            tables, which keep new members of structures that exist. The builder finds it by itself; print it to read it, \
            or for an editor.
            """)

    @Flag(name: .long, help: "Print the one for fixes of kernels, which has the same macros.")
    var kernel = false

    mutating func run() throws {
        let header = kernel ? AuthorHeader.kernel : .process
        print(String(decoding: header.text, as: UTF8.self), terminator: "")
    }
}
