// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput
import KernelPatcher
import LivePatch

/// Taking a patch out of the kernel.
struct KernelReversion {
    private let patcher: KernelPatcher
    private let id: ArtefactID
    private let manifest: Manifest?
    private let output: Output

    /// Looks whether the patch that was named is the kernel's; nil if it is for processes, or nowhere.
    init?(of named: [NamedPatch], _ patience: Duration, _ output: Output) throws {
        var patcher = KernelPatcher()
        patcher.deadline = patience
        let loaded = patcher.loaded.compactMap(\.patch)
        let found = loaded.first { patch in named.contains { $0.matches(patch.id) } }
        guard found != nil || named.contains(where: \.isForKernel) else { return nil }
        guard named.count == 1, let name = named.first else {
            let text = LocalizedText(
                english:
                    "a live patch of the kernel is reverted alone: kernel and processes cannot go back at one instant",
                japanese: "カーネルのパッチは単独で解除してください。カーネルとプロセスを同時に戻すことはできません")
            throw refused(text.text(in: .current))
        }
        id = try found?.id ?? name.identity(among: [])
        manifest = found?.manifest ?? name.manifest
        self.patcher = patcher
        self.output = output
    }

    /// Takes the patch out, and prints what became of it.
    func run(isConfirmed: Bool) throws {
        if !isConfirmed, let patch = patcher.loaded.compactMap(\.patch).first(where: { $0.id == id }) {
            try Confirmation(id, patch.manifest).obtain()
        }
        try KernelOutcome(.revert, patcher.revert(id), manifest).finish(output)
    }
}
