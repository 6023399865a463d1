// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput
import HostAgent
import HostProtocol
import LivePatch
import ServicePolicy

extension HostStatus: Presentable {
    struct Report: Encodable {
        struct Lease: Encodable {
            var state: String
            var expires: String
            var graceEnds: String
            var products: [String]
            var contract: String
        }

        struct Target: Encodable {
            var target: String
            var buildID: String
            var level: Int
            var patch: String?
            var processes: Int
            var patched: Int
            var wantedLevel: Int?
            var action: String
            var reason: String
        }

        var schemaVersion = 1
        var status: String
        var code: Int32
        var server: String?
        var lastContact: String?
        var clockDifference: Int64?
        var clockBehindSeconds: Int64
        var off: String?
        var halted: String?
        var lease: Lease?
        var targets: [Target]
        var openCVEs: [String]
        var remarks: [HostRemark]
    }

    var report: Report {
        Report(
            status: word, code: grade.rawValue, server: state.registration?.server,
            lastContact: state.answer?.received.text, clockDifference: state.answer?.clockDifference,
            clockBehindSeconds: clock.secondsBehind, off: off.map(Self.place), halted: state.halt?.reason,
            lease: lease.map { lease, state in
                Report.Lease(
                    state: Self.word(of: state), expires: lease.lease.expires.text,
                    graceEnds: lease.lease.graceEnds.text, products: lease.products, contract: lease.contract)
            },
            targets: decisions.map { decision in
                let target = targets.first { $0.buildID == decision.buildID }
                return Report.Target(
                    target: decision.target, buildID: decision.buildID, level: decision.level,
                    patch: decision.patch?.description, processes: target?.processes ?? 0,
                    patched: target?.patched ?? 0, wantedLevel: decision.order?.level, action: decision.word,
                    reason: decision.text.english)
            },
            openCVEs: open, remarks: state.answer.map { HostRemark.all($0.eligibility) } ?? [])
    }

    private static func place(_ off: Situation.Switch) -> String {
        switch off {
        case .file(let path): path
        case .kernelCommandLine: "kaketsugi=off"
        }
    }

    private var word: String {
        switch grade {
        case .latest: "latest"
        case .nothingApplied: "nothing-applied"
        case .newerExists: "newer-exists"
        case .unsupported: "unsupported"
        }
    }

    private static func word(of state: Lease.State) -> String {
        switch state {
        case .early: "early"
        case .valid: "valid"
        case .grace: "grace"
        case .lapsed: "lapsed"
        }
    }

    func text(in language: Language) -> String {
        var lines = [HostText.hostGrade(grade.text).text(in: language)]
        func add(_ text: HostText) { lines.append(TextLayout.wrapped(text.text(in: language), indent: 0)) }
        if let server = state.registration?.server {
            add(.serverAndContact(server: server, contact: state.answer?.received.text))
        } else {
            add(.notRegistered)
        }
        if let (lease, state) = lease {
            add(
                .lease(
                    Self.word(of: state), until: (state == .grace ? lease.lease.graceEnds : lease.lease.expires).text))
        }
        if let off { lines.append(TextLayout.wrapped(Decision.Reason.off(off).text.text(in: language), indent: 0)) }
        if let halt = state.halt {
            lines.append(TextLayout.wrapped(Decision.Reason.halted(halt).text.text(in: language), indent: 0))
        }
        if clock.secondsBehind > 0 { add(.clockBehind(seconds: clock.secondsBehind)) }
        if let answer = state.answer, abs(answer.clockDifference) > 60 {
            add(.clockDiffers(seconds: answer.clockDifference))
        }
        for decision in decisions where decision.level > 0 || decision.order != nil {
            lines.append(
                TextLayout.padded(decision.target, to: 24) + "  " + HostText.levelNow(decision.level).text(in: language)
            )
            lines.append(TextLayout.wrapped(decision.text.text(in: language), indent: 4))
        }
        if !open.isEmpty { add(.openCVEs(open)) }
        if let answer = state.answer {
            lines += HostRemark.all(answer.eligibility).filter(\.refuses).map { $0.text(in: language) }
        }
        return lines.joined(separator: "\n")
    }
}

extension HostStatus.Grade {
    fileprivate var text: HostText.Grade {
        switch self {
        case .latest: .latest
        case .nothingApplied: .nothingApplied
        case .newerExists: .newerExists
        case .unsupported: .unsupported
        }
    }
}
