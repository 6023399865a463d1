// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A directory of a test's own, removed with its contents when the last reference goes.
package final class TemporaryDirectory: Sendable {
    /// Where it is, without symbolic links.
    package let url: URL

    /// Where it is, as a path.
    package var path: String { url.path }

    /// Makes an empty directory.
    ///
    /// - Parameter parent: Where it lies; by default the temporary folder, to which other users may have no access.
    /// - Throws: What kept it from being made.
    package init(in parent: URL = FileManager.default.temporaryDirectory) throws {
        url = parent.resolvingSymlinksInPath().appending(path: "kaketsugi-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    /// The path of a file in the directory.
    package func path(_ name: String) -> String { url.appending(path: name).path }

    /// Writes a text file and gives its path.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String {
        try FileManager.default.createDirectory(
            at: url.appending(path: name).deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: url.appending(path: name), atomically: true, encoding: .utf8)
        return path(name)
    }

    /// Writes a file's bytes and gives its path.
    @discardableResult
    package func write(_ bytes: [UInt8], to name: String) throws -> String {
        try FileManager.default.createDirectory(
            at: url.appending(path: name).deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url.appending(path: name))
        return path(name)
    }

    /// A file's bytes.
    package func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: url.appending(path: name)))
    }

    /// A file's text.
    package func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: url.appending(path: name)), as: UTF8.self)
    }

    /// Whether a file is there.
    package func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    /// Removes a file.
    package func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }
}

extension URL {
    /// Where directories are in memory, if the machine has that: for tests that make many small files durable.
    package static var memory: URL {
        let memory = URL(filePath: "/dev/shm")
        return FileManager.default.isWritableFile(atPath: memory.path) ? memory : FileManager.default.temporaryDirectory
    }
}
