// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import HostAgent
import LinuxSystem

/// `kaketsugi daemon`: keeps this host as the service wants it.
struct DaemonCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "daemon",
        abstract: "Check in again and again, apply what is wanted, and patch new processes as they start.",
        discussion: """
            It begins with the levels that were accepted before, without a network. In between it sleeps; what it has to do \
            is done by children of it, so that nothing that goes wrong there ends it. Each check-in reads the settings. SIGHUP \
            asks at once; SIGTERM ends it, once what is being put into processes is there, and the patches stay. \
            kaketsugi=off on the kernel's command line, or the file /etc/kaketsugi/off, stop everything.

            Exit codes: 0 ended by a signal; 3 refused, as wrong settings are at the start; 64 the command line is wrong.
            """)

    mutating func run() throws {
        let log = DaemonLog()
        let end: Daemon.End
        do throws(SystemError) {
            end = try Daemon(places: .current) { log.tell($0) }.run()
        } catch {
            throw refused("\(error)")
        }
        if case .refused(let status) = end { throw ExitCode(status) }
    }
}
