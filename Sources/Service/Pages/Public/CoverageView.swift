// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import ServicePolicy

/// Which systems the service covers (LP-2.1-1b): the same table from which answers to hosts are made.
struct CoverageView: PageView {
    static let template = "coverage"

    /// A system.
    struct Row: Sendable {
        var name: String
        var provider: String
        var versions: String
        var packages: [String]
        var kernels: String
        var endOfService: String
        var clause: String
    }

    /// What is not covered.
    struct Exclusion: Sendable {
        var text: String
        var clause: String
    }

    let edition: String
    let rows: [Row]
    let exclusions: [Exclusion]

    init(_ policy: CoveragePolicy, _ language: PageLanguage) {
        edition =
            language == .japanese
            ? "対象範囲ポリシー第 \(policy.version.number) 版 (\(policy.version.asOf) 時点)。予告なく変更することがあります。"
            : "Coverage policy \(policy.version.number), as of \(policy.version.asOf). It may change without notice."
        rows = policy.rows.map { row in
            Row(
                name: row.name, provider: row.provider, versions: Self.versions(of: row),
                packages: row.packages.map(\.rawValue),
                kernels: row.kernels.map { $0.rawValue }.joined(separator: ", "),
                endOfService: row.endOfService.map { "\($0)" } ?? PublicText.undecided.text(in: language),
                clause: row.clause.rawValue)
        }
        exclusions = Self.excluded.map { Exclusion(text: language.text($0.text), clause: $0.clause.rawValue) }
    }

    private static func versions(of row: CoveragePolicy.Row) -> String {
        guard row.versionTitle.hasSuffix(".x"), let first = row.minors.first, let last = row.minors.last else {
            return row.versionTitle
        }
        return "\(row.major).\(first) – \(row.major).\(last)"
    }

    private static let excluded: [(text: PolicyText, clause: Clause)] = [
        (
            PolicyText(
                "What is not in the table, also if it happens to work.", "表にないもの。動作する場合も対象外です。"), .unlisted
        ),
        (PolicyText("CentOS Stream 8 and 9.", "CentOS Stream 8 および 9。"), .centOSStream),
        (PolicyText("32-bit systems (ia32).", "32 ビット (ia32) のシステム。"), .noIA32),
        (
            PolicyText(
                "Hardware that is neither a server of x86-64 nor a virtual machine like one.",
                "x86-64 のサーバーおよび同等の仮想マシン以外のハードウェア。"), .hardware
        ),
        (
            PolicyText("Oracle's own kernel (UEK).", "Oracle Unbreakable Enterprise Kernel (UEK)。"), .oracleUEK
        ),
        (
            PolicyText(
                "Kernels derived from the package kernel, such as kernel-rt, -ml and -lt.",
                "kernel-rt、-ml、-lt など、kernel パッケージから派生したカーネル。"), .derivedKernels
        ),
    ]

    /// The table for programs.
    static func json(_ policy: CoveragePolicy) throws -> [UInt8] {
        struct Document: Encodable {
            var schemaVersion = 1
            var policy: CoveragePolicy
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(Document(policy: policy)))
    }
}
