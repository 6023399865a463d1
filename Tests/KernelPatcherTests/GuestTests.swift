// SPDX-License-Identifier: Apache-2.0

import ELF
import Foundation
import KernelTesting
import LivePatch
import ModuleSigning
import TestSupport
import Testing
import VirtualMachines

/// The program in virtual machines with a kernel as Debian ships it, and with live patches that the kernel takes.
struct GuestTests {
    @Test func `patches are loaded, replaced and taken out, and what cannot be is refused`() async throws {
        let kernel = try await TestKernel.shared.value
        let files = [
            "/1.mend": try kernel.patch("test_1_text"), "/2.mend": try kernel.patch("test_2_text", level: 2),
            "/other.mend": try kernel.patch("test_1_text", buildID: BuildID(bytes: Array(1...20))),
            "/unwilling.mend": try kernel.patch("test_1_unwilling"),
            "/stall.mend": try kernel.patch(
                "test_1_stall",
                parts: [.init(name: "test_sleeper", buildID: try #require(try kernel.buildID(of: "test_sleeper")))],
                function: ("test_sleeper", "sleeper_main")),
            "/wrong.mend": try kernel.patch(
                "test_1_stall", parts: [.init(name: "test_sleeper", buildID: BuildID(bytes: Array(1...20)))],
                function: ("test_sleeper", "sleeper_main")),
            "/theirs.ko": try kernel.module("test_1_text"), "/test_sleeper.ko": try kernel.module("test_sleeper"),
        ]
        let script = """
            step other kaketsugi apply /other.mend
            step unwilling kaketsugi apply /unwilling.mend
            sysctl -w kernel.ftrace_enabled=0
            step tracing kaketsugi apply /1.mend
            sysctl -w kernel.ftrace_enabled=1
            step load kaketsugi apply /1.mend --soak 0.2 --json
            step effect cat /proc/cmdline
            step again kaketsugi apply /1.mend
            step list kaketsugi list
            step version kaketsugi kernel-version
            step replace kaketsugi apply /2.mend --soak 0
            step level cat /proc/cmdline
            step modules lsmod
            step back kaketsugi apply /1.mend
            step revert kaketsugi revert /2.mend
            step gone cat /proc/cmdline
            step left ls /sys/kernel/livepatch /sys/module/test_2_text
            insmod /theirs.ko
            while [ "$(cat /sys/kernel/livepatch/test_1_text/transition)" = 1 ]; do usleep 50000; done
            step foreign kaketsugi apply /2.mend
            step foreigners kaketsugi list --json
            echo 0 >/sys/kernel/livepatch/test_1_text/enabled
            while [ -d /sys/kernel/livepatch/test_1_text ]; do usleep 50000; done
            while ! rmmod test_1_text 2>/dev/null; do usleep 50000; done
            insmod /test_sleeper.ko
            step wrong kaketsugi apply /wrong.mend
            step stall kaketsugi apply /stall.mend --kernel-wait 2.5 --json
            step unstalled ls /sys/kernel/livepatch
            step log sh -c "dmesg | grep -E 'WARN|BUG|Oops'"
            """
        let (steps, _) = try await kernel.session(script, files).steps()

        #expect(steps["other"].status == 4 && steps["other"].output.unwrapped.contains("get the patch for that one"))
        let unwilling = steps["unwilling"]
        #expect(unwilling.status == 3 && unwilling.output.unwrapped.contains("the kernel did not take the module"))
        #expect(
            unwilling.output.unwrapped.contains("the state of this machine does not allow it"), "\(unwilling.output)")
        #expect(
            steps["tracing"].status == 3 && steps["tracing"].output.unwrapped.contains("sysctl kernel.ftrace_enabled=1")
        )

        let load = try Outcome(steps["load"])
        #expect(steps["load"].status == 0 && load.result == "patched", "\(steps["load"].output)")
        #expect(load.module == "test_1_text" && load.functions == ["cmdline_proc_show"])
        #expect(steps["effect"].output == "level 1\n")
        #expect(steps["again"].status == 0 && steps["again"].output.contains("already"))
        #expect(steps["list"].output.contains("test_1_text") && steps["list"].output.contains("patched"))
        #expect(steps["version"].output == "6.1.0-99-cloud-amd64\n")

        #expect(steps["replace"].status == 0 && steps["replace"].output.unwrapped.contains("in place of level 1"))
        #expect(steps["level"].output == "level 2\n")
        #expect(steps["modules"].output.contains("test_2_text") && !steps["modules"].output.contains("test_1_text"))
        #expect(steps["back"].status == 3 && steps["back"].output.unwrapped.contains("--allow-downgrade"))
        #expect(steps["revert"].status == 0, "\(steps["revert"].output)")
        #expect(steps["gone"].output.hasPrefix("console=ttyS0"))
        #expect(steps["left"].status != 0 && !steps["left"].output.contains("holders"))

        #expect(
            steps["foreign"].status == 3 && steps["foreign"].output.unwrapped.contains("a live patch of another tool"))
        #expect(steps["foreigners"].output.contains("test_1_text"))
        #expect(steps["wrong"].status == 3 && steps["wrong"].output.unwrapped.contains("for the module test_sleeper"))

