// SPDX-License-Identifier: Apache-2.0

package import ELF

/// A file that a build of the whole source linked here, before it was stripped.
package struct RebuiltFile: Sendable {
    /// What its linker made of all its contents: equal to a shipped file's if every byte that runs is.
    package var buildID: BuildID
    package var path: String

    /// A rebuilt file by its place.
    package init(buildID: BuildID, path: String) {
        self.buildID = buildID
        self.path = path
    }
}

extension TargetFile {
    /// Whether a build of the whole source here made this very file.
    package var isRebuilt: Bool {
        guard let rebuilt else { return false }
        return (try? ObjectFile(parsing: bytes))?.buildID == rebuilt.buildID
    }
}
