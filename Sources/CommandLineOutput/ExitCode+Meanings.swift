// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser

extension ExitCode {
    /// What was asked for holds in some processes, in others not.
    package static let partly = ExitCode(2)
    /// What was asked for is refused, or holds nowhere.
    package static let nowhere = ExitCode(3)
    /// No process uses the target.
    package static let noTarget = ExitCode(4)
    /// The service or its repository was not reached, or is refused.
    package static let service = ExitCode(5)
}
