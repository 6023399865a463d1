// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// Sections by which a fix's author tells the differ something; macros of the author's header make them.
///
/// The names of kpatch's macros are known as well, so that fixes that were written for it can be taken as they are.
enum AuthorSection {
    private static let prefixes = [".kaketsugi.", ".kpatch."]

    /// Whether a section is one of them.
    static func isOne(_ name: String) -> Bool {
        prefixes.contains(where: name.hasPrefix)
    }

    /// What a section's name says without the prefix: `callbacks.pre_patch`.
    static func meaning(of name: String) -> String? {
        prefixes.first(where: name.hasPrefix).map { String(name.dropFirst($0.count)) }
    }
}

/// A function of the fix that the livepatch core calls when the patch comes or goes; `struct klp_callbacks`.
struct KernelCallback: Hashable {
    /// When it is called; numbered as `module.c` has it.
    enum Moment: Int, Hashable, CaseIterable {
        case prePatch = 0
        case postPatch
        case preUnpatch
        case postUnpatch
        /// Behind all others, for what a side table has left.
        case release

        /// The name of the section, behind `callbacks.`.
        var title: String {
            switch self {
            case .prePatch: "pre_patch"
            case .postPatch: "post_patch"
            case .preUnpatch: "pre_unpatch"
            case .postUnpatch: "post_unpatch"
            case .release: "release"
            }
        }
    }

    var moment: Moment
    /// The function, by position among the unit's pieces.
    var piece: Int
}

extension KernelObstacle {
    /// A callback that would be freed before it is called for the last time.
    init(callback piece: Int, of unit: KernelUnit) {
        self.init(kind: .callback, unit: unit.name, symbol: unit.title(of: piece), section: unit.sectionName(of: piece))
    }
}

extension KernelUnit {
    /// The callbacks that the unit declares.
    ///
    /// - Throws: ``KernelRefusal/unsupportedSymbol(unit:symbol:section:offset:)`` if one is no function of the unit, and
    ///   ``KernelRefusal/obstacles(_:)`` if it is freed after the start.
    func callbacks() throws(KernelRefusal) -> [KernelCallback] {
        var callbacks: [KernelCallback] = []
        for section in object.sections {
            guard let meaning = AuthorSection.meaning(of: section.name),
                let moment = KernelCallback.Moment.allCases.first(where: { meaning == "callbacks." + $0.title })
            else { continue }
            for reference in try references(in: section.index, 0..<section.size) {
                if case .piece(let piece) = reference.target, pieces[piece].role == .initialization {
                    throw .obstacles([KernelObstacle(callback: piece, of: self)])
                }
                guard case .piece(let piece) = reference.target, pieces[piece].isFunction else {
                    throw .unsupportedSymbol(
                        unit: name, symbol: "a callback", section: section.name, offset: reference.offset)
                }
                callbacks.append(KernelCallback(moment: moment, piece: piece))
            }
        }
        return callbacks
    }

    /// The functions whose changes the author leaves out.
    func ignoredFunctions() throws(KernelRefusal) -> Set<Int> {
        var ignored: Set<Int> = []
        for section in object.sections where AuthorSection.meaning(of: section.name) == "ignore.functions" {
            for reference in try references(in: section.index, 0..<section.size) {
                guard case .piece(let piece) = reference.target else { continue }
                ignored.insert(piece)
            }
        }
        return ignored
    }

    /// The names of the sections whose changes the author leaves out.
    func ignoredSections() throws(KernelRefusal) -> Set<String> {
        var ignored: Set<String> = []
        for section in object.sections where AuthorSection.meaning(of: section.name) == "ignore.sections" {
            for reference in try references(in: section.index, 0..<section.size) {
                guard case .constant(let text, _) = reference.target else { continue }
                ignored.insert(String(decoding: text.prefix { $0 != 0 }, as: UTF8.self))
            }
        }
        return ignored
    }

    /// The namespaces of exported symbols that the unit imports; `include/linux/module.h`, `MODULE_IMPORT_NS`.
    var importedNamespaces: [String] {
        let fields = object.sections.filter { $0.name == ".modinfo" }.flatMap { $0.contents.split(separator: 0) }
        return fields.compactMap { field in
            let text = String(decoding: field, as: UTF8.self)
            // What is built in says its module's name before: proc.import_ns=DMA_BUF
            guard let equals = text.firstIndex(of: "="), let key = text[..<equals].split(separator: ".").last,
                key == "import_ns", text.index(after: equals) < text.endIndex
            else { return nil }
            return String(text[text.index(after: equals)...])
        }
    }
}
