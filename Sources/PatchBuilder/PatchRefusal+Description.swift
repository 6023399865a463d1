// SPDX-License-Identifier: Apache-2.0

internal import LivePatch

extension PatchRefusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformedObject(let unit, let error):
            "\(unit): the compiler's object file cannot be read: \(error); use a compiler that writes ELF objects for "
                + "x86-64, such as gcc or clang without link-time optimisation"
        case .malformedTarget(let target, let error):
            "\(target): the target cannot be read: \(error); give the file as the package installs it"
        case .noBuildID(let target):
            "\(target): the target has no build ID, so that no process that runs it can be told; "
                + "link it with --build-id"
        case .malformedCallFrames(let unit, let offset):
            "\(unit): section .eh_frame, offset \(hexadecimal(offset)): the entry does not describe one function; "
                + "compile without -fno-dwarf2-cfi-asm and with the system's assembler"
        case .duplicateSymbol(let unit, let symbol):
            "\(unit): two functions are named \(symbol), and a patch could take one for the other; "
                + "give the one that the fix adds another name, or make the fix where it needs neither"
        case .unsupportedSymbol(let unit, let symbol, let section, let offset):
            "\(unit): section \(section), offset \(hexadecimal(offset)): a reference to \(symbol), which is a common or "
                + "absolute symbol; compile with -fno-common, or leave this reference out of the fix"
        case .unsupportedRelocation(let unit, let type, let section, let offset):
            "\(unit): section \(section), offset \(hexadecimal(offset)): relocation \(type) is not supported; "
                + "leave the code that needs it out of the fix, or write it without what asks for this relocation"
        case .unitNotFound(let unit, let section, let size, let target, let nearest):
            "\(unit): its \(size) bytes of \(section) are nowhere in \(target)"
                + (nearest.map(describe) ?? "; no code there resembles it")
                + ". Build with the compiler and the flags that made the target"
        case .unitAmbiguous(let unit, let section, let target, let addresses, let answer):
            "\(unit): its \(section) is in \(target) \(addresses.count) times, at "
                + addresses.prefix(4).map(\.description).joined(separator: ", ")
                + "; \(answer)"
        case .compilerDiffers(let unit, let target, let built, let shipped):
            "\(unit): it was compiled here by ‘\(listed(built))’, and \(target) names ‘\(listed(shipped))’; "
                + "build with that compiler, in the release that it comes from"
        case .notRebuilt(let target, let shipped, let rebuilt):
            "\(target): the whole build, done here, "
                + (rebuilt.map { "makes a file with the build ID \($0)" } ?? "makes no such file with a build ID")
                + ", and the shipped one has \(shipped); build in the release and with the compiler that it comes from, or "
                + "leave out --prove-rebuild and rely on the comparison of code"
        case .packedTarget(let unit, let target):
            "\(unit): \(target) has no sections and none of its code: the file is packed (UPX, for example) or was "
                + "rewritten after linking; give the file as the linker made it"
        case .conflictingAddresses(let unit, let symbol, let first, let second):
            "\(unit): the target's code says both \(first) and \(second) for \(symbol), so that what was found is not this "
                + "unit; build with the compiler and the flags that made the target"
        case .differentFunctions(let unit, let functions):
            "\(unit): with -ffunction-sections the compiler makes other code of \(listed(functions)), so that the "
                + "comparison would not hold for the target; make the change in other functions of the unit, in those that "
                + "call them for example"
        case .noCommonTarget(let units):
            "\(listed(units)): no target has all of them; make one patch for each target"
        case .unclearTarget(let unit, let targets):
            "\(unit): its code is too short to tell in which of \(listed(targets)) it is meant; name one with --target"
        case .noSuchTarget(let name, let targets):
            "‘\(name)’ is not one file that the package ships; --target wants a name, or the end of a path, of "
                + listed(targets)
        case .severalTargets(let targets):
            "the fix changes \(listed(targets)), and a patch is for one of them: choose it with --target, or name a "
                + "folder as --output, which then gets a patch for each"
        case .noChange(let units):
            "\(listed(units)): the fix changes no code and no data: not affected in this build"
        case .blocked(let findings):
            "the safety review blocks the patch: "
                + findings.map { "\($0.rule.rawValue): \($0.symbols.joined(separator: ", "))" }.joined(separator: "; ")
        case .needlessWaiver(let rule, let symbol):
            "the waiver of \(rule.rawValue)\(symbol.map { " for " + $0 } ?? "") waives nothing: the review has no blocking "
                + "finding of that name; leave it out"
        case .impossibleWaiver(let rule):
            "findings of \(rule.rawValue) cannot be waived: the patched process would not survive them; change the fix"
        case .nothingToReplace(let units):
            "\(listed(units)): the fix changes only data, and every change of it is waived, so that there is nothing to "
                + "replace; set the data in a hook instead"
        case .ambiguousVariable(let unit, let symbol):
            "\(unit): the static variable \(symbol) cannot be told from others of its name; give it a name of its own"
        case .unsupportedChange(let unit, let section, let kind):
            "\(unit): section \(section) differs: a live patch cannot change \(describe(kind)); leave "
                + "this part out of the fix"
        case .unsupportedReference(let unit, let function, let section, let kind):
            "\(unit): function \(function) refers to section \(section): a live patch cannot carry "
                + "\(describe(kind)) yet; write the function without it"
        case .unlocatedDatum(let unit, let symbol, let function):
            "\(unit): function \(function) needs the variable \(symbol), and no code of this unit in the target tells "
                + "its address; use a variable that the unit's functions use, or get the value from a function that does"
        case .unresolvedSymbol(let unit, let symbol, let function, let doubt):
            "\(unit): function \(function) needs \(symbol), and it is not known what that is: \(doubt); \(doubt.remedy)"
        case .unsearchedSymbols(let symbols):
            "the fix needs \(symbols.joined(separator: ", ")), and the source was not searched for who defines that; "
                + "use what the unit already uses"
        case .newThreadLocal(let unit, let symbol, let function):
            "\(unit): function \(function) uses the thread-local variable \(symbol), which the unfixed source does not have: "
                + "threads that run have no room for it; keep its values in a side table, by thread"
        case .unreachableThreadLocal(let unit, let symbol, let function):
            "\(unit): function \(function) uses the thread-local variable \(symbol), and nothing in the target's code tells "
                + "how to reach it; use it through a function that uses it already"
        case .hookOutsidePatch(let unit, let hook, let moment):
            "\(unit): the \(moment.rawValue) hook \(hook) is no function that the fix adds or changes; state a static "
                + "function of the same file that does what is needed, or calls it"
        case .exceptionsPass(let unit, let function):
            "\(unit): exceptions pass through code of the patch, and the compiler made no unwind tables for \(function); "
                + "build the target with -fasynchronous-unwind-tables, as compilers for x86-64 do by themselves"
        case .privateUnwinder(let target):
            "\(target): exceptions pass through code of the patch, and the target's unwinder is linked into it "
                + "(-static, -static-libgcc), so that only its symbols could tell how to give it tables; give the target "
                + "with its symbol table"
        case .unlocatedFunction(let unit, let function):
            "\(unit): several units may have a copy of \(function), the linker has kept one, and neither the target's "
                + "symbols nor the calls of this unit tell where it is; change its callers instead"
        case .functionTooShort(let unit, let function, let size, let needed):
            "\(unit): function \(function) has \(size) bytes in the target, and the jump to its replacement needs "
                + "\(needed); change its callers instead"
        case .assembler(let unit, let section, let offset, let problem):
            "\(unit): section \(section), offset \(hexadecimal(offset)): \(problem); make the change in a function that calls "
                + "this code, or leave this part out of the fix"
        case .disassembly(let error):
            "\(error); build with a compiler and flags for processors of which every instruction is known here, or leave "
                + "this function as it is"
        case .artefact(let error):
            "the finished patch breaks a rule: \(error); make the fix smaller, one patch for each file for example, and "
                + "report what is refused here"
        }
    }

    private func describe(_ kind: UnsupportedContent) -> String {
        switch kind {
        case .threadLocal: "thread-local variables"
        case .constructors: "constructors or destructors"
        case .other: "a section of unknown meaning"
        }
    }

    private func describe(_ nearest: CodeDifference) -> String {
        "; the nearest differs at offset \(hexadecimal(nearest.offset)), address \(nearest.address): "
            + "built \(hexadecimalBytes(nearest.expected)), shipped \(hexadecimalBytes(nearest.found))"
    }

    private func listed(_ names: [String]) -> String {
        let shown = names.prefix(5).joined(separator: ", ")
        return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
    }
}
