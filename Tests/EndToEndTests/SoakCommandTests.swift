// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// What a host without a daemon leaves running behind an update: it waits until the patches have proved themselves.
@Suite(.timeLimit(.minutes(10))) struct SoakCommandTests {
    private let directory: TemporaryDirectory
    private let soak = Process()

    /// A host on which a patch was applied a moment ago, in this boot.
    init() throws {
        directory = try TemporaryDirectory()
        try directory.write("[updates]\nsoak = 2\n", to: "etc/kaketsugi/kaketsugi.toml")
        let boot = try String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        let patch = String(repeating: "ab", count: 32)
        try directory.write(
            """
            {"schemaVersion": 1, "counter": 0, "lastEvent": 0, "events": [], "holds": [], "accepted": [], "previous": [],
            "failures": 0, "suspects": [], "revocations": 0, "known": [], "history": [], "marker": {"patches": ["\(patch)"],
            "bootID": "\(boot.dropLast())", "time": "\(Date().formatted(.iso8601))", "isOrderly": false}}
            """, to: "var/lib/kaketsugi/state.json")
        soak.executableURL = URL(filePath: try builtProgram("kaketsugi"))
        soak.arguments = ["soak"]
        soak.environment = ["KAKETSUGI_SYSROOT": directory.path, "LC_ALL": "C", "PATH": "/usr/bin:/bin"]
        try soak.run()
    }

    /// Whether a crash now would be that of the patch.
    private var isMarked: Bool {
        get throws {
            let state = try JSONSerialization.jsonObject(
                with: Data(contentsOf: URL(filePath: directory.path("var/lib/kaketsugi/state.json"))))
            return (state as? [String: Any])?["marker"] is [String: Any]
        }
    }

    @Test func `after the soak the marker is gone, and not before`() throws {
        let begin = ContinuousClock.now
        while soak.isRunning {
            let marked = try isMarked
            // It was written with full seconds, so that the soak may be over up to one second earlier.
            if ContinuousClock.now - begin < .milliseconds(900) { #expect(marked) }
            usleep(20_000)
        }
        #expect(soak.terminationStatus == 0 && soak.terminationReason == .exit)
        #expect(try !isMarked)
    }

    @Test func `killed before that, it leaves the marker`() throws {
        // It makes the folders of the state before it looks into it.
        while soak.isRunning, !directory.exists("var/lib/kaketsugi/patches") { usleep(1000) }
        #expect(kill(soak.processIdentifier, SIGKILL) == 0)
        soak.waitUntilExit()
        #expect(soak.terminationReason == .uncaughtSignal && soak.terminationStatus == SIGKILL)
        // Nobody else clears it when the time is over.
        sleep(4)
        #expect(try isMarked)
    }
}
