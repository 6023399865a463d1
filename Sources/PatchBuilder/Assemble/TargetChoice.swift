// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// Finds the one shipped file that holds every unit of a fix, and the compile command that made each unit there.
///
/// A source may be compiled several times with different flags, for a static library and a shared one; only the object
/// whose code is in the target counts.
struct TargetChoice {
    /// The shipped file.
    let target: TargetFile
    /// Finds units in it.
    let locator: UnitLocator
    /// The units where they lie, with the objects that they came from.
    let units: [(objects: UnitObjects, located: LocatedUnit)]

    /// The shipped file, read.
    var object: ObjectFile { locator.target }

    /// Chooses among the files that a package ships.
    ///
    /// - Throws: ``PatchRefusal``: why the most promising target does not hold all units.
    init(units candidates: [UnitObjects], targets: [TargetFile]) throws(PatchRefusal) {
        let sources = candidates.map(\.source).uniqued()
        var refusal: PatchRefusal?
        var best = -1
        for target in targets {
            let object = try Self.parse(target)
            let locator = UnitLocator(target: object, targetName: target.name, rebuilt: target.rebuilt)
            var found: [(objects: UnitObjects, located: LocatedUnit)] = []
            var firstRefusal: PatchRefusal?
            for source in sources {
                do throws(PatchRefusal) {
                    found += try Self.locate(candidates.filter { $0.source == source }, with: locator)
                } catch {
                    firstRefusal = firstRefusal ?? error
                }
            }
            guard firstRefusal != nil else {
                self.target = target
                self.locator = locator
                units = found
                return
            }
            // The target that holds most units, or resembles one most, is the one to talk about.
            let score = found.count * 2 + (firstRefusal?.isNearMiss == true ? 1 : 0)
            if score > best { (best, refusal) = (score, firstRefusal) }
        }
        throw refusal ?? .noCommonTarget(units: sources)
    }

    private static func parse(_ target: TargetFile) throws(PatchRefusal) -> ObjectFile {
        do throws(ELFError) {
            return try ObjectFile(parsing: target.bytes)
        } catch {
            throw .malformedTarget(target: target.name, error: error)
        }
    }

    /// Those of several builds of a source whose code is in the target, each in a place of its own.
    private static func locate(
        _ candidates: [UnitObjects], with locator: UnitLocator
    ) throws(PatchRefusal) -> [(objects: UnitObjects, located: LocatedUnit)] {
        let compilers = CompilerComment(of: locator.target)
        var found: [(objects: UnitObjects, located: LocatedUnit)] = []
        var refusal: PatchRefusal?
        for candidate in candidates {
            do throws(PatchRefusal) {
                let unit = try UnitObject(candidate, \.plain)
                _ = try CompilerComment.common(to: unit, and: compilers, named: locator.targetName)
                let located = try locator.locate(unit)
                if !found.contains(where: { $0.located.overlaps(located) }) { found.append((candidate, located)) }
            } catch {
                if refusal == nil || error.isNearMiss { refusal = error }
            }
        }
        guard found.isEmpty else { return found }
        throw refusal ?? .noCommonTarget(units: [])
    }
}

extension LocatedUnit {
    /// Whether two units have code at one place, and so are two builds of which only one is there.
    fileprivate func overlaps(_ other: LocatedUnit) -> Bool {
        !Set(codeAddresses).isDisjoint(with: other.codeAddresses)
    }

    private var codeAddresses: [TargetAddress] {
        sections.filter { unit.role($0.key) == .code && unit.section($0.key).size > 0 }.map(\.value)
    }
}

extension PatchRefusal {
    /// Whether code that resembles the unit was found.
    fileprivate var isNearMiss: Bool {
        switch self {
        case .unitNotFound(_, _, _, _, let nearest): nearest != nil
        case .packedTarget, .compilerDiffers: false
        default: true
        }
    }
}

extension Array where Element: Hashable {
    /// The elements without repetitions, in order.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
