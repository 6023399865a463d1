// SPDX-License-Identifier: Apache-2.0

package import LivePatch

extension BuiltFix {
    /// The fixes of the build, from the lowest level on; one that is not from a queue is alone.
    package var levels: [Fix] { fix.levels }

    /// Whether a level changes any code or data beside what the level below it has changed.
    ///
    /// What cannot be compared counts as a change.
    package func differs(from below: BuiltFix?) -> Bool {
        var lower: [UnitKey: [UInt8]] = [:]
        for unit in below?.units ?? [] { lower[UnitKey(unit)] = unit.fixed }
        for unit in units {
            let before = lower.removeValue(forKey: UnitKey(unit)) ?? unit.sectioned
            if Self.differs(unit, before, unit.fixed) { return true }
        }
        // Units that the level below had changed and that are as they were shipped again.
        return (below?.units ?? []).contains { unit in
            lower[UnitKey(unit)].map { Self.differs(unit, unit.sectioned, $0) } ?? false
        }
    }

    /// One way in which a source is compiled.
    private struct UnitKey: Hashable {
        var source: String
        var command: [String]

        init(_ unit: UnitObjects) {
            source = unit.source
            command = unit.compileCommand
        }
    }

    private static func differs(_ unit: UnitObjects, _ before: [UInt8], _ after: [UInt8]) -> Bool {
        guard before != after else { return false }
        do throws(PatchRefusal) {
            let diff = try UnitDiff(
                from: UnitObject(source: unit.source, bytes: before, isAssembler: unit.isAssembler),
                to: UnitObject(source: unit.source, bytes: after, isAssembler: unit.isAssembler))
            return !diff.isEmpty || diff.data.values.contains { if case .existing = $0 { false } else { true } }
        } catch {
            return true
        }
    }

    /// What the manifest says of the fixes, an entry for each file of each fix.
    ///
    /// - Parameters:
    ///   - level: The level of the fix itself.
    ///   - title: The title of a fix that has none.
    ///   - vulnerabilities: Vulnerabilities that its text does not name.
    /// - Returns: The entries, by level.
    package func manifestFixes(
        level: Int, title: String? = nil, vulnerabilities: [String] = []
    ) -> [Manifest.Fix] {
        let top = fix.below.count
        return levels.enumerated().flatMap { position, fix in
            let isLast = position == top
            let more = isLast ? vulnerabilities.filter { !fix.vulnerabilities.contains($0) } : []
            return fix.files.map { file in
                Manifest.Fix(
                    level: level - (top - position), vulnerabilities: fix.vulnerabilities + more,
                    title: (isLast ? title : nil) ?? fix.title ?? "", origin: fix.origin, author: fix.author,
                    source: path(of: file), hunks: file.hunks.map(\.hash))
            }
        }
    }

    /// The way back's hazards of all fixes.
    package var revertHazards: [LocalizedText] { levels.flatMap(\.revertHazards) }

    /// The decisions that the fixes state.
    package var waivers: [Waiver] { levels.flatMap(\.waivers) }

    /// A file's name in the source tree: the fix may have a leading folder, as in `a/ssl/statem.c`.
    private func path(of file: FileChange) -> String {
        touched.first { file.newName == $0 || file.newName.hasSuffix("/" + $0) } ?? file.newName
    }
}
