// SPDX-License-Identifier: Apache-2.0

/// What stands around the units of a fix and tells where symbols are that these use anew.
package struct SurroundingMaterial: Sendable {
    /// The object of another unit, as its own command makes it.
    package struct Witness: Sendable, Hashable {
        /// Its source file.
        package var source: String
        /// The object file.
        package var object: [UInt8]

        /// An object of a source file.
        package init(source: String, object: [UInt8]) {
            self.source = source
            self.object = object
        }
    }

    /// What a search of the source found of some symbols.
    package struct Search: Sendable, Hashable {
        /// Other units that define or use one of them.
        package var witnesses: [Witness] = []
        /// The symbols that were searched for.
        package var symbols: Set<String> = []
        /// For a symbol the file that may define it, and is no unit that could be compiled.
        package var suspects: [String: String] = [:]
        /// For a symbol the number of files that name it, where these were too many.
        package var tooCommon: [String: Int] = [:]

        /// Nothing was searched for.
        package init() {}

        /// Nothing was found yet of some symbols.
        init(symbols: Set<String>) { self.symbols = symbols }
    }

    /// What was found of the symbols that were searched for.
    package var search: Search
    /// Where the libraries are that the target asks for.
    package var libraries: LibraryFolders

    /// Where libraries are, and what was found.
    package init(search: Search = Search(), libraries: LibraryFolders = LibraryFolders(system: "/")) {
        self.search = search
        self.libraries = libraries
    }
}

/// The folders in which a linker finds the libraries that a target asks for.
package struct LibraryFolders: Sendable, Hashable {
    private let system: String

    /// The folders of a system.
    ///
    /// - Parameter system: what the build saw as `/`.
    package init(system: String) {
        self.system = system
    }

    /// Debian's folders, and those of distributions that keep 64-bit libraries in a folder of their own.
    private static let folders = [
        "lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu", "lib64", "usr/lib64", "lib", "usr/lib",
    ]

    /// The bytes of a library: one beside the target, as its package ships it, else the system's; nil if there is none.
    func read(_ name: String, for target: TargetFile) -> [UInt8]? {
        guard !name.contains("/") else { return nil }
        let beside = target.path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
            separator: "/")
        let places = [beside] + Self.folders.map { (system.hasSuffix("/") ? system : system + "/") + $0 }
        return places.lazy.map { $0 + "/" + name }.first(where: Files.isFile).flatMap { try? Files.read($0) }
    }
}
