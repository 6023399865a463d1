// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput
import FoundationEssentials
import LinuxSystem

/// The live patches in a directory, by their paths, in order.
func patchFiles(in directory: String) throws -> [String] {
    let names: [String]
    do {
        // Its failure says what is wrong in the system's words.
        _ = try OwnedDescriptor(opening: directory, for: .directory)
        names = try FileManager.default.contentsOfDirectory(atPath: directory)
    } catch {
        throw refused("\(error)")
    }
    let files = names.filter { $0.hasSuffix(".mend") && !$0.hasPrefix(".") }.sorted()
    guard !files.isEmpty else { throw refused(Text.noPatches(directory: directory).text(in: .current)) }
    return files.map { directory + "/" + $0 }
}
