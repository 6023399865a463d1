// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The path of an executable as this build made it: it lies beside the bundle of the tests.
///
/// - Throws: `CommandFailure` if it was not built.
package func builtProgram(_ name: String) throws -> String {
    let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? "/proc/self/exe"
    var folder = URL(filePath: bundle).resolvingSymlinksInPath()
    while folder.path != "/" {
        folder.deleteLastPathComponent()
        let candidate = folder.appending(path: name).path
        if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
    }
    throw CommandFailure(description: "\(name) was not built beside \(bundle)")
}
