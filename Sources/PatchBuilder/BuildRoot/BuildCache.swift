// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The folder that keeps build roots between runs.
///
///     roots/KEY/N/    a build root, made at the Nth attempt; complete if it has a `complete` file
///     locks/KEY       held while a root is made or used
///     archive-SUITE/  the private apt configuration for a release and its index
///     systems/KEY/N/  the same for a system of another release, in which a package of it is built
///     packages/       what the index said about a package version
///     trash/          on its way out
package struct BuildCache: Sendable {
    /// Absolute and without links: it is part of every recorded command.
    package let path: String
    /// The size in bytes that roots are given up for, the least recently used ones first.
    package let limit: UInt64

    /// Enough for some twenty roots of packages as large as OpenSSL.
    package static let standardLimit: UInt64 = 20 << 30

    /// Opens a cache, made if it is not there.
    ///
    /// - Parameters:
    ///   - path: The folder; else `$KAKETSUGI_CACHE`, `$XDG_CACHE_HOME/kaketsugi` or `~/.cache/kaketsugi`.
    ///   - limit: The size in bytes that roots are given up for.
    /// - Throws: `BuildError.fileSystem` if the folder cannot be made, `.unsuitableCache` if no build works in it.
    package init(path: String? = nil, limit: UInt64 = standardLimit) throws(BuildError) {
        self.limit = limit
        let chosen = path ?? Self.standardPath(ProcessInfo.processInfo.environment)
        try Files.createDirectory(chosen)
        self.path = Files.resolved(chosen)
        guard !self.path.contains(where: { $0.isWhitespace || ":$".contains($0) }) else {
            throw .unsuitableCache(self.path)
        }
        for part in CachedRoot.Kind.allCases.map(\.folder) + ["locks", "packages", "trash"] {
            try Files.createDirectory(self.path + "/" + part)
        }
    }

    static func standardPath(_ environment: [String: String]) -> String {
        if let path = environment["KAKETSUGI_CACHE"], !path.isEmpty { return path }
        // XDG Base Directory Specification: relative paths are to be ignored.
        if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") { return base + "/kaketsugi" }
        return (environment["HOME"] ?? "/tmp") + "/.cache/kaketsugi"
    }

    /// Uses a build root, which is made first if it is not there or was not finished.
    ///
    /// A root stays where it is made, because configured trees hold their own path; that it is complete is told by a file
    /// that is put there last. The tree is as it was made when `use` begins, whatever happened in an earlier run.
    func withRoot<Value: Sendable>(
        _ kind: CachedRoot.Kind = .source, key: String, name: String, progress: BuildProgress,
        make: (BuildRoot) async throws(BuildError) -> Void,
        use: (BuildRoot) async throws(BuildError) -> Value
    ) async throws(BuildError) -> Value {
        // Half of the digest is plenty to tell roots apart, and the path is in many command lines.
        let key = String(key.prefix(32))
        return try await FileLock.held(at: lock(of: kind, key), for: name, progress: progress) {
            () async throws(BuildError) -> Value in
            try emptyTrash()
            let attempts = BuildAttempts(directory: directory(of: kind, key))
            for abandoned in try attempts.abandoned() { try discard(abandoned) }
            let root: BuildRoot
            if let complete = try attempts.complete() {
                root = complete
                // A root of an earlier version of this program may lack a folder that later ones came to use.
                try root.createDirectories()
            } else {
                root = try attempts.begin(name: name)
                try await make(root)
                try root.complete(name: name)
                try giveUpRoots(progress: progress)
            }
            root.noteUse()
            try root.restorePristineFiles()
            return try await use(root)
        }
    }

    /// Where the attempts at a root are.
    func directory(of kind: CachedRoot.Kind, _ key: String) -> String { "\(path)/\(kind.folder)/\(key)" }

    /// The file whose lock is held while a root is made or used.
    func lock(of kind: CachedRoot.Kind, _ key: String) -> String { "\(path)/locks/\(kind.lockPrefix)\(key)" }

    /// Takes a folder away in one step, so that what is half removed is never taken for something else.
    func discard(_ directory: String) throws(BuildError) {
        try Files.rename(directory, to: path + "/trash/" + UUID().uuidString)
        try emptyTrash()
    }

    func emptyTrash() throws(BuildError) {
        for name in try Files.names(in: path + "/trash") {
            // Another run may be removing the same folder; what stays is tried again at the next start.
            try? Files.remove(path + "/trash/" + name)
        }
    }
}