        let stall = try Outcome(steps["stall"])
        #expect(steps["stall"].status == 3 && stall.result == "failed", "\(steps["stall"].output)")
        #expect(stall.blockingTasks.map(\.name) == ["sleeper"])
        #expect(stall.blockingTasks.first?.stack.contains { $0.hasPrefix("sleeper_main+") } == true)
        #expect(steps["unstalled"].output == "")
        #expect(steps["log"].output == "")
    }

    @Test func `a patch that brings the machine down is not loaded at the next start`() async throws {
        let kernel = try await TestKernel.shared.value
        let directory = try TemporaryDirectory()
        let disk = directory.path("disk")
        let made = try Command("mke2fs", ["-q", "-F", "-t", "ext4", disk, "16M"])
        #expect(made.status == 0, "\(made.errors)")
        let files = [
            "/crash.mend": try kernel.patch("test_1_crash"), "/2.mend": try kernel.patch("test_2_text", level: 2),
            "/warn.mend": try kernel.patch("test_1_warn"), "/oops.mend": try kernel.patch("test_1_oops"),
        ]
        let state = """
            mkdir -p /var/lib/kaketsugi
            mount -t ext4 /dev/nvme0n1 /var/lib/kaketsugi
            settled() {
                until [ "$(cd /sys/kernel/livepatch/$1 2>/dev/null && cat enabled transition | tr -d '\\n')" = 10 ]; do usleep 50000; done
            }

            """
        var session = kernel.session(
            state + """
                kaketsugi apply /crash.mend --soak 600 &
                settled test_1_crash
                step before ls /var/lib/kaketsugi/kernel
                cat /proc/cmdline
                """, files)
        session.disk = disk
        let (before, console) = try await session.steps(goesDown: true)
        #expect(before["before"].output.contains(".crash"))
        #expect(console.contains("Kernel panic"), "\(console.suffix(2000))")

        session = kernel.session(
            state + """
                step down kaketsugi apply /crash.mend
                step nothing ls /sys/kernel/livepatch
                step other kaketsugi apply /2.mend --soak 0
                step revert kaketsugi revert /2.mend
                step nevertheless kaketsugi apply /crash.mend --after-crash --soak 0
                step out kaketsugi revert /crash.mend
                ( settled test_1_warn; cat /proc/cmdline ) &
                step warn kaketsugi apply /warn.mend --soak 60
                step gone ls /sys/kernel/livepatch
                step again kaketsugi apply /warn.mend
                echo 0 >/proc/sys/kernel/panic_on_oops
                step oops kaketsugi apply /oops.mend
                step stuck kaketsugi apply /oops.mend
                step any kaketsugi apply /2.mend
                """, files)
        session.disk = disk
        let (steps, _) = try await session.steps()
        #expect(
            steps["down"].status == 3 && steps["down"].output.unwrapped.contains("the machine went down the last time"))
        #expect(steps["nothing"].output == "")
        #expect(steps["other"].status == 0 && steps["revert"].status == 0, "\(steps["other"].output)")
        #expect(steps["nevertheless"].status == 0 && steps["out"].status == 0, "\(steps["nevertheless"].output)")
        let warn = steps["warn"]
        #expect(warn.status == 3 && warn.output.unwrapped.contains("the kernel complained soon"), "\(warn.output)")
        #expect(warn.output.unwrapped.contains("a fix that does not work"), "\(warn.output)")
        #expect(steps["gone"].output == "")
        #expect(
            steps["again"].status == 3 && steps["again"].output.unwrapped.contains("warned or oopsed the last time"))
        #expect(steps["oops"].status == 137, "the kernel kills who runs into it")
        for name in ["stuck", "any"] {
            #expect(
                steps[name].status == 3 && steps[name].output.unwrapped.contains("never came to the end of its start"),
                "\(steps[name].output)")
        }
    }

    /// The firmware's variables hold a key for tests, as an owner's key that was enrolled; the kernel trusts it as well.
    @Test func `under Secure Boot a module that is signed by an enrolled key is loaded, and no other`() async throws {
        let kernel = try await TestKernel.shared.value
        let directory = try TemporaryDirectory()
        let variables = directory.path("variables")
        try FileManager.default.copyItem(atPath: "/usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd", toPath: variables)
        for arguments in [
            [
                "rsa", "-in", "/usr/share/ovmf/PkKek-1-snakeoil.key", "-passin", "pass:snakeoil", "-out",
                "enrolled.pem",
            ],
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "other.pem", "-out", "other.crt", "-days",
                "2",
                "-subj", "/CN=somebody",
            ],
        ] {
            let command = try Command("openssl", arguments, in: directory.url)
            #expect(command.status == 0, "\(command.errors)")
        }
        let enrolled = try ModuleSigner(
            key: try directory.read("enrolled.pem"),
            certificate: Array(try Data(contentsOf: URL(filePath: "/usr/share/ovmf/PkKek-1-snakeoil.pem"))))
        let other = try ModuleSigner(key: try directory.read("other.pem"), certificate: try directory.read("other.crt"))
        let module = try kernel.module("test_1_text")
        let signed = try enrolled.sign(module)
        // The last byte of the signature itself.
        var message = try #require(ModuleSignature(parsing: signed)).message
        message[message.count - 1] ^= 1
        let damaged = ModuleSignature(module: module, message: message).file
        var session = kernel.session(
            """
            step unsigned kaketsugi apply /unsigned.mend
            step other kaketsugi apply /other.mend
            step damaged kaketsugi apply /damaged.mend
            step left ls /sys/kernel/livepatch /run/kaketsugi/kernel /var/lib/kaketsugi/kernel
            step signed kaketsugi apply /signed.mend --soak 0
            step effect cat /proc/cmdline
            step strong kaketsugi apply /strong.mend --soak 0
            step lockdown cat /sys/kernel/security/lockdown
            """,
            [
                "/unsigned.mend": try kernel.patch("test_1_text"),
                "/other.mend": try kernel.patch("test_1_text", contents: try other.sign(module)),
                "/damaged.mend": try kernel.patch("test_1_text", contents: damaged),
                "/signed.mend": try kernel.patch("test_1_text", contents: signed),
                "/strong.mend": try kernel.patch(
                    "test_2_text", level: 2,
                    contents: try enrolled.sign(try kernel.module("test_2_text"), digest: .sha512)),
            ])
        session.firmware = .init(code: "/usr/share/OVMF/OVMF_CODE_4M.fd", variables: variables)
        let (steps, console) = try await session.steps()
        #expect(steps["lockdown"].output.contains("[integrity]"), "\(console)")
        #expect(
            steps["unsigned"].status == 3 && steps["unsigned"].output.unwrapped.contains("takes only signed modules"),
            "\(steps["unsigned"].output)")
        for name in ["other", "damaged"] {
            #expect(
                steps[name].status == 3 && steps[name].output.unwrapped.contains("no key that it trusts"),
                "\(steps[name].output)")
        }
        #expect(!steps["left"].output.contains("test_") && !steps["left"].output.contains(".crash"))
        #expect(steps["signed"].status == 0, "\(steps["signed"].output)")
        #expect(steps["effect"].output == "level 1\n")
        // Of the hashes, this kernel has only SHA-256 built in; the others are modules.
        #expect(
            steps["strong"].status == 3 && steps["strong"].output.unwrapped.contains("sign with --digest sha256"),
            "\(steps["strong"].output)")
    }

    @Test func `a kernel that is locked down is not asked to take an unsigned module`() async throws {
        let kernel = try await TestKernel.shared.value
        var session = kernel.session(
            """
            step unsigned kaketsugi apply /1.mend
            step forced insmod /1.ko
            """, ["/1.mend": try kernel.patch("test_1_text"), "/1.ko": try kernel.module("test_1_text")])
        session.options = ["lockdown=integrity"]
        let (steps, _) = try await session.steps()
        #expect(
            steps["unsigned"].status == 3 && steps["unsigned"].output.unwrapped.contains("locked down (integrity)"),
            "\(steps["unsigned"].output)")
        #expect(steps["forced"].status != 0, "the kernel agrees")
    }

    @Test func `a signature is the one that the kernel's own program makes`() async throws {
        let kernel = try await TestKernel.shared.value
        let directory = try TemporaryDirectory()
        for arguments in [
            [
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out",
                "certificate.pem", "-days", "2", "-subj", "/CN=operator",
            ], [kernel.signFile, "sha512", "key.pem", "certificate.pem", "module", "signed"],
        ] {
            try directory.write(try kernel.module("test_1_text"), to: "module")
            let command = try Command(arguments[0], Array(arguments.dropFirst()), in: directory.url)
            #expect(command.status == 0, "\(command.errors)")
        }
        let signer = try ModuleSigner(
            key: try directory.read("key.pem"), certificate: try directory.read("certificate.pem"))
        let signed: [UInt8] = try directory.read("signed")
        #expect(try signer.sign(try kernel.module("test_1_text"), digest: .sha512) == signed)
    }
}

/// The JSON of `apply`.
private struct Outcome: Decodable {
    struct Task: Decodable {
        var name: String
        var stack: [String]
    }

    var result: String
    var module: String
    var functions: [String]
    var blockingTasks: [Task]

    init(_ step: Steps.Step) throws {
        self = try JSONDecoder().decode(Outcome.self, from: Data(step.output.utf8))
    }
}

extension TestKernel {
    /// What the kernel tells a loaded module by.
    func buildID(of module: String) throws -> BuildID? { try ObjectFile(parsing: try self.module(module)).buildID }
}
