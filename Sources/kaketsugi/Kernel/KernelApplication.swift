// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import KernelPatcher
import LinuxSystem
import LivePatch

/// The application of a patch to the kernel.
struct KernelApplication {
    private let application: Application

    /// An application that turned out to be about the kernel.
    init(_ application: Application, alone: Bool) throws {
        guard alone else { throw Self.notAlone }
        self.application = application
    }

    /// Says that a patch of the kernel came with others.
    static var notAlone: ExitCode {
        let text = LocalizedText(
            english: "a live patch of the kernel is applied alone: kernel and processes cannot go over at one instant",
            japanese: "カーネルのパッチは単独で適用してください。カーネルとプロセスを同時に切り替えることはできません")
        return refused(text.text(in: .current))
    }

    /// Says that a patch of the kernel is nothing to watch for.
    static var notWatched: ExitCode {
        let text = LocalizedText(
            english: "a live patch of the kernel is loaded once, with kaketsugi apply; there is nothing to watch for",
            japanese: "カーネルのパッチは監視の対象ではありません。kaketsugi apply で一度適用してください")
        return refused(text.text(in: .current))
    }

    /// Loads the patch, watches the kernel, and prints what became of it.
    func run() throws {
        let patch = try readKernelPatch(application.files[0])
        var patcher = KernelPatcher()
        patcher.deadline = application.kernel.deadline
        patcher.allowsDowngrade = application.allowsDowngrade
        patcher.ignoresCrash = application.kernel.ignoresCrash
        if application.allowsDowngrade, !application.isConfirmed {
            // What is left has hazards that are its own.
            for left in patcher.loaded.compactMap(\.patch) where left.id != patch.id {
                try Confirmation(left.id, left.manifest).obtain()
            }
        }
        let applied = patcher.apply(patch)
        let report = patcher.settle(applied, of: patch, for: application.kernel.soak)
        try KernelOutcome(.apply, report, patch.manifest).finish(application.output)
    }
}

/// Reads a live patch of the kernel; what is wrong with it is said with its path.
func readKernelPatch(_ path: String) throws -> KernelPatch {
    let file: [UInt8]
    do throws(SystemError) {
        file = try contents(ofFile: path, limit: Artefact.Limit.fileSize)
    } catch {
        throw refused("\(error)")
    }
    do throws(KernelPatchError) {
        return try KernelPatch(parsing: file)
    } catch {
        throw refused("\(path): \(error.text.text(in: .current))")
    }
}
