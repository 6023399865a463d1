// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Who has started whom.
enum ProcessTree {
    /// The children of a process, without those that have ended.
    static func children(of process: Int32) throws -> [Int32] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter {
            status(of: $0, "PPid:") == String(process) && !isGone($0)
        }
    }

    /// Whether a process has ended, and is at most waited for.
    static func isGone(_ process: Int32) -> Bool { status(of: process, "State:").map { $0.hasPrefix("Z") } ?? true }

    private static func status(of process: Int32, _ field: String) -> String? {
        let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        return text?.split(separator: "\n").first { $0.hasPrefix(field) }?.split(separator: "\t").last.map(String.init)
    }
}
