// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// Executables of this build, and the libraries that they need, by their paths in a virtual machine.
///
/// Without debug information they are small enough. The machine's `LD_LIBRARY_PATH` is `/lib`.
///
/// - Parameter names: the executables' names; they are in `/bin`.
/// - Returns: The files' contents.
/// - Throws: `CommandFailure` if one was not built.
package func guestFiles(of names: [String]) throws -> [String: [UInt8]] {
    let directory = try TemporaryDirectory()
    var files: [String: [UInt8]] = [:]
    for name in names {
        let path = try builtProgram(name)
        _ = try TestKernel.run("strip", ["-o", directory.path(name), path])
        files["/bin/\(name)"] = try directory.read(name)
        for word in try TestKernel.run("ldd", [path]).split(whereSeparator: \.isWhitespace) where word.hasPrefix("/") {
            // Found by their names alone: what the program says of folders is of this machine.
            let place = word.contains("ld-linux") ? String(word) : "/lib/" + (word.split(separator: "/").last ?? "")
            guard files[place] == nil else { continue }
            files[place] = Array(try Data(contentsOf: URL(filePath: String(word))))
        }
    }
    return files
}
