// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

/// A file as the dynamic linker of a process knows it: an entry of its list of loaded files, with the tables that the
/// entry leads to.
///
/// All of it is memory of the process, which may hold anything: every length is bounded, and what does not fit is as
/// good as absent.
struct LinkedFile {
    /// What is added to the file's link-time addresses.
    let loadBias: UInt64
    /// The path as the process knows it; empty for the program.
    let path: String
    /// The numbers and addresses of the dynamic table, the first of each tag.
    let entries: [UInt64: UInt64]
    /// The names of the libraries that the file asks for, in its order.
    let needed: [String]
    /// The name by which others ask for it.
    let sharedObjectName: String?

    /// Reads an entry whose dynamic table lies at an address.
    init(loadBias: UInt64, path: String, dynamic: RemoteAddress, _ memory: borrowing ProcessMemory) throws(SystemError)
    {
        self.loadBias = loadBias
        self.path = path
        var entries: [UInt64: UInt64] = [:]
        var needed: [UInt64] = []
        let table = try memory.readAvailable(Self.dynamicSizeLimit, at: dynamic)
        for start in stride(from: 0, through: table.count - 16, by: 16) {
            let tag = number(table[start..<start + 8])
            let value = number(table[start + 8..<start + 16])
            if tag == Tag.null { break }
            if tag == Tag.needed { needed.append(value) }
            entries[tag] = entries[tag] ?? value
        }
        self.entries = entries
        let strings = Self.address(Tag.strings, in: entries, loadBias)
        func text(_ offset: UInt64) throws(SystemError) -> String? {
            guard let strings else { return nil }
            return try memory.text(at: strings.advanced(by: offset))
        }
        var names: [String] = []
        for offset in needed.prefix(Self.neededLimit) {
            if let name = try text(offset) { names.append(name) }
        }
        self.needed = names
        sharedObjectName = try entries[Tag.sharedObjectName].flatMap { offset throws(SystemError) in try text(offset) }
    }

    private static let dynamicSizeLimit = 8 << 10
    private static let neededLimit = 1024

    /// Whether programs ask for the file by a name.
    func answers(to name: String) -> Bool {
        sharedObjectName == name || path == name || path.split(separator: "/").last.map(String.init) == name
    }

    /// The address that an entry of the dynamic table tells.
    func address(_ tag: UInt64) -> RemoteAddress? { Self.address(tag, in: entries, loadBias) }

    /// glibc adds the load bias to the addresses in the table, others leave the table as it is in the file.
    private static func address(_ tag: UInt64, in entries: [UInt64: UInt64], _ loadBias: UInt64) -> RemoteAddress? {
        entries[tag].map { RemoteAddress($0 < loadBias ? loadBias &+ $0 : $0) }
    }

    /// Tags of the dynamic table; gABI 5, “Dynamic Section”, and the GNU extensions.
    enum Tag {
        static let null: UInt64 = 0
        static let needed: UInt64 = 1
        static let linkageRelocationsSize: UInt64 = 2
        static let hash: UInt64 = 4
        static let strings: UInt64 = 5
        static let symbols: UInt64 = 6
        static let relocations: UInt64 = 7
        static let relocationsSize: UInt64 = 8
        static let sharedObjectName: UInt64 = 14
        static let debug: UInt64 = 21
        static let linkageRelocations: UInt64 = 23
        static let gnuHash: UInt64 = 0x6fff_fef5
        static let symbolVersions: UInt64 = 0x6fff_fff0
        static let versionDefinitions: UInt64 = 0x6fff_fffc
        static let versionDefinitionCount: UInt64 = 0x6fff_fffd
        static let versionNeeds: UInt64 = 0x6fff_fffe
        static let versionNeedCount: UInt64 = 0x6fff_ffff
    }
}

extension ProcessMemory {
    /// A zero-terminated text of at most 1,024 bytes.
    func text(at address: RemoteAddress) throws(SystemError) -> String {
        String(decoding: try readAvailable(1024, at: address).prefix { $0 != 0 }, as: UTF8.self)
    }

    /// A little-endian number.
    func number(of size: Int, at address: RemoteAddress) throws(SystemError) -> UInt64 {
        try ProcessPatcher.number(read(size, at: address)[...])
    }
}
