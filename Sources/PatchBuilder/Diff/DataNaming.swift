// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// Names the data of two builds of a unit so that the same datum has the same name.
struct DataNaming {
    /// For sections of the fixed unit, the section of the unfixed one that is the same datum.
    private(set) var pairs: [SectionIndex: SectionIndex] = [:]
    /// The other way; equal constants of the fixed unit may share one partner, and the first stands for all.
    private var inverse: [SectionIndex: SectionIndex] = [:]

    /// Takes two sections for the same datum.
    mutating func pair(_ mine: SectionIndex, with theirs: SectionIndex) {
        pairs[mine] = theirs
        inverse[theirs] = min(inverse[theirs] ?? mine, mine)
    }

    /// Takes a section of the fixed unit for a datum of its own again.
    mutating func unpair(_ mine: SectionIndex) {
        guard let theirs = pairs.removeValue(forKey: mine) else { return }
        inverse[theirs] = pairs.filter { $0.value == theirs }.keys.min()
    }

    /// The name of a section of the fixed unit.
    func fixed(_ section: SectionIndex) -> DatumName {
        guard let partner = pairs[section], let first = inverse[partner] else { return .onlyFixed(section) }
        return .both(first)
    }

    /// The name of a section of the unfixed unit.
    func original(_ section: SectionIndex) -> DatumName {
        inverse[section].map { .both($0) } ?? .onlyOriginal(section)
    }
}

/// A datum's name in the comparison of two builds.
enum DatumName: Hashable {
    /// Both have it: the section of the fixed unit.
    case both(SectionIndex)
    /// Only the fixed unit has it.
    case onlyFixed(SectionIndex)
    /// Only the unfixed unit has it.
    case onlyOriginal(SectionIndex)
}

extension UnitObject {
    /// Whether a section is a datum with a symbol of its own.
    func isNamedData(_ index: SectionIndex) -> Bool {
        [.constant, .variable, .threadLocal].contains(role(index)) && !owners[index.rawValue].isEmpty
    }

    /// The names of the functions whose code refers to a section, in order.
    func users(of index: SectionIndex) -> [String] {
        functions.values.filter { function in
            guard case .section(let code) = function.place else { return false }
            return relocations[code.rawValue].contains { relocation in
                (try? reference(of: relocation, in: code))?.section == index
            }
        }.map(\.name).sorted()
    }
}

extension FunctionName {
    /// A symbol's name without the number that the compiler appends to a static local's.
    static func stem(_ name: String) -> String {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
        let number = name[name.index(after: dot)...]
        guard !number.isEmpty, number.allSatisfy(\.isNumber) else { return name }
        return String(name[..<dot])
    }
}
