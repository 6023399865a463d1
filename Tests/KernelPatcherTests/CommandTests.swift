// SPDX-License-Identifier: Apache-2.0

import Foundation
import LivePatch
import ModuleSigning
import TestSupport
import Testing

@testable import KernelPatcher

/// The programs on the machine that runs the tests, for whose kernel the patch is not.
struct CommandTests {
    private let directory: TemporaryDirectory
    private let patch: String

    init() throws {
        directory = try TemporaryDirectory()
        patch = try directory.write(try SamplePatch.file(), to: "kernel.mend")
    }

    private func host(_ arguments: String...) throws -> Command {
        try Command(try builtProgram("kaketsugi"), arguments)
    }

    @Test func `a patch for another kernel is refused, and changes nothing`() throws {
        // 4 where the kernel is another one; 3 where it has no live patching, or the tests no rights.
        let apply = try host("apply", patch, "--json")
        #expect([3, 4].contains(apply.status), "\(apply.output) \(apply.errors)")
        #expect(apply.output.contains("\"result\" : \"failed\"") && apply.output.contains("\"reason\" : "))
        let all = try host("apply", patch, "--all", "--wait", "1")
        #expect(all.status == apply.status && all.output.contains("kaketsugi_1_a"), "\(all.errors)")
        let plan = try host("plan", patch, "--json")
        #expect(plan.status == apply.status && plan.output.contains("\"action\" : \"cannot\""), "\(plan.output)")
        #expect(try host("revert", patch).status == 4)
        #expect(!FileManager.default.fileExists(atPath: "/run/kaketsugi/kernel/kaketsugi_1_a.mend"))
    }

    @Test func `kernel and processes are not patched together, and a kernel is not watched for`() throws {
        for arguments in [["apply", patch, patch], ["plan", patch, patch], ["watch", patch]] {
            let command = try Command(try builtProgram("kaketsugi"), arguments)
            #expect(command.status == 3 && command.errors.contains("live patch of the kernel"), "\(command.errors)")
        }
    }

    @Test func `without a patch the kernel is as safe as it says`() throws {
        let version = try host("kernel-version")
        #expect(version.status == 0)
        #expect(version.output == (try Command("uname", ["-r"]).output))
        #expect(try host("kernel-version", "--json").output.contains("\"safeRelease\""))
    }

    @Test func `the module in a patch is signed by the operator's key`() throws {
        let made = try Command(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "certificate.pem",
                "-days",
                "2", "-subj", "/CN=operator",
            ], in: directory.url)
        #expect(made.status == 0, "\(made.errors)")
        func sign(_ file: String, _ key: String) throws -> Command {
            try Command(
                try builtProgram("kaketsugi-build"),
                ["sign-module", file, "--key", key, "--certificate", "certificate.pem", "-o", "signed.mend"],
                in: directory.url)
        }
        #expect(try sign("kernel.mend", "certificate.pem").status == 3)
        #expect(!directory.exists("signed.mend"))
        let signed = try sign("kernel.mend", "key.pem")
        #expect(signed.status == 0, "\(signed.errors)")
        let before = try KernelPatch(parsing: try directory.read("kernel.mend"))
        let after = try KernelPatch(parsing: try directory.read("signed.mend"))
        #expect(!before.module.isSigned && after.module.isSigned && before.manifest == after.manifest)
        #expect(ModuleSignature(parsing: after.module.contents)?.module == before.module.contents)
    }
}
