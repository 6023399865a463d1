// SPDX-License-Identifier: Apache-2.0

import KernelTesting
import TestSupport
import Testing
import VirtualMachines

/// What becomes of a module that a patch has changed, and that goes and comes again while the patch is there.
///
/// Kernels before 6.3 leave in the patch what they have written about the module, and find it there when it comes again
/// (arch/x86/kernel/module.c: `__apply_relocate_add()`; cleared from 6.3 on, by `klp_clear_object_relocs()`).
struct ReturningModuleTests {
    private static let line = #"seq_printf(file, "account %d\n", account->number);"#

    @Test(arguments: [
        (text: #"seq_printf(file, "fixed %d\n", account->number);"#, output: "fixed 7\n", isRefused: true),
        (text: #"seq_printf(file, "fixed\n");"#, output: "fixed\n", isRefused: false),
    ])
    func `it is refused by kernels before 6.3 if the new code refers to what the module has for itself`(
        text: String, output: String, isRefused: Bool
    ) async throws {
        let kernel = try await TestKernel.shared.value
        #expect(kernel.release.hasPrefix("6.1."))
        let made = try HookModules([.init(name: "fixed", units: [[Self.line: text]])], for: kernel)
        let script = """
            insmod /test_ledger.ko
            insmod /fixed.ko
            while [ "$(cat /sys/kernel/livepatch/fixed/transition)" != 0 ]; do usleep 20000; done
            step new cat /proc/ledger
            step going rmmod test_ledger
            step coming insmod /test_ledger.ko
            step again cat /proc/ledger
            step words sh -c "dmesg | grep -E 'existing value is nonzero|refusing to load'"
            [ ! -d /sys/module/test_ledger ] || rmmod test_ledger
            echo 0 >/sys/kernel/livepatch/fixed/enabled
            while [ -d /sys/kernel/livepatch/fixed ]; do usleep 20000; done
            rmmod fixed
            step free insmod /test_ledger.ko
            step old cat /proc/ledger
            """
        let session = kernel.session(
            script, ["/test_ledger.ko": try kernel.module("test_ledger"), "/fixed.ko": made["fixed"]])
        let steps = try await session.steps().steps
        #expect(steps["new"].output == output, "\(steps["new"])")
        #expect(steps["going"].status == 0)
        #expect((steps["coming"].status != 0) == isRefused, "\(steps["coming"])")
        #expect((steps["again"].output == output) != isRefused, "\(steps["again"])")
        for words in ["existing value is nonzero", "refusing to load"] {
            #expect(steps["words"].output.contains(words) == isRefused, "\(steps["words"])")
        }
        #expect(steps["free"].status == 0 && steps["old"].output == "account 7\n", "\(steps["old"])")
    }
}
