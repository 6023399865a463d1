// SPDX-License-Identifier: Apache-2.0

/// The first file system of a virtual machine: an archive in the format `newc`
/// (Documentation/driver-api/early-userspace/buffer-format.rst).
struct Initramfs {
    private(set) var bytes: [UInt8] = []
    private var number: UInt32 = 0
    private var folders: Set<String> = []

    /// Adds a file, and the folders that lead to it.
    mutating func add(_ path: String, _ contents: [UInt8], isExecutable: Bool = false) {
        addFolders(above: path)
        addEntry(path, mode: isExecutable ? 0o100755 : 0o100644, contents: contents)
    }

    /// Adds a folder, and those that lead to it.
    mutating func addFolder(_ path: String) {
        addFolders(above: path + "/")
    }

    /// Adds a device of characters.
    mutating func addDevice(_ path: String, major: UInt32, minor: UInt32) {
        addFolders(above: path)
        addEntry(path, mode: 0o020600, major: major, minor: minor, contents: [])
    }

    /// The whole archive.
    func finished() -> [UInt8] {
        var archive = self
        archive.addEntry("TRAILER!!!", mode: 0, contents: [])
        return archive.bytes
    }

    private mutating func addFolders(above path: String) {
        var folder = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false).dropLast() {
            folder += (folder.isEmpty ? "" : "/") + part
            guard !part.isEmpty, folders.insert(folder).inserted else { continue }
            addEntry(folder, mode: 0o040755, contents: [])
        }
    }

    private mutating func addEntry(
        _ path: String, mode: UInt32, major: UInt32 = 0, minor: UInt32 = 0, contents: [UInt8]
    ) {
        number += 1
        let name = Array(path.utf8) + [0]
        let fields: [UInt32] = [
            number, mode, 0, 0, 1, 0, UInt32(contents.count), 0, 0, major, minor, UInt32(name.count), 0,
        ]
        bytes += Array("070701".utf8)
        for field in fields {
            let digits = String(field, radix: 16)
            bytes += Array((String(repeating: "0", count: 8 - digits.count) + digits).utf8)
        }
        bytes += name
        pad()
        bytes += contents
        pad()
    }

    private mutating func pad() {
        while bytes.count % 4 != 0 { bytes.append(0) }
    }
}
