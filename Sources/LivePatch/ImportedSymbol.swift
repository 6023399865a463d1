// SPDX-License-Identifier: Apache-2.0

/// A symbol of another library that replacement code uses and the target does not import.
///
/// It is looked up in each process when the patch is applied there, as the dynamic linker would for the target.
package struct ImportedSymbol: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The symbol's name.
    package var name: String
    /// The version that the library's default definition had when the patch was built; nil if it has none.
    package var version: String?

    /// A symbol by its name and version.
    package init(name: String, version: String?) {
        self.name = name
        self.version = version
    }

    /// `name@version`, as linkers print it.
    package var description: String { version.map { "\(name)@\($0)" } ?? name }

    /// Reads `name@version` or `name`; nil if a part is empty.
    init?(parsing text: String) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard !parts.contains(where: \.isEmpty) else { return nil }
        name = parts[0]
        version = parts.count == 2 ? parts[1] : nil
    }

    package static func < (left: ImportedSymbol, right: ImportedSymbol) -> Bool {
        left.description < right.description
    }
}

extension Artefact {
    /// The symbols that are looked up in each process, in order.
    package var imports: [ImportedSymbol] { Set(relocations.compactMap(\.imported)).sorted() }
}
