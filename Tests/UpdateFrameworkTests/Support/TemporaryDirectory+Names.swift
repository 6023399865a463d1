// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

extension TemporaryDirectory {
    /// The names of the files, hidden ones too, sorted.
    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
    }
}
