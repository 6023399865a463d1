// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput
import ELF
import PatchBuilder

/// What `prepare` ends with.
struct PreparedRootText: Presentable {
    var root: PreparedRoot

    var report: PreparedRootReport { PreparedRootReport(root) }

    func text(in language: Language) -> String {
        let rows = [
            "\(root.name)\(root.asked.map { ", the nearest to \($0), which the archive no longer offers" } ?? "")",
            row("root", root.path), row("system", root.system),
            row("size", "\(ByteSize(count: root.size))"),
            row("compiler", root.compiler), row("commands", "\(root.commands) known"),
        ]
        let targets = root.targets.enumerated().map { position, target in
            let package = target.package.map { "  (\($0))" } ?? ""
            let identity = target.buildID?.description ?? "no build ID"
            let rebuild = target.isRebuilt.map { $0 ? "  rebuilt here" : "  differs when rebuilt here" } ?? ""
            return row(position == 0 ? "targets" : "", "\(target.name)  \(identity)\(package)\(rebuild)")
        }
        return (rows + targets).map(TextLayout.harmless).joined(separator: "\n")
    }

    private func row(_ label: String, _ value: String) -> String {
        "  " + label + String(repeating: " ", count: max(1, 10 - label.count)) + value
    }
}

/// What `prepare --json` prints.
struct PreparedRootReport: Encodable {
    struct Target: Encodable {
        var name: String
        var path: String
        var buildID: String?
        var package: String?
        /// Whether a build of the whole source made this very file; absent if there was no such build.
        var isRebuilt: Bool?
    }

    /// The layout of this report.
    var schemaVersion = 1
    var name: String
    /// What was asked for, if this is the nearest version to one that has left the archive.
    var asked: String?
    var path: String
    /// What builds see as `/`: the machine's own, or another release's.
    var system: String
    /// In bytes.
    var size: UInt64
    var compiler: String
    /// The number of compile commands that are known.
    var commands: Int
    var targets: [Target]

    init(_ root: PreparedRoot) {
        name = root.name
        asked = root.asked
        path = root.path
        system = root.system
        size = root.size
        compiler = root.compiler
        commands = root.commands
        targets = root.targets.map {
            Target(
                name: $0.name, path: $0.path, buildID: $0.buildID?.description, package: $0.package,
                isRebuilt: $0.isRebuilt)
        }
    }
}
