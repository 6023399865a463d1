// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// What a tool sees and may write while it runs what came with a source: its makefiles, generators and compilers.
///
/// bubblewrap gives it user, mount, process, IPC and network namespaces of its own. It sees the machine read-only, a `/tmp`
/// that is its alone, none of the machine's other processes, sockets and devices, and no network at all. It has no
/// capability, and another user's number, also when root is the caller. It ends with the caller, however that ends.
struct Sandbox: Sendable, Hashable {
    /// The folder that is seen as `/`: the machine's own, or another release's system.
    var system = "/"
    /// Folders that are seen where they are, also those that lie in `/tmp` or outside of `system`.
    var readable: [String] = []
    /// The folders that can be written to, seen where they are: configured trees and recorded commands hold their path.
    var writable: [String]
    /// Folders that can be written to and are seen elsewhere, by the path at which they are seen.
    var relocated: [String: String] = [:]

    /// A folder that every tool may write to and that is gone when it ends.
    static let temporary = "/tmp"

    /// Not root's, so that what asks for root does not take itself for it; the number that the first user has.
    private static let user = "1000"

    /// The arguments of bubblewrap that run a program.
    func arguments(
        running program: String, _ arguments: [String], in directory: String
    ) throws(BuildError) -> [String] {
        var words = ["--unshare-all", "--die-with-parent", "--new-session"]
        words += ["--uid", Self.user, "--gid", Self.user, "--cap-drop", "ALL", "--hostname", "localhost"]
        words += try systemMounts() + ["--dev", "/dev", "--proc", "/proc"]
        // Daemons listen below /run, some of which do what they are told by whoever connects.
        for directory in [Self.temporary, "/var/tmp", "/run"] { words += ["--tmpfs", directory] }
        for path in readable { words += ["--ro-bind", path, path] }
        for path in writable { words += ["--bind", path, path] }
        for (seen, path) in relocated.sorted(by: { $0.key < $1.key }) { words += ["--bind", path, seen] }
        return words + ["--remount-ro", "/", "--chdir", directory, "--", program] + arguments
    }

    /// The system's folders one by one, so that others can be made beside them.
    private func systemMounts() throws(BuildError) -> [String] {
        let own = Set(
            ["dev", "proc", "tmp", "run"] + relocated.keys.map { String($0.split(separator: "/").first ?? "") })
        var words = ["--tmpfs", "/"]
        for name in try Files.names(in: system) where !own.contains(name) {
            let path = system == "/" ? "/" + name : system + "/" + name
            if Files.isLink(path) {
                words += ["--symlink", try Files.linkDestination(path), "/" + name]
            } else if Files.isDirectory(path) {
                words += ["--ro-bind", path, "/" + name]
            }
        }
        return words
    }

    /// The environment inside: what says where to put files of the user names nothing that can be written to.
    func environment(_ base: [String: String]) -> [String: String] {
        var environment = base
        environment["TMPDIR"] = nil
        environment["HOME"] = Self.temporary
        return environment
    }

    /// Makes what folders are bound to, where the system is not the machine's own and lacks them.
    func prepare() throws(BuildError) {
        guard system != "/" else { return }
        for path in readable + writable { try Files.createDirectory(system + path) }
    }

    /// The program that makes the namespaces, not searched where a build could have put one of its own.
    static func program() throws(BuildError) -> String {
        for directory in ToolEnvironment.path.split(separator: ":") where Files.isFile("\(directory)/bwrap") {
            return "\(directory)/bwrap"
        }
        throw .toolMissing(.bubblewrap)
    }
}

extension BuildRoot {
    /// Where what came with the root's source runs.
    func sandbox(system: String = "/", writing folders: [String]) -> Sandbox {
        Sandbox(system: system, readable: [path], writable: folders)
    }
}
