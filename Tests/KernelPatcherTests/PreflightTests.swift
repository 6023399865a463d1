// SPDX-License-Identifier: Apache-2.0

import ELF
import LivePatch
import ModuleSigning
import TestSupport
import Testing

@testable import KernelPatcher

struct PreflightTests {
    private let machine: Machine
    private let patch: KernelPatch

    init() throws {
        machine = try Machine()
        patch = try SamplePatch.patch()
    }

    /// Requires that a kernel is not touched, and that the reason is told in both languages.
    private func expect(
        _ error: KernelPatchError, of patch: KernelPatch? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let patch = patch ?? self.patch
        #expect(throws: error, sourceLocation: sourceLocation) { try machine.patcher.plan(patch) }
        #expect(machine.patcher.apply(patch).result == .failed(error), sourceLocation: sourceLocation)
        #expect(machine.kernel.events.isEmpty, "changed nothing", sourceLocation: sourceLocation)
        #expect(!machine.directory.exists("run/kernel/\(patch.kernel.module).mend"), sourceLocation: sourceLocation)
        #expect(error.text.japanese != nil && error.text != KernelPatchError.other, sourceLocation: sourceLocation)
    }

    @Test func `a kernel that has all is planned for`() throws {
        #expect(try machine.patcher.plan(patch) == .load(replacing: []))
    }

    @Test(
        arguments: [
            ("/proc/self/status", "CapEff:\t0000000000000000\n", .notPermitted),
            ("/proc/cmdline", "quiet kaketsugi=off panic=-1\n", .switchedOff),
            ("/sys/kernel/livepatch/.", nil, .noLivePatching),
            ("/proc/kallsyms", "0 T _text\n0 T not_stack_trace_save_tsk_reliable\n", .noReliableStacks),
            ("/proc/kallsyms", nil, .noReliableStacks),
            ("/proc/sys/kernel/modules_disabled", "1\n", .modulesDisabled),
            ("/proc/sys/kernel/ftrace_enabled", "0\n", .tracingOff),
            ("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n", .lockedDown(mode: "integrity")),
            (
                "/sys/kernel/security/lockdown", "none integrity [confidentiality]\n",
                .lockedDown(mode: "confidentiality")
            ),
            ("/sys/module/module/parameters/sig_enforce", "Y\n", .signatureEnforced),
            ("/sys/kernel/notes", nil, .kernelUnknown),
            ("/sys/module/kaketsugi_1_a/initstate", "live\n", .moduleThere(name: "kaketsugi_1_a")),
            ("/sys/module/kaketsugi_1_a/initstate", "coming\n", .moduleStuck(name: "kaketsugi_1_a")),
            (
                "/sys/kernel/tracing/enabled_functions",
                "schedule (1) R\t\ncmdline_proc_show (1) R I  \ttramp: 0xffffffffc0000000\n",
                .functionHeld(function: "cmdline_proc_show")
            ),
        ] as [(String, String?, KernelPatchError)])
    func `what is missing is refused`(path: String, text: String?, error: KernelPatchError) {
        machine.kernel[path] = text
        expect(error)
    }

    @Test(arguments: [
        "cmdline_proc_show (1) R    \ttramp: 0xffffffffc0000000\n", "cmdline_proc_show_it (1) R I\n",
        "# cmdline_proc_show\n\ncmdline_proc_show\n", "",
    ])
    func `a function that is only traced is free`(text: String) throws {
        machine.kernel["/sys/kernel/debug/tracing/enabled_functions"] = text
        #expect(try machine.patcher.plan(patch) == .load(replacing: []))
    }

    @Test func `a signed module is left to the kernel's judgement`() throws {
        machine.kernel["/sys/module/module/parameters/sig_enforce"] = "Y\n"
        machine.kernel["/sys/kernel/security/lockdown"] = "none [integrity] confidentiality\n"
        let module = try SamplePatch.module("kaketsugi_1_a")
        let signed = ModuleSignature(module: module, message: [0x30, 0]).file
        #expect(try machine.patcher.plan(try SamplePatch.patch(module: signed)) == .load(replacing: []))
    }

    @Test func `another kernel is refused`() {
        machine.kernel.with { $0.files["/sys/kernel/notes"] = SamplePatch.note(Array(2...21)) }
        expect(
            .otherKernel(
                release: "6.1.0-50-cloud-amd64", SamplePatch.vmlinux, running: "6.1.0-50-cloud-amd64",
                BuildID(bytes: Array(2...21))))
    }

    @Test func `a loaded module of another build is refused, and one of the same or none is not`() throws {
        machine.kernel.addModule("bridge", buildID: [7, 7])
        expect(.otherModule(name: "bridge", SamplePatch.bridge, found: BuildID(bytes: [7, 7])))
        machine.kernel.addModule("bridge", buildID: SamplePatch.bridge.bytes)
        #expect(try machine.patcher.plan(patch) == .load(replacing: []))
        machine.kernel["/sys/module/bridge/notes/.note.gnu.build-id"] = nil
        expect(.otherModule(name: "bridge", SamplePatch.bridge, found: nil))
    }

    @Test func `another tool's live patch is not put out of force`() {
        machine.kernel.addLivepatch("theirs", functions: ["other_function"])
        expect(.foreignPatch(module: "theirs"))
    }

    @Test func `a transition of anybody's is waited for`() {
        machine.kernel.addLivepatch("theirs")
        machine.kernel["/sys/kernel/livepatch/theirs/transition"] = "1\n"
        expect(.transitionUnderWay(module: "theirs"))
    }

    @Test func `a live patch that is about to go over, or has just gone, is waited for`() {
        machine.kernel.addLivepatch("theirs")
        machine.kernel["/sys/kernel/livepatch/theirs/enabled"] = "0\n"
        expect(.transitionUnderWay(module: "theirs"))
    }

    @Test func `a lower level needs consent`() throws {
        let higher = try SamplePatch.patch("kaketsugi_2_b", level: 2, hunks: ["a", "b"])
        #expect(machine.patcher.apply(higher).result == .done)
        #expect(throws: KernelPatchError.holdsNewerLevel(2, patch: higher.id)) { try machine.patcher.plan(patch) }
        var patcher = machine.patcher
        patcher.allowsDowngrade = true
        let report = patcher.apply(patch)
        #expect(report.result == .done && report.removed == ["kaketsugi_2_b"])
    }

    @Test func `a patch that lacks fixes of the one in force needs consent`() throws {
        #expect(machine.patcher.apply(patch).result == .done)
        let other = try SamplePatch.patch("kaketsugi_2_c", level: 2, hunks: ["c"])
        #expect(throws: KernelPatchError.losesFixes(of: patch.id)) { try machine.patcher.plan(other) }
        var patcher = machine.patcher
        patcher.allowsDowngrade = true
        #expect(patcher.apply(other).result == .done)
    }

    @Test func `functions that our own patch holds are free for the next level`() throws {
        #expect(machine.patcher.apply(patch).result == .done)
        machine.kernel["/sys/kernel/tracing/enabled_functions"] = "cmdline_proc_show (1) R I\n"
        let next = try SamplePatch.patch("kaketsugi_2_b", level: 2, hunks: ["a", "b"])
        guard case .load(let replaced) = try machine.patcher.plan(next) else { return #expect(Bool(false)) }
        #expect(replaced.map(\.module) == ["kaketsugi_1_a"])
    }
}
