// SPDX-License-Identifier: Apache-2.0

import LivePatch
import PatchCatalogue
import TestSupport

/// A patch, and where in the catalogue it belongs.
struct Patch {
    var product = "openssl"
    var distribution = "debian-12"
    var severity = PatchDescription.Severity.high
    var sample = SamplePatch()

    /// Its file.
    func file() throws -> [UInt8] { try sample.file() }

    /// Its identity.
    func id() throws -> ArtefactID { try sample.id() }

    /// Where it is in the repository, for clients.
    func path() throws -> String {
        let build = sample.buildID.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        return "/repository/targets/\(product)/\(distribution)/\(build)/\(try id()).\(sample.level).mend"
    }
}
