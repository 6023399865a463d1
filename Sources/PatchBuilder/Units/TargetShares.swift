// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// The units of a fix by the shipped files that hold them: a patch is for one file, and a header reaches many.
package struct TargetShares: Sendable {
    /// One shipped file's part of a fix.
    package struct Share: Sendable {
        /// The file.
        package var target: TargetFile
        /// The units that are in it; of several builds of a source those that are.
        package var units: [UnitObjects]
    }

    /// The parts, in the order of the files.
    package private(set) var shares: [Share] = []
    /// The sources of units that differ and are in none of the files: test programs, say.
    package private(set) var elsewhere: [String] = []
    /// The sources of units whose objects differ and whose functions do not.
    package private(set) var unchanged: [String] = []

    /// Finds the files that hold each unit.
    ///
    /// - Parameters:
    ///   - units: The units that differ, in all ways in which they are built.
    ///   - targets: The files that may hold them.
    /// - Throws: ``PatchRefusal`` if no file holds any unit, or if a unit is too small to tell which one does.
    package init(of units: [UnitObjects], among targets: [TargetFile]) throws(PatchRefusal) {
        var changed: [UnitObjects] = []
        for unit in units where !changed.contains(where: { $0.source == unit.source && $0.plain == unit.plain }) {
            if Self.isUnchanged(unit) { unchanged.append(unit.source) } else { changed.append(unit) }
        }
        unchanged = unchanged.uniqued().filter { source in !changed.contains { $0.source == source } }
        guard !changed.isEmpty else { return }
        try divide(changed, among: targets)
    }

    private mutating func divide(_ units: [UnitObjects], among targets: [TargetFile]) throws(PatchRefusal) {
        var files: [CodeSearch] = []
        for target in targets { files.append(try CodeSearch(target)) }
        var found: [(unit: UnitObjects, hit: CodeSearch.Hit)] = []
        for source in units.map(\.source).uniqued() {
            found += try Self.search(for: units.filter { $0.source == source }, in: files)
        }
        found = try Self.toldApart(found, in: files)
        let certain = Set(found.filter(\.hit.isCertain).flatMap(\.hit.files))
        var members: [[UnitObjects]] = targets.map { _ in [] }
        for (unit, hit) in found {
            // A few bytes stand in many files by chance: then those that hold other units of the fix are meant.
            let likely = certain.isEmpty ? hit.files : hit.files.filter(certain.contains)
            guard hit.isCertain || likely.count <= 1 else {
                throw .unclearTarget(unit: unit.source, targets: likely.map { targets[$0].name })
            }
            for file in hit.isCertain ? hit.files : likely { members[file].append(unit) }
        }
        shares = zip(targets, members).filter { !$1.isEmpty }.map { Share(target: $0, units: $1) }
        let held = Set(shares.flatMap(\.units).map(\.source))
        elsewhere = units.map(\.source).uniqued().filter { !held.contains($0) }
        guard shares.isEmpty else { return }
        elsewhere = []
        // Says which file comes nearest, and where it differs.
        let choice = try TargetChoice(units: units, targets: targets)
        shares = [Share(target: choice.target, units: units)]
    }

    /// The places of several builds of a source; what only resembles a build counts if no build is there.
    private static func search(
        for builds: [UnitObjects], in files: [CodeSearch]
    ) throws(PatchRefusal) -> [(unit: UnitObjects, hit: CodeSearch.Hit)] {
        var exact: [(unit: UnitObjects, hit: CodeSearch.Hit)] = []
        var near: [(unit: UnitObjects, hit: CodeSearch.Hit)] = []
        for unit in builds {
            let object = try UnitObject(unit, \.plain)
            if let hit = try CodeSearch.hit(of: object, in: files) {
                exact.append((unit, hit))
            } else {
                near.append((unit, try CodeSearch.resemblance(of: object, in: files)))
            }
        }
        return exact.isEmpty ? near : exact
    }

    /// Leaves code that several sources have at one place to the source whose data are there, too.
    ///
    /// Modules made of one template have the same code and other tables.
    private static func toldApart(
        _ found: [(unit: UnitObjects, hit: CodeSearch.Hit)], in files: [CodeSearch]
    ) throws(PatchRefusal) -> [(unit: UnitObjects, hit: CodeSearch.Hit)] {
        var told = found
        for (file, search) in files.enumerated() {
            var claims: [TargetAddress: Set<String>] = [:]
            for (unit, hit) in found {
                for place in hit.places[file] ?? [] { claims[place, default: []].insert(unit.source) }
            }
            let contested = Set(claims.filter { $0.value.count > 1 }.keys)
            guard !contested.isEmpty else { continue }
            var taken: Set<TargetAddress> = []
            var losing: [Int] = []
            for (position, (unit, hit)) in found.enumerated() {
                guard let places = hit.places[file], !places.isDisjoint(with: contested) else { continue }
                if search.hasWhole(try UnitObject(unit, \.plain)) {
                    taken.formUnion(places)
                } else {
                    losing.append(position)
                }
            }
            for position in losing where found[position].hit.places[file]?.isSubset(of: taken) == true {
                told[position].hit.files.removeAll { $0 == file }
            }
        }
        return told
    }

    /// Whether nothing differs that a process could see; a unit that cannot be compared is for the assembly to refuse.
    private static func isUnchanged(_ unit: UnitObjects) -> Bool {
        guard let original = try? UnitObject(unit, \.sectioned),
            let fixed = try? UnitObject(unit, \.fixed),
            let diff = try? UnitDiff(from: original, to: fixed)
        else { return false }
        return diff.isEmpty && diff.keepsAllData && original.loadTimeContents == fixed.loadTimeContents
    }
}

extension TargetShares {
    /// The file that is meant by a name: its last components; nil among several with this name, or if there is none.
    package static func target(named name: String, among targets: [TargetFile]) throws(PatchRefusal) -> TargetFile {
        let matching = targets.filter { $0.name == name || $0.path == name || $0.path.hasSuffix("/" + name) }
        guard let target = matching.first, matching.count == 1 else {
            throw .noSuchTarget(name: name, targets: (matching.isEmpty ? targets : matching).map(\.name).uniqued())
        }
        return target
    }
}
