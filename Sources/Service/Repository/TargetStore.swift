// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import HTTPTypes
internal import LinuxSystem
internal import NIOCore
internal import NIOPosix
internal import Synchronization
internal import UpdateFramework

/// The targets of a repository: small ones that are asked for often in memory, up to a bound, the others from their files.
final class TargetStore: Sendable {
    /// A target that was found.
    enum Found: Sendable {
        /// It is in memory.
        case stored(StoredAnswer)
        /// It is read while it is sent.
        case file(RegularFile)
    }

    private struct Kept: Sendable {
        var answer: StoredAnswer
        var used: UInt64
    }

    private struct State: Sendable {
        var kept: [String: Kept] = [:]
        var bytes = 0
        var time: UInt64 = 0
        var coming: [String: EventLoopFuture<Found?>] = [:]
    }

    private let folder: String
    private let pool: NIOThreadPool
    private let state = Mutex(State())
    private static let budget = 32 << 20
    private static let keptLimit = 2 << 20

    init(_ tree: RepositoryTree, pool: NIOThreadPool) {
        folder = tree.targets
        self.pool = pool
    }

    /// A target that is in memory already.
    func stored(_ relative: String) -> StoredAnswer? {
        state.withLock { state in
            state.time += 1
            state.kept[relative]?.used = state.time
            return state.kept[relative]?.answer
        }
    }

    /// A target, by its path below the folder; nil if there is none.
    ///
    /// Many that ask for one at a time wait for one reading of it.
    func find(_ relative: String, on loop: any EventLoop) async throws -> Found? {
        if let answer = stored(relative) { return .stored(answer) }
        let (coming, isFirst) = state.withLock { state -> (EventLoopFuture<Found?>, Bool) in
            if let coming = state.coming[relative] { return (coming, false) }
            let path = folder + "/" + relative
            let isFixed = Self.isContentAddressed(relative)
            let coming = pool.runIfActive(eventLoop: loop) { try Self.open(path, keeps: isFixed) }
            state.coming[relative] = coming
            return (coming, true)
        }
        let found: Found?
        do { found = try await coming.get() } catch {
            if isFirst { state.withLock { $0.coming[relative] = nil } }
            throw error
        }
        if isFirst {
            state.withLock { state in
                state.coming[relative] = nil
                if case .stored(let answer) = found { Self.keep(answer, as: relative, in: &state) }
            }
        }
        return found
    }

    /// Whether the last part of a path begins with a hash, so that it has one content for ever.
    static func isContentAddressed(_ relative: String) -> Bool {
        guard let name = relative.split(separator: "/").last, let dot = name.utf8.firstIndex(of: UInt8(ascii: "."))
        else {
            return false
        }
        let hash = name[..<dot]
        return hash.utf8.count >= 64 && Hexadecimal.bytes(of: String(hash)) != nil
    }

    private static func open(_ path: String, keeps: Bool) throws -> Found? {
        let file: RegularFile
        do throws(SystemError) { file = try RegularFile(path) } catch {
            // A folder, and a file where a folder should be, are no targets either.
            guard
                [.noSuchFile, .invalid, ErrorNumber(rawValue: ENOTDIR), ErrorNumber(rawValue: ENAMETOOLONG)]
                    .contains(error.number)
            else { throw error }
            return nil
        }
        guard keeps, file.state.size <= keptLimit else { return .file(file) }
        return .stored(
            StoredAnswer(
                try file.read(from: 0, count: Int(file.state.size)), type: RepositoryResponder.targetType,
                lasts: .forEver,
                more: RepositoryResponder.targetFields))
    }

    private static func keep(_ answer: StoredAnswer, as relative: String, in state: inout State) {
        guard state.kept[relative] == nil else { return }
        state.time += 1
        state.kept[relative] = Kept(answer: answer, used: state.time)
        state.bytes += answer.body.readableBytes
        while state.bytes > budget, let oldest = state.kept.min(by: { $0.value.used < $1.value.used }) {
            state.kept[oldest.key] = nil
            state.bytes -= oldest.value.answer.body.readableBytes
        }
    }
}
