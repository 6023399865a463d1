// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// What the builder does with files, each refusal with the path in it.
enum Files {
    static func read(_ path: String) throws(BuildError) -> [UInt8] {
        try attempt(.read, path) { [UInt8](try Data(contentsOf: URL(filePath: path))) }
    }

    /// The first bytes of a file, as many as there are up to a count.
    static func head(of path: String, _ count: Int) throws(BuildError) -> [UInt8] {
        try attempt(.read, path) {
            [UInt8](try Data(contentsOf: URL(filePath: path), options: .alwaysMapped).prefix(count))
        }
    }

    /// Writes a file in place of an old one in one step: a reader, or the next start, sees all of it or nothing.
    static func write(_ bytes: [UInt8], to path: String) throws(BuildError) {
        try attempt(.write, path) { try Data(bytes).write(to: URL(filePath: path), options: .atomic) }
    }

    /// Gives a file the permissions and the time of another.
    static func setAttributes(of path: String, to attributes: [FileAttributeKey: Any]) throws(BuildError) {
        var kept: [FileAttributeKey: Any] = [:]
        for key in [FileAttributeKey.posixPermissions, .modificationDate] { kept[key] = attributes[key] }
        try attempt(.write, path) { try FileManager.default.setAttributes(kept, ofItemAtPath: path) }
    }

    static func makeExecutable(_ path: String) throws(BuildError) {
        try attempt(.write, path) {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        }
    }

    static func createDirectory(_ path: String) throws(BuildError) {
        try attempt(.create, path) {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
    }

    static func remove(_ path: String) throws(BuildError) {
        guard exists(path) else { return }
        try attempt(.remove, path) { try FileManager.default.removeItem(atPath: path) }
    }

    static func rename(_ old: String, to new: String) throws(BuildError) {
        try attempt(.rename, old) { try FileManager.default.moveItem(atPath: old, toPath: new) }
    }

    static func copy(_ old: String, to new: String) throws(BuildError) {
        try attempt(.copy, old) { try FileManager.default.copyItem(atPath: old, toPath: new) }
    }

    /// Makes a symbolic link.
    static func link(_ path: String, to destination: String) throws(BuildError) {
        try attempt(.create, path) {
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: destination)
        }
    }

    /// The names in a folder, sorted.
    static func names(in directory: String) throws(BuildError) -> [String] {
        try attempt(.list, directory) { try FileManager.default.contentsOfDirectory(atPath: directory).sorted() }
    }

    /// Every path below a folder, relative to it, sorted; symbolic links are named and not followed.
    static func paths(below directory: String) throws(BuildError) -> [String] {
        try attempt(.list, directory) { try FileManager.default.subpathsOfDirectory(atPath: directory).sorted() }
    }

    static func attributes(_ path: String) throws(BuildError) -> [FileAttributeKey: Any] {
        try attempt(.read, path) { try FileManager.default.attributesOfItem(atPath: path) }
    }

    static func linkDestination(_ path: String) throws(BuildError) -> String {
        try attempt(.read, path) { try FileManager.default.destinationOfSymbolicLink(atPath: path) }
    }

    /// Whether something has this name, a dangling link included.
    static func exists(_ path: String) -> Bool {
        (try? FileManager.default.attributesOfItem(atPath: path)) != nil
    }

    static func isDirectory(_ path: String) -> Bool {
        var isDirectory = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory
    }

    static func isFile(_ path: String) -> Bool {
        var isDirectory = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && !isDirectory
    }

    /// Whether a path is a file itself: no link, and nothing that would be waited for when it is read.
    static func isRegularFile(_ path: String) -> Bool {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType == .typeRegular
    }

    static func isLink(_ path: String) -> Bool {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
    }

    /// The path without links, `.` and `..`: what `pwd -P` prints there.
    static func resolved(_ path: String) -> String {
        URL(filePath: path).resolvingSymlinksInPath().path
    }

    /// Whether a disk has no room for what any tool writes; a tool that fails for it may not even be able to say so.
    static func isDiskFull(at path: String) -> Bool {
        let free = (try? FileManager.default.attributesOfFileSystem(forPath: path))?[.systemFreeSize]
        return number(free).map { $0 < 1 << 20 } ?? false
    }

    /// A size among attributes, whose type depends on which parts of Foundation are there.
    static func number(_ attribute: Any?) -> UInt64? {
        if let number = attribute as? UInt64 { return number }
        if let number = attribute as? UInt { return UInt64(number) }
        return (attribute as? Int).map { UInt64(clamping: $0) }
    }

    /// The end of a log, for an error message; nothing if it cannot be read.
    static func lastLines(of log: String, count: Int = 20) -> [String] {
        guard let bytes = try? read(log) else { return [] }
        let tail = String(decoding: bytes.suffix(16 << 10), as: UTF8.self)
        return tail.split(whereSeparator: \.isNewline).suffix(count).map(String.init)
    }

    private static func attempt<Value>(
        _ operation: FileOperation, _ path: String, _ body: () throws -> Value
    ) throws(BuildError) -> Value {
        do {
            return try body()
        } catch {
            throw .fileSystem(operation, path: path, reason: reason(of: error))
        }
    }

    private static func reason(of error: any Error) -> String {
        if let error = error as? CocoaError {
            if error.code == .fileWriteOutOfSpace { return "the disk is full; make room, or choose another --cache" }
            if let cause = error.underlying as? POSIXError { return "\(cause.code)" }
        }
        return "\(error)"
    }
}
