// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import KernelProof
import KernelTesting
import LivePatch
import TestSupport
import Testing
import VirtualMachines

/// A licensed host whose kernel the agent patches: a virtual machine that is started several times, with the service in it.
@Suite(.timeLimit(.minutes(20))) struct KernelHostTests {
    /// What each start of the machine begins with: the disk, and how the service and the agent are started.
    private static let beginning = """
        mkdir -p /disk /site /var/lib/kaketsugi
        mount -t ext4 /dev/nvme0n1 /disk
        mkdir -p /disk/state /disk/site
        mount -o bind /disk/state /var/lib/kaketsugi
        mount -o bind /disk/site /site
        cd /site
        hostname machine
        serve() {
            ip link set lo up
            kaketsugi-server serve --data data --listen 127.0.0.1:8443 --name 127.0.0.1 --key online \\
                --passphrase-file passphrase >/tmp/server.log 2>&1 &
            until nc 127.0.0.1 8443 </dev/null >/dev/null 2>&1; do usleep 200000; done
        }
        watch() {
            kaketsugi daemon >/tmp/daemon.log 2>&1 &
            daemon=$!
        }
        # A patch is in force, and all tasks use it.
        settled() {
            until [ "$(cd /sys/kernel/livepatch/$1 2>/dev/null && cat enabled transition | tr -d '\\n')" = 10 ]; do usleep 50000; done
        }
        # What the service knows of the machine.
        known() { kaketsugi-server hosts show machine --data data --json; }
        until_known() { until known | tr -d ' \\n' | grep -q "$1"; do kill -HUP $daemon; sleep 1; done; }

        """

    private let directory: TemporaryDirectory
    private let kernel: TestKernel
    private let site: ServiceSite
    private let network: VirtualNetwork
    private let disk: String

    init() async throws {
        directory = try TemporaryDirectory()
        kernel = try await TestKernel.shared.value
        network = try VirtualNetwork()
        site = try ServiceSite(on: try VirtualHost(1, in: network))
        disk = directory.path("disk")
        try succeeding("mke2fs", ["-q", "-F", "-t", "ext4", disk, "128M"])
    }

    /// Publishes a patch with its proof; what the service tells it by.
    private func publish(_ patch: [UInt8], as name: String) async throws -> String {
        var artefact = try Artefact(parsing: patch)
        let module = try #require(artefact.manifest.kernel?.module)
        let proof = KernelProof(
            of: .init(name: module, contents: artefact.module), kernel: kernel.kernel, modules: kernel.shippedModules)
        let folder = try TemporaryDirectory()
        let result = try await proof.machine(in: folder.path).run()
        #expect(result.isPassed, "\(result.failures)")
        artefact.proof = result.json
        let file = try site.host.directory.write(try artefact.encoded(), to: name)
        try site.publish(patch: file, product: "kernel")
        return ArtefactID(of: try artefact.encoded()).description
    }

    /// Files of the service's, for the machine.
    private func files(_ path: String, at place: String) throws -> [String: [UInt8]] {
        let folder = site.host.directory.path(path)
        var files: [String: [UInt8]] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            let file = URL(filePath: "\(folder)/\(name)")
            guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
            files["\(place)/\(name)"] = Array(try Data(contentsOf: file))
        }
        return files
    }

    /// Starts the machine.
    private func start(
        _ script: String, _ files: [String: [UInt8]], options: [String] = [], goesDown: Bool = false
    ) async throws -> Steps {
        var session = kernel.session(Self.beginning + script, files)
        session.disk = disk
        session.memory = 2048
        session.options = options
        return try await session.steps(goesDown: goesDown).steps
    }

    @Test func `the kernel is patched, after a restart before the network is up, and not again after a crash`()
        async throws
    {
        let good = try await publish(try kernel.patch("test_1_text"), as: "good.mend")
        var machine = try guestFiles(of: ["kaketsugi", "kaketsugi-server"])
        machine["/etc/os-release"] = Array("ID=debian\nVERSION_ID=\"12\"\n".utf8)
        machine["/etc/machine-id"] = Array("0123456789abcdef0123456789abcdef\n".utf8)
        let key = try site.asked("activation-keys", "add", "--contract", "C-1", "--limit", "1", "--data", "data")
        machine["/key"] = Array(try #require(key["keys"]?.first?["key"]?.string).utf8)
        var first = machine.merging(try files("data", at: "/first/data")) { $1 }
        for name in ["online", "passphrase"] { first["/first/\(name)"] = try site.host.directory.read(name) }
        let begun = try await start(
            """
            cp -a /first/. /site
            chmod -R go= /site
            serve
            step register sh -c "kaketsugi register - --server https://127.0.0.1:8443 --ca data/tls/ca.pem \\
                --hardware virtual --origin installer </key"
            step rollout kaketsugi-server rollouts add first --patch \(good) --ring all --bake 0 --data data
            watch
            settled test_1_text
            until kaketsugi status >/dev/null 2>&1; do sleep 1; done
            step status kaketsugi status
            step version kaketsugi kernel-version
            step cves sh -c "kaketsugi info --cves 2>/dev/null"
            step effect cat /proc/cmdline
            until_known '"isFixed":true'
            step known known
            kill $daemon
            wait $daemon
            step daemon cat /tmp/daemon.log
            step server cat /tmp/server.log
            """, first)
        #expect(begun["register"].status == 0, "\(begun["register"].output)\(begun["server"].output)")
        #expect(begun["rollout"].status == 0, "\(begun["rollout"].output)")
        #expect(begun["status"].output.contains("vmlinux"), "\(begun["status"].output)\(begun["daemon"].output)")
        #expect(begun["version"].output == "6.1.0-99-cloud-amd64\n")
        #expect(begun["cves"].output == "CVE-2026-1\n")
        #expect(begun["effect"].output == "level 1\n")
        #expect(begun["known"].output.contains("CVE-2026-1"))

        let off = try await start(
            """
            watch
            until grep -q . /tmp/daemon.log; do usleep 100000; done
            step update kaketsugi update
            step nothing ls /sys/kernel/livepatch
            kill $daemon
            wait $daemon
            """, machine, options: ["kaketsugi=off"])
        #expect(off["update"].output.unwrapped.contains("kaketsugi=off"), "\(off["update"].output)")
        #expect(off["nothing"].output == "")

        let bad = try await publish(try kernel.patch("test_1_crash", level: 2), as: "bad.mend")
        let second = machine.merging(try files("data/repository", at: "/second")) { $1 }
        let crashed = try await start(
            """
            watch
            settled test_1_text
            step network cat /sys/class/net/lo/operstate
            step effect cat /proc/cmdline
            rm -r data/repository
            cp -a /second data/repository
            # What a publication itself would do; else the crash below leaves empty files.
            sync
            serve
            step rollout kaketsugi-server rollouts add second --patch \(bad) --ring all --bake 0 --data data
            kill -HUP $daemon
            settled test_1_crash
            cat /proc/cmdline
            """, second, goesDown: true)
        #expect(crashed["network"].output == "down\n")
        #expect(crashed["effect"].output == "level 1\n")
        #expect(crashed["rollout"].status == 0, "\(crashed["rollout"].output)")

        let after = try await start(
            """
            watch
            serve
            until_known '"kind":"crashed"'
            step known known
            step update kaketsugi update
            step status kaketsugi status
            step nothing ls /sys/kernel/livepatch
            step rollouts kaketsugi-server rollouts list --data data --json
            step version kaketsugi kernel-version
            """, machine)
        #expect(after["known"].output.contains(bad), "\(after["known"].output)")
        #expect(after["nothing"].output == "", "\(after["update"].output)")
        #expect([1, 2].contains(after["status"].status), "\(after["status"].output)")
        #expect(after["rollouts"].output.contains("halted"), "\(after["rollouts"].output)")
        #expect(after["version"].output == "\(kernel.release)\n")
    }
}
