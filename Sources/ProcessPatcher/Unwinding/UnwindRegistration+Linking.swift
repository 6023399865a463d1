// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

extension UnwindRegistration {
    /// Tells the unwinders once the dynamic linker is done with them, and with the program, which it does last.
    ///
    /// A thread that waits in the linker's `read` looks quiet, but must not run what has not been relocated.
    ///
    /// - Returns: Whether all of them know; false only for a patch that can do without.
    /// - Throws: As ``perform(in:patience:)``, and ``PatchError/notYetLinked(path:)``.
    func performOnceLinked(
        _ files: [LoadedFile], _ view: borrowing ProcessView, patience: Duration
    ) throws(PatchError) -> Bool {
        let used = files.filter { file in unwinders.contains { file.range.contains($0) } }
        do throws(PatchError) {
            for file in used.isEmpty ? [] : files.prefix(1) + used {
                try LinkingState.requireLinked(file, among: files, view.map, view.memory)
            }
        } catch {
            guard case .notYetLinked = error, !tables.areRequired else { throw error }
            return false
        }
        return try perform(in: view.memory, patience: patience)
    }
}
