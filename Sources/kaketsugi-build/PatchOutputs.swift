// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import PatchBuilder

/// The files that a build writes: one, or in a folder one for each shipped file that the fix changes.
struct PatchOutputs {
    /// The paths, in the order of the shares.
    var paths: [String]

    /// Decides on the paths.
    ///
    /// - Parameters:
    ///   - path: What `--output` says.
    ///   - fix: The fix's file, by which files in a folder are named.
    ///   - shares: What the patches are for.
    /// - Throws: `PatchRefusal.severalTargets` if one file is asked for and several are needed.
    init(path: String, fix: String, shares: TargetShares) throws(PatchRefusal) {
        guard Self.isFolder(path) else {
            guard shares.shares.count <= 1 else { throw .severalTargets(shares.shares.map(\.target.name)) }
            paths = shares.shares.map { _ in path }
            return
        }
        let stem = URL(filePath: fix).deletingPathExtension().lastPathComponent
        let folder = path.hasSuffix("/") ? path : path + "/"
        paths = Self.names(of: shares).map { "\(folder)\(stem).\($0).mend" }
    }

    /// What the patches are told apart by in a folder: the shipped files' names, of which those of different folders may be
    /// the same.
    static func names(of shares: TargetShares) -> [String] {
        var counts: [String: Int] = [:]
        return shares.shares.map { share in
            let count = (counts[share.target.name] ?? 0) + 1
            counts[share.target.name] = count
            return count > 1 ? "\(share.target.name)-\(count)" : share.target.name
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isDirectory = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory
    }
}
