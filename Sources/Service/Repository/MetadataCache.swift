// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Foundation
internal import LinuxSystem
internal import NIOCore
internal import Synchronization
internal import UpdateFramework

/// The metadata of a repository in memory, as answers that are ready to be sent.
///
/// Versioned names have one content for ever; only `timestamp.json` changes. The folder is looked at once a second, and read
/// when it has changed: first the timestamp and then the names, so that all that it leads to is there already.
final class MetadataCache: Sendable {
    /// What is in memory.
    private struct State: Sendable {
        var files: [String: StoredAnswer] = [:]
        var mark: Mark?
    }

    /// What tells that the folder has changed.
    struct Mark: Hashable, Sendable {
        var timestamp: FileState?
        var folder: FileState?
    }

    private let folder: String
    private let state = Mutex(State())
    /// Metadata beyond this is not the repository's of a service.
    private static let budget = 64 << 20
    private static let fileLimit = 8 << 20

    init(_ tree: RepositoryTree) { folder = tree.metadata }

    /// The answer for a name as a client writes it; nil if there is none.
    func answer(named name: Substring) -> StoredAnswer? {
        let key = String(name)
        if let answer = state.withLock({ $0.files[key] }) { return answer }
        guard key.utf8.contains(UInt8(ascii: "%")), let decoded = FileNaming.relativePath(ofEncoded: key) else {
            return nil
        }
        return state.withLock { $0.files[FileNaming.percentEncoded(decoded)] }
    }

    /// Reads what is new in the folder.
    ///
    /// - Returns: Whether anything was.
    func refresh() -> Bool {
        let mark = Mark(
            timestamp: FileState(of: folder + "/timestamp.json"), folder: FileState(of: folder))
        let old = state.withLock { ($0.mark, $0.files) }
        guard mark != old.0 else { return false }
        let timestamp = mark.timestamp.flatMap { _ in read("timestamp.json") }
        var files: [String: StoredAnswer] = [:]
        var sum = 0
        // The newest versions first: they are what is asked for.
        for name in names().sorted(by: Self.isNewer) where name != "timestamp.json" {
            let key = FileNaming.percentEncoded(name)
            guard sum < Self.budget, let answer = old.1[key] ?? read(name) else { continue }
            sum += answer.body.readableBytes
            files[key] = answer
        }
        if let timestamp { files["timestamp.json"] = timestamp }
        state.withLock { state in
            state.files = files
            state.mark = mark
        }
        return true
    }

    private func names() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }
    }

    private func read(_ name: String) -> StoredAnswer? {
        guard let bytes = try? contents(ofFile: folder + "/" + name, limit: Self.fileLimit) else { return nil }
        let isFixed = name.utf8.first.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
        return StoredAnswer(bytes, type: "application/json", lasts: isFixed ? .forEver : .untilAsked)
    }

    private static func isNewer(_ one: String, _ other: String) -> Bool {
        let (first, second) = (version(one), version(other))
        return first == second ? one < other : first > second
    }

    private static func version(_ name: String) -> Int64 { Int64(name.prefix { $0 != "." }) ?? 0 }
}
