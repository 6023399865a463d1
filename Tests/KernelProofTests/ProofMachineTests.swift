// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import KernelProof

/// What a proof's machine needs of a kernel once it is brought together.
@Suite(.timeLimit(.minutes(5))) struct ProofMachineTests {
    @Test func `a machine runs though the kernel that it was made of is gone`() async throws {
        let repository = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let unpacked = try Command(repository.appending(path: "scripts/test-kernel").path, [])
        #expect(unpacked.status == 0, "\(unpacked.errors)")
        let packages = URL(filePath: unpacked.output.trimmingCharacters(in: .whitespacesAndNewlines))
        let image = try #require(
            try FileManager.default.contentsOfDirectory(atPath: packages.appending(path: "boot").path)
                .first { $0.hasPrefix("vmlinuz-") })
        let root = try TemporaryDirectory()
        try FileManager.default.copyItem(
            atPath: packages.appending(path: "boot/" + image).path, toPath: root.path("vmlinuz"))
        let machines = try TemporaryDirectory()
        let proof = KernelProof(
            of: .init(name: "nothing", contents: Array("no module".utf8)), kernel: root.path("vmlinuz"),
            modules: root.path)
        let machine = try await proof.machine(in: machines.path)
        try FileManager.default.removeItem(at: root.url)
        let result = try await machine.run()
        #expect(result.isComplete, "\(result)")
        #expect(result.steps.first.map { $0.name == "boot" && $0.isPassed } == true, "\(result.steps)")
        #expect(result.failures.map(\.name) == ["load"], "\(result.steps)")
    }
}
