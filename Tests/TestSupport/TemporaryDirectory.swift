// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A directory of a test's own, removed with its contents when the last reference goes.
package final class TemporaryDirectory: Sendable {
    /// Where it is.
    package let url: URL

    /// Makes an empty directory.
    package init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "kaketsugi-test-\(UUID().uuidString)")
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
        try Data(bytes).write(to: url.appending(path: name))
        return path(name)
    }

    /// A file's bytes.
    package func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: url.appending(path: name)))
    }
}
