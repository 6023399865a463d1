// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// The compilers that made a file, as its section `.comment` has them; shipped files are often stripped of it.
struct CompilerComment: Equatable {
    /// For example `GCC: (Debian 12.2.0-14+deb12u1) 12.2.0`, in the section's order, each once.
    let compilers: [String]

    init(of object: ObjectFile) {
        let contents = object.sections.first { $0.name == ".comment" }?.contents ?? []
        compilers = contents.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }.uniqued()
    }

    /// The compiler of a unit that the target names as well; nil if the target names none.
    ///
    /// - Throws: ``PatchRefusal/compilerDiffers(unit:target:built:shipped:)``.
    static func common(
        to unit: UnitObject, and target: CompilerComment, named name: String
    ) throws(PatchRefusal) -> String? {
        let built = CompilerComment(of: unit.object).compilers
        guard !target.compilers.isEmpty, !built.isEmpty else { return nil }
        // A target of several units may have had several compilers.
        guard built.allSatisfy(target.compilers.contains) else {
            throw .compilerDiffers(unit: unit.source, target: name, built: built, shipped: target.compilers)
        }
        return built.joined(separator: ", ")
    }
}
