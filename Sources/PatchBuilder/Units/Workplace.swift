// SPDX-License-Identifier: Apache-2.0

/// Where units are preprocessed and compiled.
struct Workplace: Sendable {
    var root: BuildRoot
    /// What the build ran in; the recorded variables of a command go above it.
    var environment: [String: String]
    var progress: BuildProgress
    /// What the build saw as `/`.
    var system = "/"

    var compiler: UnitCompiler {
        UnitCompiler(root: root, environment: environment, progress: progress, system: system)
    }
}
