// SPDX-License-Identifier: Apache-2.0

/// A part of a fix that cannot be done to a running kernel.
package struct KernelObstacle: Hashable, Sendable {
    /// What is in the way.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Code or data that ran, and was freed, when the kernel or the module started.
        case initialization = "init-text"
        /// A variable whose initial value differs.
        case changedData = "changed-data"
        /// A constant whose value differs.
        case changedConstant = "const-data"
        /// A function that the kernel's tracer cannot enter.
        case notTraceable = "no-fentry"
        /// A symbol that the fix exports to modules.
        case newExport = "new-export"
        /// A table that the kernel has read already.
        case changedTable = "changed-table"
        /// A static key or call that belongs to a module.
        case keyInModule = "key-in-module"
        /// Code that is mapped into processes.
        case vdso = "vdso"
        /// A function that is never left, or from which a thread may never come back.
        case neverReturns = "never-returns"
        /// A static variable that may be one of several.
        case ambiguousVariable = "ambiguous-variable"
        /// A clone of a function that may be one of several.
        case ambiguousClone = "ambiguous-clone"
        /// A callback that the kernel frees before it is called for the last time.
        case callback
        /// New code refers to something that the kernel has freed.
        case freedTarget = "freed-target"
        /// A branch between two functions of one section that is too short to be redirected.
        case sharedSection = "shared-section"
    }

    /// What is in the way.
    package var kind: Kind
    /// The source file.
    package var unit: String
    /// The symbol that it is about.
    package var symbol: String
    /// The section that holds it.
    package var section: String
    /// What else is known, such as the bytes that differ.
    package var facts: [String]

    package init(kind: Kind, unit: String, symbol: String, section: String, facts: [String] = []) {
        self.kind = kind
        self.unit = unit
        self.symbol = symbol
        self.section = section
        self.facts = facts
    }
}

extension KernelObstacle: CustomStringConvertible {
    /// What is in the way, and what would work instead.
    package var description: String {
        let head = "\(unit): \(symbol) (section \(section)): "
        return head + problem + (facts.isEmpty ? "" : " [" + facts.joined(separator: "; ") + "]") + ". " + rewrite
    }

    private var problem: String {
        switch kind {
        case .initialization: "the fix changes what ran when the kernel or the module started"
        case .changedData: "the fix changes the initial value of a variable that exists"
        case .changedConstant: "the fix changes a constant that other code may use"
        case .notTraceable: "the fix changes a function that ftrace cannot redirect (notrace, lib-y, or assembler)"
        case .newExport: "the fix exports a symbol to modules"
        case .changedTable: "the fix changes a table that the kernel read when it started"
        case .keyInModule: "the new code depends on a static key or static call of a module"
        case .vdso: "the fix changes code that is mapped into processes"
        case .neverReturns: "the fix changes a function that its thread never leaves"
        case .ambiguousVariable: "which of several static variables of one name the new code uses cannot be told"
        case .ambiguousClone: "which of several copies that the compiler made of the function it is cannot be told"
        case .callback: "the fix declares a callback that is freed after the start"
        case .freedTarget: "the new code refers to what is freed after the start"
        case .sharedSection: "the code shares a section with other functions in a way that cannot be taken apart"
        }
    }

    private var rewrite: String {
        switch kind {
        case .initialization:
            "Leave this part out of the fix, and do what it does in a hook, KAKETSUGI_BEFORE_APPLY(f) of kaketsugi.h"
        case .changedData:
            "Leave the initial value as it is, and set the variable in a hook: KAKETSUGI_BEFORE_APPLY(f) of kaketsugi.h, and "
                + "KAKETSUGI_AFTER_REVERT(f) for the way back"
        case .changedConstant:
            "Leave the constant as it is, and use a new one under another name in the functions that read it, "
                + "or check in the function that the table leads to"
        case .notTraceable:
            "Change the callers instead: let them call a new static function with the fixed code"
        case .newExport:
            "Leave the export out; if a module's fixed code needs the symbol, copy the function into that unit"
        case .changedTable:
            "Leave this part out of the fix, and register or change the entry in a hook, KAKETSUGI_BEFORE_APPLY(f) of "
                + "kaketsugi.h"
        case .keyInModule:
            "Replace static_branch_…() by static_key_enabled(), and static_call() by a call, in the fixed code"
        case .vdso: "Such code is renewed by a restart of the machine only"
        case .neverReturns:
            "Move the change into a function that the loop calls, so that the loop itself stays as it is"
        case .ambiguousVariable:
            "Give the functions a part with one use each, or keep the fix from adding a variable of that name"
        case .ambiguousClone:
            "Mark the function noinline in the fix and in the source it is made for, or change its callers"
        case .callback: "Leave __init and __exit out of its definition"
        case .freedTarget: "Copy what is needed into a new function or variable"
        case .sharedSection: "Change the callers instead"
        }
    }
}
