// SPDX-License-Identifier: Apache-2.0

import Foundation
import LinuxSystem
import Synchronization
import TestSupport
import Testing

@testable import HostAgent

/// A daemon on a thread of its own, whose children are a script: what they do lies in files of the test's folder.
final class DaemonThread: Sendable {
    let directory: TemporaryDirectory
    private let told = Mutex<[Daemon.News]>([])
    /// While it runs.
    private let thread = Mutex<pthread_t?>(nil)

    /// Children run `NAME.sh` of the folder, where there is one, and note that they have begun.
    private static let script = """
        #!/bin/sh
        cd "$(dirname "$0")"
        if [ "$1" = watch ]; then echo "$@" >>begun; exec sleep 1000; fi
        echo "$2" >>begun
        if [ -f "$2.sh" ]; then . "./$2.sh"; fi
        if [ -f "$2.json" ]; then cat "$2.json" >&3; fi

        """

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write(Self.script, to: "program")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: directory.path("program"))
        try Places(prefix: directory.path).prepare()
        try answer(Standing())
        try answer(CheckInResult(isFailure: false, nextCheckIn: 3600))
    }

    func answer(_ standing: Standing) throws { try write(standing.encoded, to: "look.json") }
    func answer(_ result: CheckInResult) throws { try write(result.encoded, to: "check-in.json") }

    private func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(filePath: directory.path(name)), options: .atomic)
    }

    /// Runs the daemon while the test does something; then it is ended, unless it has ended.
    func run(
        patience: Daemon.Patience = Daemon.Patience(), _ body: @Sendable () async throws -> Void
    ) async throws -> Daemon.End {
        async let end = onOwnThread { [self] in
            thread.withLock { $0 = pthread_self() }
            let end = Result {
                try Daemon(
                    program: directory.path("program"), places: Places(prefix: directory.path), patience: patience
                ) { news in self.told.withLock { $0.append(news) } }.run()
            }
            thread.withLock { $0 = nil }
            return end
        }
        do {
            try await body()
        } catch {
            send(SIGTERM)
            _ = await end
            throw error
        }
        send(SIGTERM)
        return try await end.get()
    }

    /// Sends a signal to the daemon's thread, as a process would get it.
    func send(_ signal: Int32) {
        thread.withLock { thread in
            guard let thread else { return }
            pthread_kill(thread, signal)
        }
    }

    var news: [Daemon.News] { told.withLock { $0 } }

    /// What children have begun, in order.
    var begun: [String] {
        ((try? directory.read("begun") as String) ?? "").split(separator: "\n").map(String.init)
    }

    /// Waits for something that comes some time.
    func wait(until isTrue: @Sendable () -> Bool) async throws {
        for _ in 0..<1200 {
            if isTrue() { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("it did not come: \(begun) \(news)")
    }
}
