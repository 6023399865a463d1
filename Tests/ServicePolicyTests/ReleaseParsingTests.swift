// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ServicePolicy

/// The files in which systems say what they are.
@Suite struct ReleaseParsingTests {
    @Test(arguments: [
        ("ID=debian", "debian"), ("ID=\"debian\"", "debian"), ("ID='debian'", "debian"), ("  ID=debian  ", "debian"),
        ("ID=deb\"ia\"'n'", "debian"), ("ID=deb\\ian", "debian"), ("ID=\"a\\\"b\\$c\\`d\\\\e\\f\"", "a\"b$c`d\\e\\f"),
        ("ID='a\\b'", "a\\b"), ("ID=", ""), ("ID=\"\"", ""), ("ID=debian\r", "debian"), ("# ID=x\nID=y", "y"),
        ("ID=x\nID=y", "y"), ("\n\nID=\"日本語\"", "日本語"), ("ID=a=b", "a=b"),
    ])
    func `values are read as a shell reads them`(text: String, id: String) {
        #expect(OSRelease(parsing: text).id == id)
    }

    @Test(arguments: [
        "", "#ID=x", "ID", "=x", "I D=x", "ID=\"x", "ID='x", "ID=x\\", "ID=\"x\\", "ID=x y", "export ID=x", "ID =x",
    ])
    func `lines that are no assignment are left out`(text: String) {
        let release = OSRelease(parsing: text)
        #expect(release.id == "linux" && release.name == "Linux" && release.versionID == nil)
    }

    @Test func `any bytes are read without harm`() {
        var random = SystemRandomNumberGenerator()
        let alphabet = Array("ID=\"'\\ \n#_.V8éx")
        for _ in 0..<2000 {
            let text = String((0..<Int.random(in: 0..<40, using: &random)).map { _ in alphabet.randomElement() ?? "x" })
            let release = OSRelease(parsing: text)
            _ = OperatingSystem(release, systemRelease: text)
            _ = KernelRelease(parsing: text)
        }
    }

    @Test func `versions that are too large or none are no numbers`() {
        for version in ["99999999999999999999", "", ".", "-1", "x", "9x"] {
            let system = OperatingSystem(OSRelease(parsing: "ID=rhel\nVERSION_ID=\"\(version)\""))
            #expect(system?.major == nil)
        }
        #expect(KernelRelease(parsing: "5.14.0-1.el99999999999999999999.x86_64").origin == .other)
    }

    @Test func `the older file tells the minor version, if it is of the same system`() {
        let release = OSRelease(parsing: "NAME=\"CentOS Linux\"\nID=centos\nVERSION_ID=7")
        #expect(OperatingSystem(release)?.minor == nil)
        #expect(OperatingSystem(release, systemRelease: "CentOS Linux release 7.9.2009 (Core)")?.minor == 9)
        #expect(OperatingSystem(release, systemRelease: "CentOS Linux release 8.5.2111")?.minor == nil)
        #expect(OperatingSystem(release, systemRelease: "Rocky Linux release 7.9")?.minor == nil)
        for line in ["", "release", "release 7", "CentOS release", "Fedora release 39 (Thirty Nine)"] {
            #expect(OperatingSystem(nil, systemRelease: line) == nil)
        }
    }

    @Test(
        arguments: [
            ("5.14.0-362.8.1.el9_3.x86_64", 9, 3), ("4.18.0-553.el8_10.x86_64", 8, 10),
            ("3.10.0-1160.el7.x86_64", 7, nil),
            ("2.6.32-754.35.1.el6.i686", 6, nil), ("5.15.0-200.131.27.el9uek.x86_64", 9, nil),
        ] as [(String, Int, Int?)])
    func `a kernel tells the system for which it was built`(text: String, major: Int, minor: Int?) {
        #expect(KernelRelease(parsing: text).origin == .enterpriseLinux(major: major, minor: minor))
    }
}
