// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LinuxSystem
internal import LivePatch

/// The dynamic linker's list of loaded files, which it keeps for debuggers (`struct r_debug`, `<link.h>`).
struct LinkMap {
    /// The files in the order in which they were loaded, the program first.
    let files: [LinkedFile]

    /// Reads the list; without files if the process has none that is complete.
    init(of files: [LoadedFile], in memory: borrowing ProcessMemory) throws(SystemError) {
        var linked: [LinkedFile] = []
        for file in files {
            guard let list = try Self.list(of: file, in: memory) else { continue }
            linked = try Self.entries(of: list, in: memory)
            break
        }
        self.files = linked
    }

    /// How many files a list may have.
    private static let limit = 4096
    /// How often the list is looked at until it is complete; the dynamic linker takes no time for it that matters.
    private static let attempts = 40

    /// Where the list begins, if a file's dynamic table tells it, as a program's does (`DT_DEBUG`).
    private static func list(
        of file: LoadedFile, in memory: borrowing ProcessMemory
    ) throws(SystemError) -> RemoteAddress? {
        let bytes = try memory.readAvailable(4096, at: file.range.lowerBound)
        guard let segment = (try? LoadedImage(firstBytes: bytes))?.segments.first(where: { $0.type == .dynamic }),
            let debug = try LinkedFile(
                loadBias: file.loadBias, path: file.path, dynamic: file.address(of: segment.virtualAddress), memory
            ).entries[LinkedFile.Tag.debug], debug != 0
        else { return nil }
        for _ in 0..<attempts {
            // r_version, padding, r_map, r_brk, r_state
            let record = try memory.readAvailable(28, at: RemoteAddress(debug))
            guard record.count == 28 else { return nil }
            if number(record[24..<28]) == 0 { return RemoteAddress(number(record[8..<16])) }
            // While files are added or removed, the list is not to be used.
            pause(for: .milliseconds(5))
        }
        return nil
    }

    /// The entries from the first one on, until one that cannot be read or was there already.
    private static func entries(
        of first: RemoteAddress, in memory: borrowing ProcessMemory
    ) throws(SystemError) -> [LinkedFile] {
        var files: [LinkedFile] = []
        var seen: Set<RemoteAddress> = []
        var next = first
        while next.rawValue != 0, files.count < limit, seen.insert(next).inserted {
            // l_addr, l_name, l_ld, l_next
            let entry = try memory.readAvailable(32, at: next)
            guard entry.count == 32 else { break }
            let path = try memory.text(at: RemoteAddress(number(entry[8..<16])))
            files.append(
                try LinkedFile(
                    loadBias: number(entry[0..<8]), path: path, dynamic: RemoteAddress(number(entry[16..<24])), memory))
            next = RemoteAddress(number(entry[24..<32]))
        }
        return files
    }

    /// The files that are searched for what a file asks for that was loaded by itself: it, and breadth-first what it needs.
    func scope(of root: Int) -> [Int] {
        var scope = [root]
        var position = 0
        while position < scope.count {
            for name in files[scope[position]].needed {
                guard let needed = files.firstIndex(where: { $0.answers(to: name) }), !scope.contains(needed) else {
                    continue
                }
                scope.append(needed)
            }
            position += 1
        }
        return scope
    }

    /// The files that were loaded with the program, in the order in which the dynamic linker searches them for all.
    ///
    /// They come first in the list: the program, what was preloaded, and breadth-first what these ask for. What was
    /// loaded later, by the program itself, follows.
    var loadedAtStart: Range<Int> {
        guard !files.isEmpty else { return 0..<0 }
        var end = 1
        var position = 0
        while position < end {
            for name in files[position].needed {
                guard let needed = files.firstIndex(where: { $0.answers(to: name) }) else { continue }
                end = max(end, needed + 1)
            }
            position += 1
        }
        return 0..<end
    }
}
