// SPDX-License-Identifier: Apache-2.0

import KernelTesting
import LivePatch
import TestSupport
import Testing
import VirtualMachines

@testable import PatchBuilder

/// What fixes do by the macros of the author's header, in a virtual machine.
struct GuestHookTests {
    private static let change = [
        "module_init": """
        static int begin(struct klp_object *object)
        {
            limit = 8;
            return 0;
        }
        KAKETSUGI_BEFORE_APPLY(begin);
        static void restore(struct klp_object *object)
        {
            limit = 4;
        }
        KAKETSUGI_AFTER_REVERT(restore);
        module_init
        """,
        "static int ledger_show": """
        #include "kaketsugi.h"
        KAKETSUGI_SIDE_TABLE(visits, int, 2026);
        static int ledger_show
        """,
        #"seq_printf(file, "account %d\n", account->number);"#: """
        int *seen = visits_get(account, GFP_KERNEL);
        seq_printf(file, "account %d visit %d\\n", account->number, seen ? ++*seen : -1);
        """,
    ]

    private static let refusal = [
        "module_init": """
        #include "kaketsugi.h"
        static int refuse(struct klp_object *object)
        {
            return limit == 8 ? -EBUSY : 0;
        }
        KAKETSUGI_BEFORE_APPLY(refuse);
        module_init
        """
    ]

    @Test func `hooks and side tables live as long as the patch, over its levels`() async throws {
        let kernel = try await TestKernel.shared.value
        let made = try HookModules(
            [
                .init(name: "hooks_1", units: [Self.change]),
                // The second unit refuses what the first one has done.
                .init(name: "unwilling", units: [Self.change, Self.refusal]),
            ], for: kernel)
        let next = Manifest.Kernel(release: "", module: "hooks_1", parts: [], functions: [], added: [])
            .nextLevel(of: made["hooks_1"])
        #expect(next.name == "hooks_0")
        let script = """
            see() { cat /proc/ledger /sys/module/test_ledger/parameters/limit; }
            settle() { while [ "$(cat /sys/kernel/livepatch/$1/transition)" != 0 ]; do usleep 20000; done; }
            put_in() { insmod /$1.ko && settle $1; }
            take_out() {
                echo 0 >/sys/kernel/livepatch/$1/enabled
                while [ -d /sys/kernel/livepatch/$1 ]; do usleep 20000; done
                rmmod $1
            }
            insmod /test_ledger.ko
            step old see
            step unwilling insmod /unwilling.ko
            step undone see
            step first put_in hooks_1
            step new see
            step more see
            step second put_in hooks_0
            step replaced rmmod hooks_1
            step kept see
            step back take_out hooks_0
            step restored see
            step again put_in hooks_1
            step anew see
            step end take_out hooks_1
            rmmod test_ledger
            step alone put_in hooks_1
            step coming insmod /test_ledger.ko
            step late see
            step going rmmod test_ledger
            step last take_out hooks_1
            step log sh -c "dmesg | grep -E 'WARN|BUG|Oops|Call Trace'"
            """
        let session = kernel.session(
            script,
            [
                "/test_ledger.ko": try kernel.module("test_ledger"), "/hooks_1.ko": made["hooks_1"],
                "/hooks_0.ko": next.contents, "/unwilling.ko": made["unwilling"],
            ])
        let (steps, console) = try await session.steps()
        let old = "account 7\n4\n"
        #expect(steps["old"].output == old, "\(steps["old"])")
        #expect(steps["unwilling"].status != 0)
        #expect(steps["undone"].output == old, "what the first unit's hook did is undone: \(console.suffix(2000))")
        for name in ["first", "second", "replaced", "back", "again", "end", "alone", "coming", "going", "last"] {
            #expect(steps[name].status == 0, "\(name): \(steps[name])")
        }
        #expect(steps["new"].output == "account 7 visit 1\n8\n" && steps["more"].output == "account 7 visit 2\n8\n")
        #expect(steps["kept"].output == "account 7 visit 3\n8\n", "the next level finds the values")
        #expect(steps["restored"].output == old)
        #expect(steps["anew"].output == "account 7 visit 1\n8\n", "the values were freed")
        #expect(steps["late"].output == "account 7 visit 1\n8\n", "the module's hooks run when it comes")
        #expect(steps["log"].output == "")
    }

    @Test func `a hook that is freed after the start, and a second one of a moment, are refused`() async throws {
        let kernel = try await TestKernel.shared.value
        let early = [
            "module_init": """
            #include "kaketsugi.h"
            static int __init begin(struct klp_object *object) { return 0; }
            KAKETSUGI_BEFORE_APPLY(begin);
            module_init
            """
        ]
        let refusal = #expect(throws: KernelRefusal.self) {
            try HookModules([.init(name: "early", units: [early])], for: kernel)
        }
        #expect(refusal.map { "\($0)".contains("Leave __init and __exit out of its definition") } == true)
        let twice = [
            "module_init": """
            #include "kaketsugi.h"
            static int begin(struct klp_object *object) { return 0; }
            KAKETSUGI_BEFORE_APPLY(begin);
            KAKETSUGI_BEFORE_APPLY(begin);
            module_init
            """
        ]
        let failure = #expect(throws: CommandFailure.self) {
            try HookModules([.init(name: "twice", units: [twice])], for: kernel)
        }
        #expect(
            failure.map { "\($0)".contains("redefinition of") && "\($0)".contains("kaketsugi_before_apply_") } == true,
            "\(failure as Any)")
    }
}
