// SPDX-License-Identifier: Apache-2.0

import CivilTime
import Foundation
import Testing

@testable import ServicePolicy

/// Which systems the service covers (LP-2.1), with real names of systems and kernels.
@Suite struct CoverageTests {
    static let today = CalendarDay(number: 20_000)
    static let policy = CoveragePolicy.standard

    private func answer(
        _ system: RealSystem, _ policy: CoveragePolicy = Self.policy, change: (inout SystemFacts) -> Void = { _ in }
    ) -> Eligibility {
        var facts = system.facts
        change(&facts)
        return policy.eligibility(of: facts, on: Self.today)
    }

    private func system(_ osRelease: String, kernel: String) -> RealSystem {
        RealSystem(title: "", osRelease: osRelease, kernel: kernel)
    }

    @Test func `LP-2.1-1: the table has its fifteen rows, and the tests a real system for each`() {
        #expect(
            Self.policy.rows.map { "\($0.distribution.rawValue) \($0.major)" } == [
                "almalinux 9", "almalinux 8", "centos 8", "centos 7", "centos 6", "ol 9", "ol 8", "ol 7", "ol 6",
                "rocky 9", "rocky 8", "rhel 9", "rhel 8", "rhel 7", "rhel 6",
            ])
        #expect(Set(RealSystem.standard.map(\.title)) == Set(Self.policy.rows.map(\.title)))
    }

    @Test(arguments: RealSystem.standard)
    func `LP-2.1-1 and LP-2.1-5: each system of the table is covered, with its packages`(real: RealSystem) {
        let answer = answer(real)
        #expect(answer.isEligible && answer.refusals.isEmpty && answer.flags.isEmpty)
        #expect(answer.system == real.title)
        #expect(answer.covered == (real.title.hasSuffix("6.x") ? [.kernel] : [.kernel, .glibc, .openssl]))
        #expect(answer.policy == PolicyVersion(number: 1, asOf: CalendarDay("2023-12-01") ?? Self.today))
    }

    @Test func `LP-2.1-5: of a sixth version, glibc and openssl are refused with the clause`() {
        for decision in answer(RealSystem.standard[4]).packages where decision.package != .kernel {
            #expect(decision.refusal?.clause == .packages)
        }
    }

    @Test(arguments: [
        ("AlmaLinux", "almalinux", "10.0", "6.12.0-55.9.1.el10_0.x86_64"),
        ("CentOS Linux", "centos", "9", "5.14.0-362.el9.x86_64"),
        ("Rocky Linux", "rocky", "7.9", "3.10.0-1160.el7.x86_64"),
        ("Red Hat Enterprise Linux Server", "rhel", "5.11", "2.6.18-398.el5"),
        ("Fedora Linux", "fedora", "39", "6.6.7-200.fc39.x86_64"),
        ("openSUSE Leap", "opensuse-leap", "15.5", "5.14.21-150500.55.39-default"),
        ("Amazon Linux", "amzn", "2023", "6.1.66-91.160.amzn2023.x86_64"),
        ("CloudLinux", "cloudlinux", "8.9", "4.18.0-513.5.1.lve.el8.x86_64"),
        ("Debian GNU/Linux", "debian", "12", "6.1.0-18-amd64"),
    ])
    func `LP-2.1-※1: what is not in the table is refused, also if it would work`(
        name: String, id: String, version: String, kernel: String
    ) {
        let answer = answer(system("NAME=\"\(name)\"\nID=\"\(id)\"\nVERSION_ID=\"\(version)\"", kernel: kernel))
        #expect(!answer.isEligible && answer.refusals.map(\.clause) == [.unlisted] && answer.packages.isEmpty)
    }

    @Test func `LP-2.1-※1: a system that does not tell what it is is refused`() {
        for text in [nil, "", "ID=almalinux", "ID=almalinux\nVERSION_ID=nine"] as [String?] {
            let real = RealSystem(title: "", osRelease: text, kernel: "5.14.0-362.8.1.el9_3.x86_64")
            #expect(answer(real).refusals.map(\.clause) == [.unlisted])
        }
    }

    @Test(arguments: ["8", "9"])
    func `LP-2.1-※2: CentOS Stream is told apart from CentOS Linux`(version: String) {
        let stream = system(
            """
            NAME="CentOS Stream"
            VERSION="\(version)"
            ID="centos"
            ID_LIKE="rhel fedora"
            VERSION_ID="\(version)"
            PLATFORM_ID="platform:el\(version)"
            """, kernel: version == "8" ? "4.18.0-536.el8.x86_64" : "5.14.0-391.el9.x86_64")
        #expect(answer(stream).refusals.map(\.clause) == [.centOSStream])
        let older = RealSystem(title: "", systemRelease: "CentOS Stream release 8", kernel: "4.18.0-536.el8.x86_64")
        #expect(answer(older).refusals.map(\.clause) == [.centOSStream])
    }

    @Test(arguments: ["almalinux", "centos", "ol", "rocky", "rhel"])
    func `LP-2.1-※3: minor versions from 0 to 10`(id: String) {
        for minor in 0...12 {
            let real = system("NAME=x\nID=\(id)\nVERSION_ID=8.\(minor)", kernel: "4.18.0-553.el8_10.x86_64")
            let clauses = answer(real).refusals.map(\.clause)
            #expect(clauses == (minor <= 10 ? [] : [.minorVersions]), "8.\(minor)")
        }
    }

    @Test(arguments: [
        ("9.3", "5.15.0-200.131.27.el9uek.x86_64"), ("8.9", "5.15.0-200.131.27.el8uek.x86_64"),
        ("8.9", "5.4.17-2136.326.6.el8uek.x86_64"), ("7.9", "5.4.17-2136.325.5.1.el7uek.x86_64"),
        ("7.9", "4.14.35-2047.532.3.el7uek.x86_64"), ("6.10", "4.1.12-124.48.6.el6uek.x86_64"),
        ("6.10", "2.6.39-400.297.3.el6uek.x86_64"),
    ])
    func `LP-2.1-※4: Oracle's own kernel puts the system out of scope`(version: String, kernel: String) {
        let answer = answer(
            system("NAME=\"Oracle Linux Server\"\nID=\"ol\"\nVERSION_ID=\"\(version)\"", kernel: kernel))
        #expect(answer.refusals.map(\.clause) == [.oracleUEK] && !answer.isEligible)
    }

    @Test(arguments: [
        ("6.6.7-1.el9.elrepo.x86_64", "kernel-ml or kernel-lt"),
        ("6.1.68-1.el8.elrepo.x86_64", "kernel-ml or kernel-lt"),
        ("5.4.265-1.el7.elrepo.x86_64", "kernel-ml or kernel-lt"),
        ("3.10.0-1160.el7.centos.plus.x86_64", "kernel-plus"),
        ("4.18.0-348.7.1.el8_5.centos.plus.x86_64", "kernel-plus"),
        ("2.6.32-754.35.1.el6.centos.plus.x86_64", "kernel-plus"),
        ("5.14.0-362.8.1.el9_3.x86_64+rt", "kernel-rt"), ("4.18.0-513.5.1.rt7.307.el8_9.x86_64", "kernel-rt"),
        ("3.10.0-1160.108.1.rt56.1259.el7.x86_64", "kernel-rt"), ("5.14.0-362.8.1.el9_3.x86_64+debug", "kernel-debug"),
        ("2.6.32-754.el6.x86_64.debug", "kernel-debug"), ("5.14.0-362.8.1.el9_3.x86_64+rt-debug", "kernel-rt"),
        ("4.18.0-513.5.1.lve.el8.x86_64", "unknown"), ("4.18.0-500.el8_lustre.x86_64", "unknown"),
        ("4.18.0-372.el8_mine.x86_64", "unknown"), ("6.5.0-custom", "unknown"), ("", "unknown"),
    ])
    func `LP-2.1-※5: kernels derived from the package kernel are out of scope`(release: String, flavour: String) {
        #expect(KernelRelease(parsing: release).flavour.rawValue == flavour)
        for real in [RealSystem.standard[0], RealSystem.standard[1], RealSystem.standard[3]] {
            let answer = answer(real) { $0.kernel = KernelRelease(parsing: release) }
            #expect(answer.packages.first?.refusal?.clause == .derivedKernels)
            // The system's other packages are its own.
            #expect(answer.covered == [.glibc, .openssl])
        }
    }

    @Test func `LP-2.1-※5: what is said of another kernel tells what is expected, what there is, and what is left`()
        throws
    {
        let debian = answer(
            system("NAME=x\nID=debian\nVERSION_ID=\"12\"", kernel: "6.18.44-mine"), .additional)
        let text = try #require(debian.packages.first?.refusal?.text)
        #expect(
            text.english
                == "patches of the kernel are made for the kernels that Debian 12 ships in the flavours amd64 and "
                + "cloud-amd64; this host runs another one, 6.18.44-mine, so it is covered for glibc and openssl only")
        #expect(
            text.japanese == "カーネルのパッチの対象は Debian 12 標準のカーネル (amd64、cloud-amd64)です。"
                + "このホストのカーネルは 6.18.44-mine のため、対象は glibc、openssl のみです")
        let alma = answer(RealSystem.standard[0]) { $0.kernel = KernelRelease(parsing: "6.5.0-custom") }
        #expect(alma.packages.first?.refusal?.text.english.contains("ships in the package kernel; this host") == true)
        let old = try #require(RealSystem.standard.first { $0.title.hasSuffix("6.x") })
        let none = answer(old) { $0.kernel = KernelRelease(parsing: "6.5.0-custom") }
        #expect(none.packages.first?.refusal?.text.english.hasSuffix("so nothing of it is covered") == true)
    }

    @Test func `LP-2.1-5: a kernel of another system is no kernel of this one`() {
        let answer = answer(RealSystem.standard[0]) {
            $0.kernel = KernelRelease(parsing: "4.18.0-513.5.1.el8_9.x86_64")
        }
        #expect(answer.packages.first?.refusal?.clause == .packages && answer.covered == [.glibc, .openssl])
    }

    @Test(arguments: ["i386", "i486", "i586", "i686"])
    func `LP-2.1-1a: 32-bit systems are refused`(machine: String) {
        for real in RealSystem.standard {
            #expect(answer(real) { $0.machine = machine }.refusals.map(\.clause) == [.noIA32])
        }
    }

    @Test(arguments: ["aarch64", "ppc64le", "s390x", ""])
    func `LP-2.1-2: other machines are refused`(machine: String) {
        #expect(answer(RealSystem.standard[0]) { $0.machine = machine }.refusals.map(\.clause) == [.hardware])
    }

    @Test func `LP-2.1-2 to LP-2.1-4: what is declared otherwise, or not at all, is flagged and not refused`() {
        for hardware in [SystemFacts.Hardware.other, .undeclared] {
            let answer = answer(RealSystem.standard[0]) { $0.hardware = hardware }
            #expect(answer.flags.map(\.clause) == [.hardware] && answer.isEligible)
        }
        for origin in [SystemFacts.InstallOrigin.vendorImage, .partnerImage, .installer] {
            #expect(answer(RealSystem.standard[0]) { $0.origin = origin }.flags.isEmpty)
        }
        #expect(answer(RealSystem.standard[0]) { $0.origin = .undeclared }.flags.map(\.clause) == [.installer])
        #expect(answer(RealSystem.standard[0]) { $0.origin = .other }.flags.map(\.clause) == [.image])
    }

    @Test(arguments: RealSystem.additional)
    func `Debian and Ubuntu are covered by the additional table, and only by it`(real: RealSystem) {
        #expect(!answer(real).isEligible)
        let answer = answer(real, Self.policy.joined(with: .additional))
        #expect(answer.system == real.title && answer.refusals.isEmpty)
        #expect(answer.covered == [.kernel, .glibc, .openssl])
    }

    @Test(arguments: [
        ("debian", "12", "6.1.0-18-rt-amd64"), ("debian", "12", "6.5.0-0.deb12.4-amd64"),
        ("debian", "12", "6.12.12+bpo-amd64"), ("debian", "12", "6.1.0-18-686-pae"),
        ("ubuntu", "22.04", "5.15.0-1051-aws"),
        ("ubuntu", "22.04", "5.15.0-91-lowlatency"), ("debian", "12", "5.15.0-91-generic"),
        ("debian", "12", "5.14.0-362.8.1.el9_3.x86_64"), ("ubuntu", "22.04", "6.1.0-18-amd64"),
    ])
    func `other kernels of Debian and Ubuntu are no kernel of the table`(id: String, version: String, kernel: String) {
        let answer = answer(
            system("NAME=x\nID=\(id)\nVERSION_ID=\"\(version)\"", kernel: kernel), .additional)
        #expect(answer.covered == [.glibc, .openssl])
    }

    @Test func `an Ubuntu between two long-term releases is not covered`() {
        let answer = answer(
            system("NAME=Ubuntu\nID=ubuntu\nVERSION_ID=\"22.10\"", kernel: "5.19.0-46-generic"), .additional)
        #expect(answer.refusals.map(\.clause) == [.minorVersions])
    }

    @Test func `every remark is there in both languages`() {
        var answers = RealSystem.additional.map { answer($0) }
        answers.append(
            answer(RealSystem.standard[4]) { ($0.machine, $0.hardware, $0.origin) = ("i686", .other, .other) })
        answers.append(
            answer(RealSystem.standard[0]) { $0.kernel = KernelRelease(parsing: "6.6.7-1.el9.elrepo.x86_64") })
        let remarks = answers.flatMap { $0.refusals + $0.flags + $0.packages.compactMap(\.refusal) }
        #expect(remarks.count > 10)
        for remark in remarks {
            #expect(!remark.text.english.isEmpty && remark.text.english.utf8.allSatisfy { $0 < 0x80 || $0 > 0x80 })
            #expect(remark.text.japanese.unicodeScalars.contains { $0.value > 0x3040 })
        }
    }

    @Test func `LP-2.1-1b: the policy is one document, and comes back from JSON as it went in`() throws {
        let policy = Self.policy.joined(with: .additional)
        let data = try JSONEncoder().encode(policy)
        #expect(try JSONDecoder().decode(CoveragePolicy.self, from: data) == policy)
        let answer = answer(RealSystem.standard[0])
        #expect(try JSONDecoder().decode(Eligibility.self, from: try JSONEncoder().encode(answer)) == answer)
    }

    @Test func `LP-5: after its last day a system is refused, and notices come 180, 90 and 30 days before`() throws {
        var policy = Self.policy
        let end = try #require(CalendarDay("2027-06-30"))
        policy.rows[0].endOfService = end
        func clauses(_ day: CalendarDay) -> [Clause] {
            policy.eligibility(of: RealSystem.standard[0].facts, on: day).refusals.map(\.clause)
        }
        #expect(clauses(end) == [] && clauses(end.adding(days: 1)) == [.endOfService])
        let notices = EndOfServiceNotices().notices(of: policy)
        #expect(notices.map(\.day.description) == ["2027-01-01", "2027-04-01", "2027-05-31"])
        #expect(notices.map(\.daysBefore) == [180, 90, 30])
        func due(_ last: String, _ today: String) throws -> [Int] {
            EndOfServiceNotices().due(
                of: policy, after: try #require(CalendarDay(last)), upTo: try #require(CalendarDay(today))
            ).map(\.daysBefore)
        }
        #expect(try due("2026-12-31", "2027-01-01") == [180])
        #expect(try due("2027-01-01", "2027-01-02") == [])
        // Nobody looked for months.
        #expect(try due("2026-12-31", "2027-05-31") == [180, 90, 30])
        #expect(try due("2026-12-31", "2027-07-01") == [])
    }
}
