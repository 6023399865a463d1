// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The environments that tools run in.
enum ToolEnvironment {
    static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// What reaches the archive (proxies) and where temporary files go; nothing else of the caller's has a say in a build
    /// that is to equal a distribution's.
    static func clean(home: String) -> [String: String] {
        let passed = ["http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy", "TMPDIR"]
        var environment = inherited.filter { passed.contains($0.key) || passed.contains($0.key.lowercased()) }
        environment["PATH"] = path
        environment["HOME"] = home
        environment["LC_ALL"] = "C.UTF-8"
        return environment
    }

    /// The caller's own environment, for the caller's own build command, but not the traces of a `make` that started us.
    static var project: [String: String] {
        var environment = inherited
        for name in ["MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "GNUMAKEFLAGS"] { environment[name] = nil }
        environment["LC_ALL"] = "C.UTF-8"
        return environment
    }

    /// Whether a tool is in the `PATH` of an environment, below what a build sees as `/`.
    static func finds(_ tool: Tool, in environment: [String: String], system: String = "/") -> Bool {
        (environment["PATH"] ?? path).split(separator: ":").contains { Files.isFile("\(system)/\($0)/\(tool.name)") }
    }

    private static var inherited: [String: String] { ProcessInfo.processInfo.environment }
}
