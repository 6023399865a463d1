// SPDX-License-Identifier: Apache-2.0

package import CivilTime

/// Whether the service covers a system, and why or why not.
package struct Eligibility: Hashable, Sendable, Codable {
    /// A rule that had something to say.
    package struct Remark: Hashable, Sendable, Codable {
        /// The clause.
        package var clause: Clause
        /// What it says here.
        package var text: PolicyText
    }

    /// What holds of a package.
    package struct Decision: Hashable, Sendable, Codable {
        /// The package.
        package var package: CoveragePolicy.Package
        /// The rule that refuses it; nil if it is covered.
        package var refusal: Remark?
    }

    /// The edition of the policy that was asked.
    package var policy: PolicyVersion
    /// The system of the table; nil if it is none of them.
    package var system: String?
    /// The rules that refuse the system as a whole.
    package var refusals: [Remark]
    /// What holds of each package, if the system is not refused.
    package var packages: [Decision]
    /// What the owner has not declared, or declared in a way that the terms do not have.
    package var flags: [Remark]

    /// Whether anything is covered.
    package var isEligible: Bool { refusals.isEmpty && packages.contains { $0.refusal == nil } }

    /// The packages that are covered.
    package var covered: [CoveragePolicy.Package] {
        refusals.isEmpty ? packages.filter { $0.refusal == nil }.map(\.package) : []
    }
}

extension CoveragePolicy {
    /// Answers whether a system is covered.
    ///
    /// That something would work is no reason (LP-2.1-※1): only the table counts.
    package func eligibility(of facts: SystemFacts, on day: CalendarDay) -> Eligibility {
        var answer = Eligibility(policy: version, system: nil, refusals: [], packages: [], flags: flags(facts))
        if let refusal = refusalOfMachine(facts.machine) { answer.refusals.append(refusal) }
        switch row(for: facts.system) {
        case .failure(let refusal): answer.refusals.append(refusal)
        case .success(let row):
            answer.system = row.title
            if facts.kernel.flavour == .uek {
                answer.refusals.append(
                    .init(
                        .oracleUEK, "Oracle's Unbreakable Enterprise Kernel is out of scope",
                        "Oracle Linux UEK Release は対象外です"))
            }
            if let end = row.endOfService, day > end {
                answer.refusals.append(
                    .init(
                        .endOfService, "the service for \(row.title) ended on \(end)",
                        "\(row.title) へのサービス提供は \(end) に終了しました"))
            }
            answer.packages = Package.allCases.map { decision(on: $0, of: row, facts.kernel) }
        }
        if !answer.refusals.isEmpty { answer.packages = [] }
        return answer
    }

    /// What is unsuccessful about finding the row of a system.
    private enum Found {
        case success(Row)
        case failure(Eligibility.Remark)
    }

    private func row(for system: OperatingSystem?) -> Found {
        guard let system, let major = system.major else {
            return .failure(
                .init(.unlisted, "the system does not tell what it is", "システムの種類とバージョンを特定できません"))
        }
        if system.isStream {
            return .failure(.init(.centOSStream, "CentOS Stream is out of scope", "CentOS Stream は対象外です"))
        }
        let version = "\(major)" + (system.minor.map { ".\($0)" } ?? "")
        guard let row = rows.first(where: { $0.distribution == system.distribution && $0.major == major }) else {
            return .failure(
                .init(
                    .unlisted,
                    "\(system.name) \(version) is not in the table of covered systems, even if it should work",
                    "\(system.name) \(version) は対象 OS の表にありません。動作する場合でも対象外です"))
        }
        if let minor = system.minor, !row.covers(minor: minor) {
            let range = row.minors.map(String.init).joined(separator: "–")
            return .failure(
                .init(
                    .minorVersions,
                    "of \(row.name) \(major), the minor versions \(range) are covered, and \(minor) is not",
                    "\(row.name) \(major) の対象マイナーバージョンは \(range) です (\(minor) は対象外)"))
        }
        return .success(row)
    }

    private func refusalOfMachine(_ machine: String) -> Eligibility.Remark? {
        switch machine {
        case "x86_64", "amd64": nil
        case "i386", "i486", "i586", "i686":
            .init(.noIA32, "32-bit systems (\(machine)) are out of scope", "ia32 (32bit) アーキテクチャ (\(machine)) は対象外です")
        default:
            .init(.hardware, "\(machine) is out of scope; x86_64 is covered", "\(machine) は対象外です (対象は x86_64)")
        }
    }

    private func decision(on package: Package, of row: Row, _ kernel: KernelRelease) -> Eligibility.Decision {
        guard row.packages.contains(package) else {
            let names = row.packages.map(\.rawValue).joined(separator: ", ")
            return .init(
                package: package,
                refusal: .init(
                    .packages, "of \(row.title), these packages are covered: \(names)",
                    "\(row.title) の対象パッケージは \(names) のみです"))
        }
        guard package == .kernel else { return .init(package: package, refusal: nil) }
        guard row.kernels.contains(kernel.flavour) else {
            return .init(package: package, refusal: row.refusal(ofDerived: kernel))
        }
        guard row.isOrigin(kernel.origin) else {
            return .init(
                package: package,
                refusal: .init(
                    .packages, "\(kernel.text) is not a kernel of \(row.title)",
                    "\(kernel.text) は \(row.title) のカーネルではありません"))
        }
        return .init(package: package, refusal: nil)
    }

    private func flags(_ facts: SystemFacts) -> [Eligibility.Remark] {
        var flags: [Eligibility.Remark] = []
        switch facts.hardware {
        case .server, .virtual: break
        case .undeclared:
            flags.append(
                .init(.hardware, "nobody has declared what hardware it is", "ハードウェアの種類が申告されていません"))
        case .other:
            flags.append(
                .init(
                    .hardware, "the hardware is declared to be neither a server nor a virtual machine like one",
                    "サーバー用ハードウェアまたは準ずる仮想基盤ではないと申告されています"))
        }
        switch facts.origin {
        case .installer, .vendorImage, .partnerImage: break
        case .undeclared:
            flags.append(
                .init(.installer, "nobody has declared how it was installed", "導入方法が申告されていません"))
        case .other:
            flags.append(
                .init(
                    .image, "it was installed neither by its own installer nor from an official image",
                    "標準インストーラーまたは公式イメージによる導入ではありません"))
        }
        return flags
    }
}

extension Eligibility.Remark {
    init(_ clause: Clause, _ english: String, _ japanese: String) {
        self.init(clause: clause, text: PolicyText(english, japanese))
    }
}
