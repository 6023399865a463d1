// SPDX-License-Identifier: Apache-2.0

/// The processors of the machine.
package enum Processors {
    /// The numbers of those that are switched on.
    package static func online() throws(SystemError) -> [Int32] {
        let text = try contents(ofFile: "/sys/devices/system/cpu/online", limit: 1 << 16)
        return numbers(inList: String(decoding: text, as: UTF8.self))
    }

    /// The numbers of a list as the kernel writes it: `0-3,8`.
    static func numbers(inList text: String) -> [Int32] {
        text.split { $0 == "," || $0 == "\n" }.flatMap { part -> [Int32] in
            let ends = part.split(separator: "-").map { Int32($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last, last < 1 << 16 else {
                return []
            }
            return Array(first...last)
        }
    }
}
