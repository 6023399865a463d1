// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

extension KernelPatcher {
    /// Keeps the file of a patch that is to be loaded.
    func writeRecord(of patch: KernelPatch) throws(KernelPatchError) {
        do throws(SystemError) {
            try replaceFile(places.file(ofModule: patch.kernel.module), with: patch.file, for: .owner)
        } catch {
            throw .system(error)
        }
    }

    /// Removes the file of a patch that is not loaded any more.
    func forget(_ patch: KernelPatch) {
        // A file that stays says nothing: what is loaded, the kernel tells.
        try? removeFile(places.file(ofModule: patch.kernel.module))
    }

    /// Removes a module whose patch is out of force.
    func remove(_ name: String) throws(KernelPatchError) {
        let limit = kernel.interface.now.advanced(by: .seconds(5))
        while true {
            do throws(SystemError) {
                return try kernel.interface.unload(name)
            } catch {
                if error.number == .noSuchFile { return }
                // The kernel lets go of it a moment after the patch has left its list (klp_free_patch_finish).
                let isPassing = error.number == .again || error.number == .busy
                guard isPassing, kernel.interface.now < limit else { throw .moduleStays(name: name, error.number) }
                kernel.interface.pause(for: .milliseconds(20))
            }
        }
    }

    /// The number of the last message in the kernel's log.
    var lastMessage: UInt64? { (try? kernel.interface.log())?.last?.sequence }

    /// What the kernel has said since a message.
    ///
    /// That is from the first line on that sounds an alarm, or the last words if none does.
    ///
    /// - Parameter sequence: the message; nil for all.
    /// - Returns: A few lines.
    func messages(after sequence: UInt64?) -> [String] {
        let all = (try? kernel.interface.log()) ?? []
        let new = all.filter { message in sequence.map { message.sequence > $0 } ?? true }.map(\.text)
        guard let start = new.firstIndex(where: Self.isAlarm) else { return new.suffix(6) }
        // Then come registers and the stack, which are in the log for whoever wants them.
        return Array(new[start...].filter { !$0.contains(Self.cut) }.prefix(4))
    }

    /// What stands above a warning (include/asm-generic/bug.h, CUT_HERE).
    private static let cut = "[ cut here ]"

    private static func isAlarm(_ text: String) -> Bool {
        text.contains(cut)
            || ["BUG: ", "WARNING: ", "Oops", "general protection fault"].contains { text.hasPrefix($0) }
    }
}
