// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import KernelPatcher

struct CrashMarkerTests {
    private let machine: Machine
    private let patch: KernelPatch

    init() throws {
        machine = try Machine()
        patch = try SamplePatch.patch()
    }

    @Test func `a patch with which the machine went down is not loaded again without consent`() throws {
        #expect(machine.patcher.apply(patch).result == .done)
        try machine.restart()
        #expect(machine.patcher.apply(patch).result == .failed(.wentDown(patch.id)))
        #expect(machine.kernel.events == ["load kaketsugi_1_a"], "before")
        var patcher = machine.patcher
        patcher.ignoresCrash = true
        #expect(patcher.apply(patch).result == .done)
    }

    @Test func `another patch is loaded nevertheless`() throws {
        #expect(machine.patcher.apply(patch).result == .done)
        try machine.restart()
        let next = try SamplePatch.patch("kaketsugi_2_b", level: 2, hunks: ["a", "b"])
        #expect(machine.patcher.apply(next).result == .done)
    }

    @Test func `a patch that the kernel lived with is loaded at the next start`() throws {
        let applied = machine.patcher.apply(patch)
        let report = machine.patcher.settle(applied, of: patch, for: .seconds(10))
        #expect(report.result == .done && report.soak >= .seconds(10) && report.soak < .seconds(11))
        #expect(try machine.places.marker(of: patch.id) == nil)
        try machine.restart()
        #expect(machine.patcher.apply(patch).result == .done)
    }

    @Test func `a patch whose watch was cut short is watched by the next command`() throws {
        #expect(machine.patcher.apply(patch).result == .done)
        let again = machine.patcher.apply(patch)
        #expect(again.result == .already)
        #expect(machine.patcher.settle(again, of: patch, for: .seconds(1)).soak >= .seconds(1))
        #expect(try machine.places.marker(of: patch.id) == nil)
    }

    @Test(arguments: [
        ("/sys/kernel/warn_count", "3\n", "4\n"), ("/sys/kernel/oops_count", "0\n", "1\n"),
        ("/proc/sys/kernel/tainted", "12289\n", "12801\n"),
    ])
    func `a kernel that complains loses the patch, which is not loaded again`(
        file: String, before: String, after: String
    )
        throws
    {
        machine.kernel[file] = before
        let applied = machine.patcher.apply(patch)
        machine.kernel.with { state in
            state.plans = [
                (
                    state.time + 2_000_000_000,
                    { state in
                        state.files[file] = Array(after.utf8)
                        state.messages.append("WARNING: CPU: 0 PID: 1 at fs/proc/cmdline.c:1")
                    }
                )
            ]
        }
        let report = machine.patcher.settle(applied, of: patch, for: .seconds(10))
        #expect(report.result == .failed(.complained(said: ["WARNING: CPU: 0 PID: 1 at fs/proc/cmdline.c:1"])))
        #expect(machine.patcher.loaded.isEmpty)
        #expect(machine.patcher.apply(patch).result == .failed(.failedBefore(patch.id)))
    }

    @Test func `a complaint while the patch was loaded counts, too`() {
        machine.kernel["/sys/kernel/warn_count"] = "0\n"
        let kernel = machine.kernel
        kernel.with { $0.onLoad = { kernel["/sys/kernel/warn_count"] = "1\n" } }
        let report = machine.patcher.settle(machine.patcher.apply(patch), of: patch, for: .seconds(10))
        #expect(report.result == .failed(.complained(said: [])))
    }

    @Test func `a module whose start never ended is told, and not loaded again`() throws {
        try machine.places.make()
        try machine.places.write(CrashMarker(patch, boot: "boot-1"))
        machine.kernel.addModule("kaketsugi_1_a", buildID: nil)
        machine.kernel["/sys/module/kaketsugi_1_a/initstate"] = "coming\n"
        #expect(machine.patcher.apply(patch).result == .failed(.moduleStuck(name: "kaketsugi_1_a")))
        let next = try SamplePatch.patch("kaketsugi_2_b", level: 2, hunks: ["a", "b"])
        #expect(machine.patcher.apply(next).result == .failed(.moduleStuck(name: "kaketsugi_1_a")), "any other, too")
    }

    @Test func `a command that was killed before it loaded the module is repeated`() throws {
        try machine.places.make()
        try machine.patcher.writeRecord(of: patch)
        try machine.places.write(CrashMarker(patch, boot: "boot-1"))
        #expect(machine.patcher.apply(patch).result == .done)
    }

    @Test func `a marker that cannot be read is one`() throws {
        try machine.places.make()
        let path = "\(machine.places.markers)/\(patch.id).crash"
        try machine.directory.write("", to: "state/kernel/\(patch.id).crash")
        #expect(machine.patcher.apply(patch).result == .failed(.badMarker(path: path)))
        try machine.places.write(CrashMarker(patch, boot: "boot-1"))
        let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        let later = text.replacing("\"schemaVersion\":1", with: "\"schemaVersion\":2")
        #expect(later != text)
        try machine.directory.write(later, to: "state/kernel/\(patch.id).crash")
        #expect(machine.patcher.apply(patch).result == .failed(.badMarker(path: path)), "a later program's")
    }
}
