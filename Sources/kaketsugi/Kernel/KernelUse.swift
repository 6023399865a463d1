// SPDX-License-Identifier: Apache-2.0

import ELF
import HostProtocol
import KernelPatcher
import LinuxSystem
import LivePatch

/// The kernel as a target that is used once.
struct KernelUse {
    /// What the service is told; nil if nobody asks for it and it has no patch, or if it cannot be patched from here.
    let target: CheckIn.Target?

    /// Looks at the kernel.
    ///
    /// - Parameter patterns: names of targets that are told of, patched or not.
    init(_ patterns: [FilePattern]) {
        let patcher = KernelPatcher()
        let name = "vmlinux"
        let loaded = patcher.loaded.first { $0.patch != nil && $0.state == .applied }?.patch
        guard loaded != nil || patterns.contains(where: { $0.matches(name) }) && patcher.isUsable,
            let buildID = patcher.buildID.map({ "\($0)" }), (2...128).contains(buildID.utf8.count)
        else {
            target = nil
            return
        }
        target = CheckIn.Target(
            name: name, buildID: buildID, processes: 1, level: loaded?.manifest.level ?? 0, patch: loaded?.id,
            patched: loaded == nil ? 0 : 1)
    }
}
