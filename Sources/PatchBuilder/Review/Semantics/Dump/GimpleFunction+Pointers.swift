// SPDX-License-Identifier: Apache-2.0

extension GimpleFunction {
    /// The values that are followed to read what is there, and are used for nothing else.
    ///
    /// What macros read once, as `READ_ONCE()` of the kernel does, they read through its address:
    /// `_1 = &v_2(D)->counter; _4 ={v} MEM[(const volatile int *)_1];`
    var readingPointers: Set<String> {
        var followed: [String: Int] = [:]
        var named: [String: Int] = [:]
        var other: Set<String> = []
        for statement in blocks.flatMap(\.statements) {
            for use in statement.uses {
                if use.isPlain {
                    named[use.base, default: 0] += 1
                } else if use.isAddress {
                    other.insert(use.base)
                } else {
                    followed[use.base, default: 0] += 1
                    // Memory of a stated type names its pointer once more.
                    if use.type != nil { named[use.base, default: 0] -= 1 }
                }
            }
            for target in statement.targets where !target.isPlain { other.insert(target.base) }
        }
        return Set(followed.keys.filter { named[$0, default: 0] <= 0 && !other.contains($0) })
    }
}
