// SPDX-License-Identifier: Apache-2.0

import LivePatch
import TestSupport
import Testing

@testable import KernelPatcher

struct RevertingTests {
    private let machine: Machine
    private let patch: KernelPatch

    init() throws {
        machine = try Machine()
        patch = try SamplePatch.patch()
    }

    @Test func `a patch is taken out with its module, and leaves nothing`() throws {
        #expect(machine.patcher.apply(patch).result == .done)
        let report = machine.patcher.revert(patch.id)
        #expect(report.result == .done && report.removed == ["kaketsugi_1_a"])
        #expect(machine.patcher.loaded.isEmpty && machine.kernel["/sys/module/kaketsugi_1_a/initstate"] == nil)
        #expect(try machine.places.marker(of: patch.id) == nil)
        #expect(machine.patcher.revert(patch.id).result == .failed(.notLoaded(patch.id)))
        #expect(machine.patcher.apply(patch).result == .done, "again")
    }

    @Test func `a patch that a task stays in is in force as before`() throws {
        #expect(machine.patcher.apply(patch).result == .done)
        machine.kernel.with { $0.wayBack = nil }
        machine.kernel.addTask(40, "reader", state: 1, stack: "[<0>] new_read+0x1/0x2")
        guard case .failed(.stalledLeaving(_, let tasks)) = machine.patcher.revert(patch.id).result else {
            return #expect(Bool(false))
        }
        #expect(tasks.map(\.name) == ["reader"])
        #expect(machine.patcher.loaded.map(\.state) == [.applied])
    }

    @Test func `another tool's patch is never touched`() {
        machine.kernel.addLivepatch("theirs", functions: ["f"])
        #expect(machine.patcher.loaded.map(\.module) == ["theirs"] && machine.patcher.loaded.first?.patch == nil)
        #expect(machine.patcher.revert(ArtefactID(of: [])).result == .failed(.notLoaded(ArtefactID(of: []))))
        #expect(machine.kernel.events.isEmpty)
    }

    @Test func `a module of our name that is another build is not ours`() throws {
        #expect(machine.patcher.apply(patch).result == .done)
        machine.kernel.addModule("kaketsugi_1_a", buildID: [9, 9])
        #expect(machine.patcher.loaded.map(\.patch) == [nil])
    }

    @Test func `without the right to load modules nothing is done`() {
        #expect(machine.patcher.apply(patch).result == .done)
        machine.kernel["/proc/self/status"] = "CapEff:\t0000000000000000\n"
        #expect(machine.patcher.revert(patch.id).result == .failed(.notPermitted))
        #expect(machine.patcher.loaded.map(\.state) == [.applied])
    }

    @Test func `the version that the kernel is as safe as comes with the patch and goes with it`() throws {
        let patch = try SamplePatch.patch(safeRelease: "6.1.0-56-cloud-amd64")
        #expect(machine.patcher.effectiveKernel.safeRelease == "6.1.0-50-cloud-amd64")
        #expect(machine.patcher.apply(patch).result == .done)
        #expect(machine.patcher.effectiveKernel.safeRelease == "6.1.0-56-cloud-amd64")
        #expect(machine.patcher.effectiveKernel.release == "6.1.0-50-cloud-amd64")
        #expect(machine.patcher.revert(patch.id).result == .done)
        #expect(machine.patcher.effectiveKernel.safeRelease == "6.1.0-50-cloud-amd64")
    }

    @Test func `a kernel on its way to a patch is only as safe as without`() throws {
        let patch = try SamplePatch.patch(safeRelease: "6.1.0-56-cloud-amd64")
        #expect(machine.patcher.apply(patch).result == .done)
        machine.kernel["/sys/kernel/livepatch/kaketsugi_1_a/transition"] = "1\n"
        #expect(machine.patcher.effectiveKernel.safeRelease == "6.1.0-50-cloud-amd64")
    }
}
