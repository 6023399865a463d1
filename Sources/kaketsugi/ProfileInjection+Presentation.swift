// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput
import LinuxSystem
import LivePatch
import PerfData

extension ProfileInjection: Presentable {
    /// The JSON of `perf-inject`.
    struct Report: Encodable {
        struct Entry: Encodable {
            var pid: Int32
            var patch: String
            var level: Int
            var target: String
            var codeAddress: String
            var file: String
        }
        struct Unknown: Encodable {
            var pid: Int32
            var address: String
        }

        var schemaVersion = 1
        var command = "perf-inject"
        var output: String?
        var patches: [Entry]
        var unknown: [Unknown]
        var forbidden: [Int32]
    }

    var report: Report {
        Report(
            output: patches.isEmpty ? nil : profile,
            patches: patches.map { found in
                Report.Entry(
                    pid: found.memory.process, patch: found.patch.description, level: found.manifest.level,
                    target: found.manifest.target.name, codeAddress: found.memory.textAddress, file: found.file)
            },
            unknown: unknown.map { Report.Unknown(pid: $0.process, address: $0.textAddress) },
            forbidden: forbidden.map(\.rawValue))
    }

    func text(in language: Language) -> String {
        var lines: [String] = []
        if patches.isEmpty {
            lines.append(TextLayout.wrapped(Text.noPatchInProfile.text(in: language), indent: 0))
        } else {
            let headings: [Text.Heading] = [.process, .patch, .level, .address, .target]
            let rows = patches.map { found in
                [
                    String(found.memory.process), found.patch.short, String(found.manifest.level),
                    found.memory.textAddress, found.manifest.target.name,
                ]
            }
            lines.append(TextLayout.table([headings.map { Text.heading($0).text(in: language) }] + rows))
            lines.append(TextLayout.wrapped(Text.profileWritten(profile, folder: folder).text(in: language), indent: 0))
        }
        if !unknown.isEmpty {
            let text = Text.unknownPatchMemory(processes: Set(unknown.map(\.process)).sorted())
            lines.append(TextLayout.wrapped(text.text(in: language), indent: 0))
        }
        if !forbidden.isEmpty, !Privilege.mayTraceOthers {
            lines.append(Text.forbidden(count: forbidden.count).text(in: language))
        }
        return lines.joined(separator: "\n")
    }
}

extension PatchMemory {
    fileprivate var textAddress: String { "0x" + String(text.lowerBound, radix: 16) }
}
