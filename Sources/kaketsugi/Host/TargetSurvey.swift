// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput
import HostProtocol
import JSON
import LinuxSystem
import LivePatch
import ProcessPatcher

/// What the processes of the machine use of the files that are told of, and what they have of it.
struct TargetSurvey {
    /// A target for each build.
    private(set) var targets: [CheckIn.Target] = []

    /// Looks at all processes but those that are left alone.
    init(patterns: [String], exclusions: Exclusions) throws {
        let patterns = patterns.map(FilePattern.init)
        let processes = try searching { () throws(PatchError) in try Discovery.processes() }
        var found: [String: CheckIn.Target] = [:]
        for uses in reportInParallel(processes, { Self.uses(of: $0, patterns, exclusions) }) {
            for use in uses {
                guard var target = found[use.buildID] else {
                    found[use.buildID] = use
                    continue
                }
                target.processes += 1
                target.patched += use.patched
                // The lowest level counts: a target is fixed when all that use it are.
                if use.level < target.level || target.patch == nil && use.level == target.level {
                    (target.level, target.patch) = (use.level, use.patch)
                }
                found[use.buildID] = target
            }
        }
        if let kernel = KernelUse(patterns).target { found[kernel.buildID] = kernel }
        targets = found.values.sorted { ($0.name, $0.buildID) < ($1.name, $1.buildID) }
    }

    /// What one process uses; nothing if it has ended or may not be looked into.
    private static func uses(
        of process: ProcessID, _ patterns: [FilePattern], _ exclusions: Exclusions
    ) -> [CheckIn.Target] {
        guard let view = try? ProcessView(of: process, writable: false), let files = try? view.files(),
            let identity = try? ProcessIdentity(of: process), exclusions.reason(to: identity) == nil
        else { return [] }
        let records = ((try? view.records()) ?? []).filter(\.isInForce)
        var uses: [String: CheckIn.Target] = [:]
        for file in files {
            let record = records.filter { $0.loadBias == file.loadBias }.max { $0.manifest.level < $1.manifest.level }
            let name = fileName(file.path)
            guard let buildID = file.buildID.map({ "\($0)" }), (2...128).contains(buildID.utf8.count),
                record != nil || patterns.contains(where: { $0.matches(name) }), uses[buildID] == nil
            else { continue }
            uses[buildID] = CheckIn.Target(
                name: record?.manifest.target.name ?? name, buildID: buildID, processes: 1,
                level: record?.manifest.level ?? 0, patch: record?.patch, patched: record == nil ? 0 : 1)
        }
        return Array(uses.values)
    }

    private static func fileName(_ path: String) -> String {
        let path = path.hasSuffix(" (deleted)") ? String(path.dropLast(10)) : path
        return path.split(separator: "/").last.map(String.init) ?? ""
    }

    /// The survey for the program that has asked for it.
    var json: String {
        let value = JSONValue.object([
            "schemaVersion": .integer(1), "targets": .array(targets.prefix(CheckIn.limit).map(\.value)),
        ])
        return String(decoding: value.compactText, as: UTF8.self)
    }
}
