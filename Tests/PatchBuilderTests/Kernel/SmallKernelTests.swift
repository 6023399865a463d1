// SPDX-License-Identifier: Apache-2.0

import ELF
import LivePatch
import TestSupport
import Testing

@testable import PatchBuilder

/// What is proved of a unit of vmlinux, and what a queue of fixes for a kernel becomes.
@Suite(.timeLimit(.minutes(10))) struct SmallKernelTests {
    let kernel: SmallKernel

    init() throws { kernel = try SmallKernel() }

    @Test func `a unit of vmlinux is as it was linked, and tells where it is`() throws {
        let shipped = try ShippedKernel(kernel.root)
        let fidelity = try KernelFidelity(of: kernel.unit(), in: shipped)
        #expect(fidelity.different == [:] && fidelity.equal == ["show", "hidden", "store", "twin"])
        let place = try #require(fidelity.addresses["show"])
        #expect(shipped.symbols.positions(of: "show").map { shipped.symbols.entries[$0].address } == [place])
    }

    @Test func `which of two equal functions is the unit's is told by those beside it`() throws {
        let shipped = try ShippedKernel(kernel.root)
        let places = shipped.symbols.positions(of: "twin").map { shipped.symbols.entries[$0].address }
        let fidelity = try KernelFidelity(of: kernel.unit(), in: shipped)
        // The neighbour is linked before it.
        #expect(places.count == 2 && fidelity.addresses["twin"] == places.max())
    }

    @Test(arguments: [
        ("helper(x) : 7", "helper(x) : 8", "show"), ("total += x", "count += x", "show"),
        ("show(x) + 1", "helper(x) + 1", "hidden"), ("hidden(x) * 2", "hidden(x) * 4", "store"),
        ("int store(", "int more(int x) { return x ^ 5; }\nint store(", "more"),
    ])
    func `what vmlinux has otherwise, or not at all, is refused`(old: String, new: String, function: String) throws {
        let fidelity = try KernelFidelity(
            of: kernel.unit(replacing: old, with: new), in: ShippedKernel(kernel.root))
        #expect(fidelity.different[function] != nil && !fidelity.isElsewhere)
    }

    @Test func `a level of a kernel has the fixes of all levels below it`() async throws {
        let queue = try kernel.queue([
            ("helper(x) : 7", "helper(x) : 8"), ("hidden(x) * 2", "hidden(x) * 3"), ("total;", "total; /* all */"),
        ])
        var below: BuiltKernelFix?
        var affected: [Bool] = []
        var functions: [[String]] = []
        for level in queue.levels {
            let built = try await kernel.root.build(queue.fix(ofLevel: level))
            affected.append(built.differs(from: below))
            below = built
            let patch = try await kernel.root.patch(of: built, KernelPatchOptions(level: level))
            let artefact = try patch.reviewed.accepted()
            functions.append((artefact.manifest.kernel?.functions ?? []).map(\.name).sorted())
            #expect(artefact.manifest.level == level)
            #expect(artefact.manifest.fixes.map(\.level) == Array(1...level))
            let name = try #require(artefact.manifest.kernel?.module)
            #expect(name.hasPrefix("kaketsugi_\(level)_"))
            #expect(artefact.module.contains(subsequence: Array(name.utf8)))
        }
        #expect(affected == [true, true, false])
        #expect(functions == [["show"], ["show", "store"], ["show", "store"]])
    }

    @Test func `a unit that is not what was shipped makes no patch`() async throws {
        let fix = try kernel.queue([("helper(x) : 7", "helper(x) : 8")]).fix(ofLevel: 1)
        var built = try await kernel.root.build(fix)
        built.units[0].linked = Array(try kernel.unit(replacing: "x * 77", with: "x * 78").object.bytes)
        let error = await #expect(throws: BuildError.self) {
            try await kernel.root.patch(of: built, KernelPatchOptions())
        }
        guard case .kernel(.unfaithful(let unit, let facts)) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(unit == "fs/unit.c" && facts.count == 1 && facts.first?.hasPrefix("twin: ") == true)
    }
}

extension [UInt8] {
    fileprivate func contains(subsequence: [UInt8]) -> Bool { firstRange(of: subsequence) != nil }
}
