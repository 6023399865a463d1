// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What tests do with files.
enum FileManagerFacade {
    static func remove(_ path: String) throws { try FileManager.default.removeItem(atPath: path) }
}
