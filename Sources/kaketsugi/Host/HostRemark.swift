// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput
import HostProtocol
import LinuxSystem
import ServicePolicy

/// A clause of the service's terms, and what it says of this host.
struct HostRemark: Encodable {
    var clause: String
    var en: String
    var ja: String
    var refuses: Bool

    /// What refuses the host, and then what its owner has not declared.
    static func all(_ eligibility: EligibilityAnswer) -> [HostRemark] {
        func remarks(_ list: [EligibilityAnswer.Remark], refuses: Bool) -> [HostRemark] {
            list.map { HostRemark(clause: $0.clause, en: $0.text.english, ja: $0.text.japanese, refuses: refuses) }
        }
        return remarks(eligibility.refusals, refuses: true) + remarks(eligibility.flags, refuses: false)
    }

    func text(in language: Language) -> String {
        TextLayout.wrapped("\(clause): \(language == .japanese ? ja : en)", indent: 2)
    }
}

/// A path as the daemon can use it, whatever folder it runs in.
func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : (environmentVariable("PWD") ?? "") + "/" + path
}
