// SPDX-License-Identifier: Apache-2.0

import KernelPatcher
import TestSupport

/// A kernel of a test's own, with directories of its own.
struct Machine {
    let kernel = FakeKernel()
    let directory: TemporaryDirectory
    let places: KernelPatchPlaces

    init() throws {
        directory = try TemporaryDirectory()
        places = KernelPatchPlaces(loaded: directory.path("run/kernel"), markers: directory.path("state/kernel"))
    }

    var patcher: KernelPatcher { KernelPatcher(kernel, places: places) }

    /// The machine after the next start: what was in memory is gone.
    func restart() throws {
        kernel["/proc/sys/kernel/random/boot_id"] = "boot-2\n"
        kernel.with { state in
            for path in state.files.keys
            where path.hasPrefix("/sys/kernel/livepatch/k") || path.hasPrefix("/sys/module/k") {
                state.files[path] = nil
            }
        }
        try directory.remove("run")
    }
}
