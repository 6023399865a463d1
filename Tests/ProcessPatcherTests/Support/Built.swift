// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What was built together with the tests.
enum Built {
    /// The tool, which lies where this test program lies.
    static var tool: URL {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "kaketsugi")
    }
}
