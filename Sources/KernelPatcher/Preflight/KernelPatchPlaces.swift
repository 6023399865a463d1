// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

/// Where is kept what a kernel cannot tell about its patches.
package struct KernelPatchPlaces: Hashable, Sendable {
    /// The files of the patches that are loaded: a directory that is empty after a start.
    package var loaded: String
    /// The crash markers: a directory that outlives a start.
    package var markers: String

    /// Directories; the usual ones belong to root.
    package init(loaded: String = "/run/kaketsugi/kernel", markers: String = "/var/lib/kaketsugi/kernel") {
        self.loaded = loaded
        self.markers = markers
    }

    /// Makes the directories, and those above them.
    ///
    /// - Throws: `KernelPatchError.system`.
    func make() throws(KernelPatchError) {
        for path in [loaded, markers] {
            var folder = path.hasPrefix("/") ? "" : "."
            for name in path.split(separator: "/") {
                folder += "/" + name
                do throws(SystemError) {
                    try makeDirectory(folder)
                } catch {
                    throw .system(error)
                }
            }
        }
    }

    /// The file of a loaded patch, by its module.
    func file(ofModule name: String) -> String { "\(loaded)/\(name).mend" }
}
