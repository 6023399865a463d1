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

    /// The last words of the kernel since a message.
    func messages(after sequence: UInt64?) -> [String] {
        let all = (try? kernel.interface.log()) ?? []
        return all.filter { message in sequence.map { message.sequence > $0 } ?? true }.suffix(8).map(\.text)
    }
}
