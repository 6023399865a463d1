// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import KernelPatcher

/// From some call on, nothing works any more, as for a command that is killed there; the next command finds its way.
struct InterruptionTests {
    /// More than any command makes.
    private static let calls = 400

    @Test func `an application that ends at any call is finished by the next one`() throws {
        let patch = try SamplePatch.patch()
        for calls in 0..<Self.calls {
            let machine = try Machine()
            machine.kernel.with { $0.callsLeft = calls }
            let first = machine.patcher.settle(machine.patcher.apply(patch), of: patch, for: .seconds(1))
            machine.kernel.with { $0.callsLeft = .max }
            machine.kernel.pause(for: .seconds(1))
            try expectConsistent(machine, "after \(calls) calls: \(first.result)")
            let next = machine.patcher.settle(machine.patcher.apply(patch), of: patch, for: .seconds(1))
            #expect(next.result == .done || next.result == .already, "after \(calls) calls: \(next.result)")
            #expect(machine.patcher.loaded.map(\.patch) == [patch], "after \(calls) calls")
            #expect(try machine.places.marker(of: patch.id) == nil, "after \(calls) calls")
            #expect(machine.kernel.events.filter { $0.contains("force") }.isEmpty)
        }
    }

    @Test func `a reversion that ends at any call is finished by the next one`() throws {
        let patch = try SamplePatch.patch()
        for calls in 0..<Self.calls {
            let machine = try Machine()
            #expect(machine.patcher.apply(patch).result == .done)
            machine.kernel.with { $0.callsLeft = calls }
            let first = machine.patcher.revert(patch.id)
            machine.kernel.with { $0.callsLeft = .max }
            machine.kernel.pause(for: .seconds(1))
            try expectConsistent(machine, "after \(calls) calls: \(first.result)")
            if !machine.patcher.loaded.isEmpty {
                #expect(machine.patcher.revert(patch.id).result == .done, "after \(calls) calls")
            }
            #expect(machine.patcher.loaded.isEmpty, "after \(calls) calls")
        }
    }

    /// What is in force, the kernel has wholly, and is known as ours.
    private func expectConsistent(_ machine: Machine, _ comment: Comment) throws {
        for loaded in machine.patcher.loaded {
            #expect(loaded.state == .applied && loaded.patch != nil, comment)
        }
    }
}
