// SPDX-License-Identifier: Apache-2.0

/// The rule that a compiler writes for make with `-MD`: what a unit read.
enum DependencyRule {
    /// The files, as the compiler spells them.
    ///
    /// GCC puts a backslash before a blank and before `#`, and doubles `$`; a backslash at a line's end continues it.
    static func prerequisites(in text: [UInt8]) -> [String] {
        var words: [[UInt8]] = [[]]
        var position = 0
        func next() -> UInt8? { position + 1 < text.count ? text[position + 1] : nil }
        while position < text.count {
            switch (text[position], next()) {
            case (0x5C, 0x0A): words.append([])
            case (0x5C, .some(let byte)) where byte == 0x20 || byte == 0x23: words[words.count - 1].append(byte)
            case (0x24, 0x24): words[words.count - 1].append(0x24)
            case (let byte, _):
                if byte == 0x20 || byte == 0x0A || byte == 0x09 {
                    words.append([])
                } else {
                    words[words.count - 1].append(byte)
                }
                position += 1
                continue
            }
            position += 2
        }
        // The first word is the target that we named ourselves.
        return words.filter { !$0.isEmpty }.dropFirst().map { String(decoding: $0, as: UTF8.self) }
    }
}
