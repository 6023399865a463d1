// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// A copy of a repository behind a web server that knows nothing of it.
final class Mirror: Sendable {
    private let host: VirtualHost
    private let server: Process

    /// Copies what is published now, and serves it.
    init(of site: ServiceSite, on host: VirtualHost) throws {
        self.host = host
        try site.operate(
            "export", host.directory.path("mirror"), "--repository", site.host.directory.path("data/repository"))
        server = Process()
        server.executableURL = URL(filePath: "/usr/bin/nsenter")
        server.arguments = host.entering(
            "python3",
            ["-u", "-m", "http.server", "8080", "--bind", host.address, "--directory", host.directory.path("mirror")],
            [:])
        server.standardInput = FileHandle.nullDevice
        server.standardOutput = FileHandle.nullDevice
        try host.directory.write("", to: "log")
        server.standardError = try FileHandle(forWritingTo: host.directory.url.appending(path: "log"))
        try server.run()
    }

    /// What hosts name in their settings.
    var address: String { "http://\(host.address):8080" }

    /// How many patches hosts have had from here.
    var servedPatches: Int {
        let log: String = (try? host.directory.read("log")) ?? ""
        return log.split(separator: "\n").count { $0.contains(".mend") && $0.contains(" 200 ") }
    }
}
