// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem

/// Which processes a command leaves alone although they use the target.
package struct Exclusions: Hashable, Sendable {
    /// Those whose name or whose program's path matches.
    package var patterns: [FilePattern]
    /// Whether the first process of the machine is one of them, and those that run this program: they may be just patching
    /// others, or wait for something to patch.
    package var excludesInitial: Bool

    /// Nobody is left alone: the processes were named.
    package static let none = Exclusions(patterns: [], excludesInitial: false)

    /// Leaves alone what matches a pattern.
    package init(patterns: [FilePattern], excludesInitial: Bool = true) {
        self.patterns = patterns
        self.excludesInitial = excludesInitial
    }

    /// Why a process is left alone, if it is.
    package func reason(to identity: ProcessIdentity) -> ProcessReport.SkipReason? {
        if excludesInitial, identity.process.rawValue == 1 { return .initial }
        if excludesInitial, ProcessDirectory.runsThisProgram(identity.process) { return .itself }
        guard !patterns.isEmpty else { return nil }
        let path = try? ProcessDirectory.program(of: identity.process)
        for pattern in patterns where pattern.matches(identity.name) || path.map(pattern.matches) == true {
            return .excluded(by: pattern.description)
        }
        return nil
    }
}
