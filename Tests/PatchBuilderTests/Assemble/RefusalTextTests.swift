// SPDX-License-Identifier: Apache-2.0

import ELF
import Testing

@testable import PatchBuilder

/// A refusal says what its author can do.
struct RefusalTextTests {
    @Test(arguments: [
        (PatchRefusal.malformedObject(unit: "u.c", error: .notELF), "use a compiler that"),
        (.malformedTarget(target: "libx.so", error: .notELF), "give the file as"),
        (.duplicateSymbol(unit: "u.c", symbol: "f"), "give the one that the fix adds another name"),
        (
            .unsupportedRelocation(unit: "u.c", type: "R_X86_64_SIZE64", section: ".text.f", offset: 4),
            "leave the code that needs it out"
        ),
        (
            .conflictingAddresses(
                unit: "u.c", symbol: "f", first: TargetAddress(rawValue: 1), second: .init(rawValue: 2)),
            "build with the compiler and the flags"
        ),
        (.differentFunctions(unit: "u.c", functions: ["f"]), "make the change in other functions"),
        (.unsupportedChange(unit: "u.c", section: ".tbss", kind: .threadLocal), "leave this part out"),
        (
            .unsupportedReference(unit: "u.c", function: "f", section: ".init_array", kind: .constructors),
            "write the function without it"
        ),
        (.unlocatedDatum(unit: "u.c", symbol: "count", function: "f"), "use a variable that"),
        (.unresolvedSymbol(unit: "u.c", symbol: "count", function: "f", .unused), "use what the unit already uses"),
        (.unresolvedSymbol(unit: "u.c", symbol: "count", function: "f", .hidden), "--prove-rebuild"),
    ])
    func `of a fix that cannot become a patch`(refusal: PatchRefusal, wayOut: String) {
        #expect(refusal.description.contains(wayOut), "\(refusal)")
    }

    @Test(arguments: [
        (BuildError.packageNotOffered("opensll"), "apt-cache showsrc"),
        (.noTargets(package: "x=1"), "name the source package"),
        (.unitFailed(source: "u.c", fixed: true, lastLines: ["u.c:1: error: x"]), "correct it"),
        (.unitFailed(source: "u.c", fixed: false, lastLines: []), "leave out what reaches it"),
        (.unsupportedCommand(source: "u.c", .linkTimeOptimisation("-flto")), "build and install the target without it"),
        (
            .hunkDoesNotApply(HunkPlace(file: "u.c", hunk: 1, fixLine: 3), .alreadyApplied(line: 9)),
            "leave this hunk out"
        ),
        (.hunkDoesNotApply(HunkPlace(file: "u.c", hunk: 1, fixLine: 3), .nowhere), "make the fix against"),
        (.malformedFix(line: 1, .truncatedHunk(missingOld: 1, missingNew: 2)), "make it anew"),
        (.malformedFix(line: 1, .strayLineAfterHunk), "correct the counts"),
    ])
    func `of a fix that cannot be compiled`(error: BuildError, wayOut: String) {
        #expect(error.description.contains(wayOut), "\(error)")
    }
}
