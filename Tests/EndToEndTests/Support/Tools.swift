// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// The two executables as this build made them.
enum Tools {
    /// Runs the host's tool.
    static func host(_ arguments: String...) throws -> Command {
        try Command(path(of: "kaketsugi"), arguments)
    }

    /// Runs the author's tool.
    static func author(_ arguments: [String]) throws -> Command {
        try Command(path(of: "kaketsugi-build"), arguments)
    }

    /// The executables lie beside the bundle of the tests.
    static func path(of executable: String) throws -> String {
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? "/proc/self/exe"
        var folder = URL(filePath: bundle).resolvingSymlinksInPath()
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let candidate = folder.appending(path: executable).path
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
        }
        throw CommandFailure(description: "\(executable) was not built beside \(bundle)")
    }
}
