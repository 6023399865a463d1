// SPDX-License-Identifier: Apache-2.0

/// What on this machine keeps a user from making namespaces.
package enum SandboxObstacle: Sendable, Equatable {
    /// A kernel setting has a value that forbids it.
    case setting(name: String, value: Int, wanted: String)
    /// Nothing that the kernel tells; a container's own rules, for example.
    case unknown

    /// Looks for it.
    static func find() -> SandboxObstacle {
        let settings = [
            ("user.max_user_namespaces", 0, "10000"), ("kernel.unprivileged_userns_clone", 0, "1"),
            ("kernel.apparmor_restrict_unprivileged_userns", 1, "0"),
        ]
        for (name, forbidding, wanted) in settings {
            let path = "/proc/sys/" + name.replacing(".", with: "/")
            guard let text = try? Files.read(path) else { continue }
            let value = Int(String(decoding: text, as: UTF8.self).filter { !$0.isWhitespace })
            if value == forbidding { return .setting(name: name, value: forbidding, wanted: wanted) }
        }
        return .unknown
    }
}

extension SandboxObstacle: CustomStringConvertible {
    package var description: String {
        switch self {
        case .setting(let name, let value, let wanted):
            "\(name) is \(value) on this machine; allow it with ‘sysctl -w \(name)=\(wanted)’"
        case .unknown:
            "if this is a container, start it with rules that let it make user namespaces and mount /proc, or build "
                + "outside of it"
        }
    }
}

extension SandboxObstacle {
    /// What bubblewrap said of itself, if that is why a call failed: what it could not do, and not what it ran.
    ///
    /// - Returns: The error that says so, or nil if the tool itself failed.
    static func explain(_ lastLines: [String], tool: Tool) -> BuildError? {
        guard let line = lastLines.last, line.hasPrefix("bwrap: ") else { return nil }
        if line.hasPrefix("bwrap: execvp "), line.hasSuffix("No such file or directory") { return .toolMissing(tool) }
        let reason = String(line.dropFirst("bwrap: ".count))
        // A folder that went away meanwhile: nothing that the machine forbids.
        let missing = "Can't find source path "
        guard !reason.hasPrefix(missing) else {
            let parts = reason.dropFirst(missing.count).split(separator: ": ", maxSplits: 1).map(String.init)
            return .fileSystem(.read, path: parts.first ?? "", reason: parts.last ?? "")
        }
        return .sandboxUnavailable(reason: reason, find())
    }
}
