// SPDX-License-Identifier: Apache-2.0

/// A release of Debian, by its code name.
package struct DebianRelease: Sendable, Hashable, Codable, CustomStringConvertible {
    package var name: String

    /// Reads a code name.
    ///
    /// - Throws: `BuildError.malformedSuite` for what no release is called.
    package init(parsing text: String) throws(BuildError) {
        let isName = !text.isEmpty && text.utf8.allSatisfy { (0x61...0x7A).contains($0) }
        guard isName else { throw .malformedSuite(text) }
        name = text
    }

    /// The release that a kernel says it was built for, as `6.12.107+deb13-cloud-amd64` does; nil if it says none.
    init?(ofKernel release: String) {
        guard let mark = release.firstRange(of: "+deb") else { return nil }
        let names = ["11": "bullseye", "12": "bookworm", "13": "trixie", "14": "forky"]
        guard let name = names[String(release[mark.upperBound...].prefix(while: \.isNumber))] else { return nil }
        self.init(name: name)
    }

    /// The release that this machine runs; what says nothing of itself is taken for Debian's latest.
    static var ofMachine: DebianRelease {
        let release = (try? Files.read("/etc/os-release")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let name = ArchiveEntry.codename(inRelease: release) ?? "stable"
        return (try? DebianRelease(parsing: name)) ?? DebianRelease(name: "stable")
    }

    private init(name: String) { self.name = name }

    package var description: String { name }
}
