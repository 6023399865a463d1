// SPDX-License-Identifier: Apache-2.0

package import FoundationEssentials

/// A build root as it lies in the cache.
package struct CachedRoot: Sendable, Equatable {
    /// What a root holds.
    package enum Kind: String, Sendable, CaseIterable {
        /// A source, configured or built.
        case source
        /// A system of another release, in which sources are built.
        case system

        /// The folder of the cache that has them.
        var folder: String {
            switch self {
            case .source: "roots"
            case .system: "systems"
            }
        }

        /// What the names of their locks begin with.
        var lockPrefix: String {
            switch self {
            case .source: ""
            case .system: "system-"
            }
        }
    }

    /// What it holds.
    package var kind: Kind
    /// What it was made for: a package and its version, or a project's folder; of a system, its release and the package.
    package var name: String
    /// The key of the source, its compiler and its recipe.
    var key: String
    /// Its size on disk in bytes.
    package var size: UInt64
    /// When it was last used, or begun.
    package var lastUse: Date
    /// Whether it is whole; one that is not is made anew when it is wanted.
    package var isComplete: Bool
}

extension BuildCache {
    /// The roots, the most recently used one first.
    package func roots() throws(BuildError) -> [CachedRoot] {
        var roots: [CachedRoot] = []
        for kind in CachedRoot.Kind.allCases {
            for key in try Files.names(in: "\(path)/\(kind.folder)") {
                guard let root = root(kind, key) else { continue }
                roots.append(root)
            }
        }
        return roots.sorted { ($1.lastUse, $0.key) < ($0.lastUse, $1.key) }
    }

    /// Removes every root of a name.
    ///
    /// - Returns: The roots that were there.
    /// - Throws: `BuildError.noSuchRoot` with the names that there are, `.rootInUse`.
    package func removeRoots(named name: String) throws(BuildError) -> [CachedRoot] {
        let roots = try roots()
        let chosen = roots.filter { $0.name == name }
        guard !chosen.isEmpty else {
            throw .noSuchRoot(name, known: Set(roots.map(\.name)).sorted())
        }
        for root in chosen {
            guard try removeIfFree(root) else { throw .rootInUse(name) }
        }
        return chosen
    }

    /// Removes roots that nobody uses, the least recently used ones first, until the others fit into the limit.
    func giveUpRoots(progress: BuildProgress) throws(BuildError) {
        let roots = try roots()
        var size = roots.reduce(0) { $0 &+ $1.size }
        for root in roots.reversed() where size > limit {
            progress(.givingUp(root.name))
            if try removeIfFree(root) { size -= min(size, root.size) }
        }
    }

    private func removeIfFree(_ root: CachedRoot) throws(BuildError) -> Bool {
        try FileLock.heldIfFree(at: lock(of: root.kind, root.key)) { () throws(BuildError) -> Bool in
            // Another run may have been faster.
            let directory = directory(of: root.kind, root.key)
            if Files.exists(directory) { try discard(directory) }
            return true
        } ?? false
    }

    private func root(_ kind: CachedRoot.Kind, _ key: String) -> CachedRoot? {
        let directory = directory(of: kind, key)
        // It may be on its way out.
        guard let begun = (try? Files.attributes(directory))?[.modificationDate] as? Date else { return nil }
        let attempts = BuildAttempts(directory: directory)
        let complete = (try? attempts.complete()) ?? nil
        return CachedRoot(
            kind: kind, name: attempts.name ?? key, key: key, size: Files.size(below: directory),
            lastUse: complete?.lastUse ?? begun, isComplete: complete != nil)
    }
}

extension Files {
    /// The sizes of all files below a folder; what vanishes meanwhile counts nothing.
    static func size(below directory: String) -> UInt64 {
        let paths = (try? paths(below: directory)) ?? []
        return paths.reduce(0) { sum, path in
            sum &+ (number((try? attributes(directory + "/" + path))?[.size]) ?? 0)
        }
    }
}
