// SPDX-License-Identifier: Apache-2.0

/// The header that authors of fixes may include, `kaketsugi.h`.
package enum AuthorHeader: Sendable {
    /// For fixes of programs and libraries.
    case process
    /// For fixes of kernels.
    case kernel

    /// The name under which a fix includes it.
    package static let name = "kaketsugi.h"

    /// Its text.
    package var text: [UInt8] {
        switch self {
        case .process: PackageResources.kaketsugi_h
        case .kernel: PackageResources.kaketsugi_kernel_h
        }
    }

    /// The options with which a fixed unit finds it, behind every folder of the package's own.
    ///
    /// The folder's name depends on the text: objects that were made with another version are made anew.
    func compilerOptions(in root: BuildRoot) throws(BuildError) -> [String] {
        let directory = root.path + "/header-" + Digest.sha256(of: text).prefix(12)
        let file = directory + "/" + Self.name
        if !Files.exists(file) {
            try Files.createDirectory(directory)
            try Files.write(text, to: file)
        }
        return ["-idirafter", directory]
    }
}
