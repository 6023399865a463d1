// SPDX-License-Identifier: Apache-2.0

import JSON
import TestSupport
import Testing
import VirtualMachines

@testable import KernelProof

struct ReportTests {
    private func result(_ report: String, console: String = "") -> ProofResult {
        ProofResult(report: report, console: console, accelerator: .tcg, milliseconds: 4000)
    }

    @Test func `a report is read`() {
        let result = result("boot done 12 6.1.0 \nbefore done 3 a b \nload failed 40 \nend - 0\n[ 1.0] all is well\n")
        #expect(result.steps.map(\.name) == ["boot", "before", "load", "log"])
        #expect(result.steps.map(\.detail) == ["6.1.0", "a b", "", ""])
        #expect(result.steps.map(\.milliseconds) == [12, 3, 40, 0])
        #expect(result.failures.map(\.name) == ["load"] && result.isComplete && !result.isPassed)
        #expect(result.log == "[ 1.0] all is well")
    }

    @Test func `a machine that went down has not passed`() {
        let result = result("boot done 12 6.1.0\n", console: "[    1.2] Kernel panic - not syncing: Fatal exception")
        #expect(!result.isComplete && !result.isPassed)
        #expect(result.failures.map(\.detail) == ["[    1.2] Kernel panic - not syncing: Fatal exception"])
        #expect(!self.result("").isPassed, "one that said nothing")
    }

    @Test(arguments: [
        "[    2.1] BUG: kernel NULL pointer dereference, address: 0000000000000000",
        "[    2.1] WARNING: CPU: 0 PID: 1 at mm/slab.c:1 f+0x1/0x2", "[    2.1] Oops: 0000 [#1] PREEMPT SMP NOPTI",
        "[    2.1] general protection fault, probably for non-canonical address 0x1", "[    2.1] Call Trace:",
        "[    2.1] INFO: task cat:12 blocked for more than 120 seconds.", "BUG: at the beginning",
    ])
    func `what the kernel says against a patch is found`(line: String) {
        #expect(KernelLog.trouble(in: "[    1.0] Linux\n\(line)\n[    3.0] end") == line)
    }

    @Test func `what it says anyway is not held against the patch`() {
        let log = """
            [    2.0] lp_sample: loading out-of-tree module taints kernel.
            [    2.0] lp_sample: tainting kernel with TAINT_LIVEPATCH
            [    2.1] livepatch: 'lp_sample': patching complete
            [    2.2] x86/mm: Checked W+X mappings: passed, no W+X pages found.
            [    2.3] pcpu-alloc: BUG: is not at the beginning here
            """
        #expect(KernelLog.trouble(in: log) == nil)
    }

    @Test func `the result is JSON with a schema version`() throws {
        let proof = try JSONValue(parsing: result("boot done 12 6.1.0\nend - 0\n[ 1.0] one\n[ 1.1] \"two\"\n").json)
        #expect(proof["schemaVersion"] == .integer(1) && proof["passed"] == .boolean(true))
        #expect(proof["log"]?.string == "[ 1.0] one\n[ 1.1] \"two\"")
    }
}
