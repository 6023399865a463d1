// SPDX-License-Identifier: Apache-2.0

package import HostProtocol
package import LivePatch

/// What touches processes: a child of this program, or a test's stand-in.
package protocol PatchRunner: Sendable {
    /// What processes use, and have.
    func survey() async throws(AgentError) -> [CheckIn.Target]
    /// What applying patches together would do; nothing is changed.
    func plan(_ files: [String], allowsDowngrade: Bool) async throws(AgentError) -> RunReport
    /// Applies patches together; hazards of leaving a higher level that the patch names must be confirmed.
    func apply(_ files: [String], allowsDowngrade: Bool, isConfirmed: Bool) async throws(AgentError) -> RunReport
    /// Takes patches out together; hazards that they name must be confirmed.
    func revert(_ patches: [ArtefactID], isConfirmed: Bool) async throws(AgentError) -> RunReport
}

/// What became of a run over all processes.
package struct RunReport: Hashable, Sendable {
    /// In how many processes it holds now what was asked for, or would.
    package var held: Int
    /// In how many of them it did before.
    package var already: Int
    /// How many processes it concerned.
    package var concerned: Int
    /// Why it does not hold in others, a line each.
    package var failures: [String]

    /// A report.
    package init(held: Int, already: Int = 0, concerned: Int, failures: [String] = []) {
        self.held = held
        self.already = already
        self.concerned = concerned
        self.failures = failures
    }

    /// The failures in one text, which stays short.
    var detail: String {
        let shown = failures.prefix(8).joined(separator: "; ")
        return failures.count > 8 ? shown + "; and \(failures.count - 8) more" : shown
    }
}
