// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import Glibc
import ServicePolicy

/// `kaketsugi-server coverage`: shows which systems the service covers, or whether it covers one.
struct CoverageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coverage",
        abstract: "Show which systems the service covers, or whether it covers one, and why not.",
        discussion: """
            Exit codes: 0 the table was shown, or something of the system is covered; 3 nothing of the system is \
            covered; 64 the command line is wrong.
            """)

    @Option(
        name: .long, help: ArgumentHelp("A system's /etc/os-release, to ask about the system.", valueName: "file"),
        completion: .file())
    var osRelease: String?

    @Option(
        name: .long, help: ArgumentHelp("Its /etc/system-release, where it is older or tells more.", valueName: "file"),
        completion: .file())
    var systemRelease: String?

    @Option(help: ArgumentHelp("What uname -r says there.", valueName: "release"))
    var kernel: String?

    @Option(help: ArgumentHelp("What uname -m says there.", valueName: "machine"))
    var machine = "x86_64"

    @Flag(help: "Leave out the additional table, of Debian and Ubuntu.")
    var standardOnly = false

    @OptionGroup var output: OutputOptions

    mutating func validate() throws {
        guard (kernel != nil) == (osRelease != nil || systemRelease != nil) else {
            throw ValidationError("To ask about a system, give --kernel, and --os-release or --system-release.")
        }
    }

    mutating func run() throws {
        let standard = CoveragePolicy.standard
        let policy = standardOnly ? standard : standard.joined(with: .additional)
        guard let kernel else { return try output.show(CoverageReport(policy: policy)) }
        func text(_ path: String?) throws -> String? {
            try path.map { String(decoding: try read($0, limit: 1 << 16), as: UTF8.self) }
        }
        let facts = SystemFacts(
            system: OperatingSystem(
                try text(osRelease).map { OSRelease(parsing: $0) }, systemRelease: try text(systemRelease)),
            kernel: KernelRelease(parsing: kernel), machine: machine)
        let today = Moment(seconds: Int64(time(nil))).dayInTokyo
        let answer = policy.eligibility(of: facts, on: today)
        try output.show(EligibilityReport(answer: answer))
        guard answer.isEligible else { throw ExitCode.refused }
    }
}

/// The table of covered systems.
struct CoverageReport: Presentable {
    let policy: CoveragePolicy

    /// The JSON of the table.
    struct Report: Encodable {
        var schemaVersion = 1
        var policy: CoveragePolicy
    }

    var report: Report { Report(policy: policy) }

    func text(in language: Language) -> String {
        let rows = policy.rows.map { row in
            [
                row.title, row.packages.map(\.rawValue).joined(separator: ", "),
                row.endOfService.map { ServerText.serviceEnds("\($0)").text(in: language) } ?? "",
            ]
        }
        let edition = ServerText.edition(policy.version.number, asOf: "\(policy.version.asOf)").text(in: language)
        return edition + "\n" + TextLayout.table(rows, limit: 34)
    }
}

/// Whether a system is covered.
struct EligibilityReport: Presentable {
    let answer: Eligibility

    /// The JSON of an answer.
    struct Report: Encodable {
        var schemaVersion = 1
        var isEligible: Bool
        var covered: [String]
        var answer: Eligibility
    }

    var report: Report {
        Report(isEligible: answer.isEligible, covered: answer.covered.map(\.rawValue), answer: answer)
    }

    func text(in language: Language) -> String {
        let edition = ServerText.edition(answer.policy.number, asOf: "\(answer.policy.asOf)").text(in: language)
        let covered = ServerText.covered(answer.covered.map(\.rawValue), system: answer.system).text(in: language)
        let remarks = answer.refusals + answer.packages.compactMap(\.refusal) + answer.flags
        let lines = remarks.map { remark in
            let text = language == .japanese ? remark.text.japanese : remark.text.english
            return TextLayout.wrapped("\(remark.clause.rawValue): \(text)", indent: 3)
        }
        return ([TextLayout.wrapped(covered, indent: 0)] + lines + [edition]).joined(separator: "\n")
    }
}
