// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LinuxSystem

/// Whether the dynamic linker is at work on a file: it maps it, then binds its symbols, and only then is it used.
///
/// Code may be replaced from the first moment on, since nobody runs it before. But symbols can be looked up, and hooks can
/// run, only behind that.
enum LinkingState {
    /// Refuses while the dynamic linker is not done with a file.
    ///
    /// It protects what it writes to once (`PT_GNU_RELRO`) as its last step for a file, also for one that is loaded later,
    /// where its list of files is consistent before that. Files without such a segment are judged by the list alone.
    ///
    /// - Throws: ``PatchError/notYetLinked(path:)``.
    static func requireLinked(
        _ target: LoadedFile, among files: [LoadedFile], _ map: MemoryMap, _ memory: borrowing ProcessMemory
    ) throws(PatchError) {
        let isLinked = try about(memory.process) { () throws(SystemError) in
            guard try !isListChanging(files, memory) else { return false }
            return try isProtected(target, map, memory) ?? true
        }
        guard isLinked else { throw .notYetLinked(path: target.path) }
    }

    /// Whether a file's segment is read-only that is so after relocation; nil if it has none that fills a page.
    private static func isProtected(
        _ file: LoadedFile, _ map: MemoryMap, _ memory: borrowing ProcessMemory
    ) throws(SystemError) -> Bool? {
        let bytes = try memory.readAvailable(4096, at: file.range.lowerBound)
        guard let image = try? LoadedImage(firstBytes: bytes),
            let segment = image.segments.first(where: { $0.type == .readOnlyAfterRelocation }),
            let range = image.addresses(of: segment, loadBias: file.loadBias)
        else { return nil }
        // As `_dl_protect_relro` of glibc rounds.
        let start = range.lowerBound & ~0xfff
        guard start < range.upperBound & ~0xfff else { return nil }
        return map.mapping(containing: RemoteAddress(start))?.permissions.contains(.write) == false
    }

    /// Whether files are being added to the list or taken from it (`r_state` of `struct r_debug`).
    private static func isListChanging(
        _ files: [LoadedFile], _ memory: borrowing ProcessMemory
    ) throws(SystemError) -> Bool {
        for file in files {
            let bytes = try memory.readAvailable(4096, at: file.range.lowerBound)
            guard let segment = (try? LoadedImage(firstBytes: bytes))?.segments.first(where: { $0.type == .dynamic })
            else { continue }
            let linked = try LinkedFile(
                loadBias: file.loadBias, path: file.path, dynamic: file.address(of: segment.virtualAddress), memory)
            guard let debug = linked.entries[LinkedFile.Tag.debug] else { continue }
            // The linker writes the address when it begins.
            guard debug != 0 else { return true }
            let state = try memory.readAvailable(4, at: RemoteAddress(debug &+ 24))
            return state.count < 4 || number(state) != 0
        }
        return false
    }
}
