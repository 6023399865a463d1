// SPDX-License-Identifier: Apache-2.0

/// The files that a kernel begins with, as a cpio archive in the "new ASCII" form
/// (Linux: Documentation/driver-api/early-userspace/buffer-format.rst).
struct InitialFiles {
    /// Types and permissions as stat(2) has them.
    private enum Mode {
        static let directory = 0o040755
        static let program = 0o100755
        static let link = 0o120777
        static let device = 0o020600
    }

    private(set) var bytes: [UInt8] = []
    private var count = 0
    private var folders: Set<String> = []

    /// Adds a file that may be executed, and the folders above it.
    mutating func add(_ contents: [UInt8], as path: String) {
        addFolders(above: path)
        append(path, Mode.program, contents)
    }

    /// Adds a symbolic link, and the folders above it.
    mutating func addLink(_ path: String, to target: String) {
        addFolders(above: path)
        append(path, Mode.link, Array(target.utf8))
    }

    /// Adds a folder, and those above it.
    mutating func addFolder(_ path: String) {
        guard folders.insert(path).inserted else { return }
        addFolders(above: path)
        append(path, Mode.directory, [])
    }

    /// Adds a character device.
    mutating func addDevice(_ path: String, major: Int, minor: Int) {
        addFolders(above: path)
        append(path, Mode.device, [], device: (major, minor))
    }

    /// The archive with its end.
    var archive: [UInt8] {
        var ended = self
        ended.append("TRAILER!!!", 0, [])
        return ended.bytes
    }

    private mutating func addFolders(above path: String) {
        guard let slash = path.lastIndex(of: "/") else { return }
        addFolder(String(path[..<slash]))
    }

    private mutating func append(
        _ path: String, _ mode: Int, _ contents: [UInt8], device: (major: Int, minor: Int) = (0, 0)
    ) {
        count += 1
        let name = Array(path.utf8) + [0]
        // Inode, mode, owner, group, links, time, size, device, device of a node, length of the name, no checksum.
        let fields = [
            count, mode, 0, 0, 1, 0, contents.count, 0, 0, device.major, device.minor, name.count, 0,
        ]
        bytes += Array("070701".utf8) + fields.flatMap(Self.digits) + name
        pad()
        bytes += contents
        pad()
    }

    private mutating func pad() {
        while !bytes.count.isMultiple(of: 4) { bytes.append(0) }
    }

    private static func digits(_ number: Int) -> [UInt8] {
        let text = String(number, radix: 16)
        return Array((String(repeating: "0", count: max(0, 8 - text.utf8.count)) + text).utf8)
    }
}
