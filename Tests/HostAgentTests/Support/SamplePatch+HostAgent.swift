// SPDX-License-Identifier: Apache-2.0

import TestSupport

extension SamplePatch {
    /// A patch of a level that fixes what no other level does.
    init(for target: String, buildID: [UInt8] = [0xab, 0xcd], level: Int) {
        self.init(
            of: target, package: nil, buildID: buildID, level: level, vulnerabilities: ["CVE-2026-100\(level)"])
    }
}
