// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// What proves that a patch was made from the target's own source, with its compiler and its options.
struct FidelityProof {
    let target: TargetFile
    let object: ObjectFile
    let units: [LocatedUnit]

    /// The proofs that there are, the code of each unit first.
    ///
    /// - Throws: ``PatchRefusal``.
    func evidence() throws(PatchRefusal) -> [Manifest.Evidence] {
        var evidence: [Manifest.Evidence] = []
        for unit in units { evidence.append(try code(of: unit)) }
        if let compiler = try compiler() { evidence.append(compiler) }
        if let rebuild { evidence.append(rebuild) }
        return evidence
    }

    /// Every byte of the unit that the linker does not decide was compared when it was located.
    private func code(of located: LocatedUnit) throws(PatchRefusal) -> Manifest.Evidence {
        var (bytes, sections, fields) = (0, 0, 0)
        for index in located.sections.keys where located.unit.role(index) == .code {
            let pattern = try CodePattern(section: index, of: located.unit)
            guard !pattern.bytes.isEmpty else { continue }
            sections += 1
            bytes += pattern.mask.count { $0 != 0 }
            fields += located.unit.relocations[index.rawValue].count
        }
        return Manifest.Evidence(
            kind: .code, subject: located.unit.source,
            detail: "\(bytes) bytes of \(sections) section\(sections == 1 ? "" : "s") are equal, "
                + "\(fields) relocated field\(fields == 1 ? "" : "s") agree")
    }

    private func compiler() throws(PatchRefusal) -> Manifest.Evidence? {
        let shipped = CompilerComment(of: object)
        var compilers: [String] = []
        for unit in units {
            guard let common = try CompilerComment.common(to: unit.unit, and: shipped, named: target.name) else {
                return nil
            }
            compilers.append(common)
        }
        return Manifest.Evidence(
            kind: .compiler, subject: target.name, detail: compilers.uniqued().joined(separator: ", "))
    }

    private var rebuild: Manifest.Evidence? {
        guard let rebuilt = target.rebuilt, rebuilt.buildID == object.buildID else { return nil }
        return Manifest.Evidence(kind: .rebuild, subject: target.name, detail: "\(rebuilt.buildID)")
    }
}
