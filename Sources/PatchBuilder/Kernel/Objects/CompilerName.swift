// SPDX-License-Identifier: Apache-2.0

/// What the names that the compiler makes say.
enum CompilerName {
    /// A name without the numbers that a compiler gives anew in each run: `foo.isra.0`, `buffer.17`, `__UNIQUE_ID_x42`.
    static func stem(_ name: String) -> String {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard let first = parts.first else { return name }
        let kept = parts.dropFirst().filter { part in part.isEmpty || !part.allSatisfy(\.isNumber) }
        return ([withoutCounter(String(first))] + kept.map { withoutCounter(String($0)) }).joined(separator: ".")
    }

    /// The name of the function in the source of which a compiler has made another: `foo` of `foo.part.0`.
    static func root(_ name: String) -> String { String(name.prefix { $0 != "." }) }

    /// Whether a compiler has made the function of another: `foo.isra.0`.
    static func isClone(_ name: String) -> Bool { name.contains(".") }

    /// Whether the name ends in a number: a static variable of a function.
    static func isNumbered(_ name: String) -> Bool {
        guard let dot = name.lastIndex(of: "."), name.index(after: dot) < name.endIndex else { return false }
        return name[name.index(after: dot)...].allSatisfy(\.isNumber)
    }

    /// Whether variables of that name are made by macros, one for each place, and carry nothing over: whether something
    /// was printed already, a lock's class.
    ///
    /// What `DO_ONCE` remembers is none of them: done again, it would spoil what has been in use since the first time.
    static func isPrivateState(_ name: String) -> Bool { isLocal(name, amongStems: stateStems) }

    /// Whether constants of that name are made by macros and compilers, one for each place.
    static func isPrivateConstant(_ name: String) -> Bool { isLocal(name, amongStems: constantStems) }

    /// gcc calls a function's variable `variable.12`, clang `function.variable` or `function.variable.12`.
    private static func isLocal(_ name: String, amongStems stems: Set<String>) -> Bool {
        guard name.contains("."), let last = stem(name).split(separator: ".").last else { return false }
        return stems.contains(String(last))
    }

    private static let stateStems: Set<String> = ["__key", "__warned", "__already_done", "__print_once", "_rs"]
    private static let constantStems: Set<String> = [
        "__func__", "__FUNCTION__", "__PRETTY_FUNCTION__", "CSWTCH", "__msg", "_entry", "_entry_ptr",
    ]

    /// A name without the compiler's counter and the line, which the kernel's macros put into some.
    private static func withoutCounter(_ name: String) -> String {
        // include/linux/btf_ids.h: __BTF_ID__KIND__NAME__LINECOUNTER
        if name.hasPrefix("__UNIQUE_ID_") || name.hasPrefix("__BTF_ID__") {
            return String(name.reversed().drop { $0.isNumber }.reversed())
        }
        // include/linux/init.h: __initcall__kmod_MODULE__COUNTER_LINE_FUNCTIONLEVEL
        guard name.hasPrefix("__initcall__kmod_"), let end = name.lastRange(of: "__"), end.lowerBound > name.startIndex
        else { return name }
        let numbers = name[end.upperBound...].split(separator: "_", maxSplits: 2, omittingEmptySubsequences: false)
        guard numbers.count == 3, numbers[0].allSatisfy(\.isNumber), numbers[1].allSatisfy(\.isNumber) else {
            return name
        }
        return String(name[..<end.upperBound]) + numbers[2]
    }
}

extension String {
    /// The last place at which a text occurs.
    fileprivate func lastRange(of text: String) -> Range<String.Index>? {
        var found: Range<String.Index>?
        var rest = self[...]
        while let next = rest.firstRange(of: text) {
            found = next
            rest = self[index(after: next.lowerBound)...]
        }
        return found
    }
}
