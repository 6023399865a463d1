// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// The two executables as this build made them.
enum Tools {
    /// Runs the host's tool.
    static func host(_ arguments: String...) throws -> Command {
        try Command(builtProgram("kaketsugi"), arguments)
    }

    /// Runs the author's tool.
    static func author(_ arguments: [String]) throws -> Command {
        try Command(builtProgram("kaketsugi-build"), arguments)
    }
}
