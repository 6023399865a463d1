// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

/// Finds the unwinders of a process, by the function with which each takes tables.
struct UnwinderSearch {
    /// gcc's, unchanged since gcc 3.0 (`libgcc/unwind-dw2-fde.c`): it takes the tables, and memory to keep them in.
    private static let registration = ImportedSymbol(
        name: "__register_frame_info", version: "GCC_3.0")
    /// The function with which it gives them up.
    private static let deregistration = ImportedSymbol(
        name: "__deregister_frame_info", version: "GCC_3.0")
    /// What every unwinder offers that C++ can use (Itanium C++ ABI: Exception Handling, 1.3).
    private static let raise = ImportedSymbol(name: "_Unwind_RaiseException", version: nil)

    /// The functions of all unwinders that may pass through a patch's code.
    ///
    /// - Throws: ``PatchError/unwinderUnknown(path:)``, ``PatchError/unwinderNotFound``, both only for a patch that must
    ///   not be without.
    static func registrations(
        for tables: Manifest.UnwindTables, of target: LoadedFile, among files: [LoadedFile],
        in memory: borrowing ProcessMemory
    ) throws(PatchError) -> [RemoteAddress] {
        let found: Result<[RemoteAddress], PatchError>
        do throws(SystemError) {
            found = try shared(for: tables, among: files, in: memory)
        } catch {
            throw .because(error, of: memory.process)
        }
        var all = try found.get()
        if let own = tables.registration { all.insert(target.address(of: own), at: 0) }
        guard !all.isEmpty || !tables.areRequired else { throw .unwinderNotFound }
        return Array(all.prefix(UnwindArea.unwinders))
    }

    /// Those that loaded files offer to others; a process has one at most unless it was linked strangely.
    private static func shared(
        for tables: Manifest.UnwindTables, among files: [LoadedFile], in memory: borrowing ProcessMemory
    ) throws(SystemError) -> Result<[RemoteAddress], PatchError> {
        var found: [RemoteAddress] = []
        for file in try LinkMap(of: files, in: memory).files {
            if let function = try file.definition(of: registration, in: memory), !function.isIndirect,
                files.contains(where: { $0.range.contains(function.address) })
            {
                if !found.contains(function.address) { found.append(function.address) }
            } else if tables.areRequired, try file.definition(of: raise, in: memory) != nil {
                return .failure(.unwinderUnknown(path: file.path))
            }
        }
        return .success(found)
    }

    /// The functions that take back what was registered by these, as far as loaded files offer them.
    static func withdrawals(
        for registrations: [RemoteAddress], among files: [LoadedFile], in memory: borrowing ProcessMemory
    ) throws(SystemError) -> [RemoteAddress: RemoteAddress] {
        var found: [RemoteAddress: RemoteAddress] = [:]
        for file in try LinkMap(of: files, in: memory).files {
            guard let function = try file.definition(of: registration, in: memory), !function.isIndirect,
                registrations.contains(function.address),
                let back = try file.definition(of: deregistration, in: memory), !back.isIndirect,
                files.contains(where: { $0.range.contains(back.address) })
            else { continue }
            found[function.address] = back.address
        }
        return found
    }
}
