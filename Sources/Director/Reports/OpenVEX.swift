// SPDX-License-Identifier: Apache-2.0

internal import HostProtocol
package import JSON
package import ServicePolicy
package import ServiceStore
internal import UpdateFramework

/// A host's answer to "is this fixed in memory", as scanners read it: OpenVEX 0.2.0.
package enum OpenVEX {
    /// The document of a host.
    ///
    /// - Parameters:
    ///   - host: the host, as it last checked in.
    ///   - reports: what is in force on it.
    ///   - author: who states it, such as the operator's name.
    ///   - now: when it is stated.
    /// - Returns: The document; nil if there is nothing to state, since a document states something.
    package static func document(
        of host: HostRecord, _ reports: [TargetReport], author: String, at now: Moment
    ) -> JSONValue? {
        let statements = reports.flatMap { report in
            report.findings.map { statement(on: $0, of: report, host: host) }
        }
        guard !statements.isEmpty else { return nil }
        return .object([
            "@context": .string("https://openvex.dev/ns/v0.2.0"),
            "@id": .string("urn:kaketsugi:vex:\(host.id):\(max(host.progress.counter, 1))"),
            "author": .string(author), "timestamp": .string(text(now)),
            "version": .integer(max(host.progress.counter, 1)), "tooling": .string("kaketsugi-server"),
            "statements": .array(statements),
        ])
    }

    private static func statement(
        on finding: TargetReport.Finding, of report: TargetReport, host: HostRecord
    ) -> JSONValue {
        let target = report.target
        var object: JSONObject = [
            "vulnerability": .object(["name": .string(finding.vulnerability)]),
            "products": .array([
                .object([
                    "@id": .string("urn:kaketsugi:host:\(host.id)"),
                    "subcomponents": .array([.object(["@id": .string("urn:kaketsugi:build:\(target.buildID)")])]),
                ])
            ]),
            "timestamp": .string(text(host.progress.seen)),
            "status": .string(finding.isFixed ? "fixed" : "affected"),
            "status_notes": .string(
                "\(target.name): level \(target.level) is in force in \(target.patched) of \(target.processes) processes"
            ),
        ]
        if !finding.isFixed { object["action_statement"] = .string(action(on: finding, of: report)) }
        return .object(object)
    }

    private static func action(on finding: TargetReport.Finding, of report: TargetReport) -> String {
        guard let hold = finding.holds.first else {
            return "Apply level \(finding.level) or higher of \(report.product ?? report.target.name)."
        }
        return
            "Release the hold of \(hold.author) since \(text(hold.since)), and apply level \(finding.level) or higher."
    }

    private static func text(_ moment: Moment) -> String { UpdateTime(secondsSince1970: moment.seconds).description }
}
