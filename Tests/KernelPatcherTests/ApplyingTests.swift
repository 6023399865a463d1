// SPDX-License-Identifier: Apache-2.0

import LinuxSystem
import TestSupport
import Testing

@testable import KernelPatcher

struct ApplyingTests {
    private let machine: Machine
    private let patch: KernelPatch

    init() throws {
        machine = try Machine()
        patch = try SamplePatch.patch()
    }

    @Test func `a patch is loaded, and its times are told`() {
        let report = machine.patcher.apply(patch)
        #expect(report.result == .done && report.module == "kaketsugi_1_a")
        #expect(report.transition >= .milliseconds(30) && report.transition < .seconds(1))
        #expect(machine.patcher.loaded.map(\.state) == [.applied])
        #expect(machine.patcher.loaded.first?.patch == patch)
        #expect(machine.patcher.apply(patch).result == .already)
        #expect(machine.kernel.events == ["load kaketsugi_1_a"], "once")
    }

    @Test func `the crash marker and the record are on the disk before the module is loaded`() throws {
        let places = machine.places
        let id = patch.id
        machine.kernel.with { state in
            state.onLoad = {
                let marker = try? places.marker(of: id)
                #expect(marker?.phase == .loading && marker?.boot == "boot-1")
                #expect((try? contents(ofFile: places.file(ofModule: "kaketsugi_1_a"), limit: 1 << 20)) != nil)
            }
        }
        #expect(machine.patcher.apply(patch).result == .done)
        #expect(try places.marker(of: id)?.phase == .soaking)
    }

    @Test func `where the marker cannot be written, nothing is loaded`() throws {
        try machine.directory.write("no folder", to: "state")
        guard case .failed = machine.patcher.apply(patch).result else { return #expect(Bool(false)) }
        #expect(machine.kernel.events == [])
    }

    @Test func `a module that the kernel refuses leaves nothing, and the kernel's words are told`() throws {
        machine.kernel.with { $0.refusal = .keyRejected }
        let report = machine.patcher.apply(patch)
        let said = ["livepatch: failed to initialize patch 'kaketsugi_1_a'"]
        #expect(report.result == .failed(.refusedByKernel(.keyRejected, said: said)))
        #expect(try machine.places.marker(of: patch.id) == nil)
        #expect(!machine.directory.exists("run/kernel/kaketsugi_1_a.mend"))
    }

    @Test func `tasks that do not go over are named, and all go back`() throws {
        machine.kernel.with { $0.transition = nil }
        machine.kernel.addTask(33, "kswapd0", state: 0, stack: "[<0>] kswapd+0x1c3/0x3a0\n[<0>] kthread+0xe6/0x110")
        machine.kernel.addTask(34, "sleeping", state: 1, stack: "[<0>] do_nanosleep+0x1/0x2")
        machine.kernel.addTask(35, "bystander", state: -1, stack: "")
        let report = machine.patcher.apply(patch)
        let task = BlockingTask(
            process: ProcessID(rawValue: 33), thread: ThreadID(rawValue: 33), name: "kswapd0",
            stack: ["kswapd+0x1c3/0x3a0", "kthread+0xe6/0x110"])
        #expect(report.result == .failed(.stalled(after: .seconds(60), tasks: [task])))
        #expect(
            machine.kernel.events == [
                "load kaketsugi_1_a", "write 0 to /sys/kernel/livepatch/kaketsugi_1_a/enabled", "unload kaketsugi_1_a",
            ])
        #expect(machine.patcher.loaded.isEmpty)
        #expect(try machine.places.marker(of: patch.id) == nil)
    }

    @Test func `a transition that neither ends nor goes back is told, and nothing is forced`() throws {
        machine.kernel.with { ($0.transition, $0.wayBack) = (nil, nil) }
        machine.kernel.addTask(33, "kswapd0", state: 0, stack: "[<0>] kswapd+0x1c3/0x3a0")
        machine.kernel.addTask(36, "reader", state: 1, stack: "[<0>] new_read+0x1c3/0x3a0")
        let report = machine.patcher.apply(patch)
        guard case .failed(.notUndone(let tasks)) = report.result else {
            return #expect(Bool(false), "\(report.result)")
        }
        #expect(tasks.map(\.name) == ["reader"])
        #expect(!machine.kernel.events.contains { $0.contains("force") || $0.hasPrefix("unload") })
        #expect(machine.patcher.loaded.map(\.state) == [.reverting])
        #expect(try machine.places.marker(of: patch.id) != nil, "it is not settled what becomes of it")
    }

    @Test func `the next level takes the place of the one before, whose module is removed`() throws {
        #expect(machine.patcher.apply(patch).result == .done)
        let next = try SamplePatch.patch("kaketsugi_2_b", level: 2, hunks: ["a", "b"])
        machine.kernel.with { $0.busy = 3 }
        let report = machine.patcher.apply(next)
        #expect(report.result == .done && report.replacedLevel == 1 && report.removed == ["kaketsugi_1_a"])
        #expect(machine.patcher.loaded.map(\.patch?.id) == [next.id])
        #expect(!machine.directory.exists("run/kernel/kaketsugi_1_a.mend"))
        #expect(try machine.places.marker(of: patch.id) == nil)
    }

    @Test func `a replaced module that stays in use is told, and is no failure`() throws {
        #expect(machine.patcher.apply(patch).result == .done)
        machine.kernel.with { $0.busy = .max }
        let report = machine.patcher.apply(try SamplePatch.patch("kaketsugi_2_b", level: 2, hunks: ["a", "b"]))
        #expect(report.result == .done && report.removed.isEmpty && report.leftovers == ["kaketsugi_1_a"])
    }

    @Test func `a transition that a killed command left is waited for`() throws {
        try machine.places.make()
        try machine.patcher.writeRecord(of: patch)
        try machine.places.write(CrashMarker(patch, boot: "boot-1"))
        try machine.kernel.load(patch.module.contents)
        #expect(machine.patcher.loaded.map(\.state) == [.applying])
        #expect(machine.patcher.apply(patch).result == .done)
        #expect(machine.kernel.events == ["load kaketsugi_1_a"])
    }

    @Test func `a patch that somebody takes out meanwhile is told`() {
        machine.kernel.with { state in
            state.transition = nil
            state.plans = [
                (
                    state.time + 20_000_000,
                    { state in
                        state.remove("/sys/kernel/livepatch/kaketsugi_1_a/")
                        state.under = [:]
                    }
                )
            ]
        }
        #expect(machine.patcher.apply(patch).result == .failed(.takenOut(module: "kaketsugi_1_a")))
    }
}
