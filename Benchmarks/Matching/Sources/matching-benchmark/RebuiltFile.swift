// SPDX-License-Identifier: Apache-2.0

import ELF

/// What the locator asks about a build of the whole source; the benchmark makes none, and locates by bytes alone.
struct RebuiltFile {
    var buildID: BuildID
    var path: String
}
