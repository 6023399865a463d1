// SPDX-License-Identifier: Apache-2.0

/// A distribution, by its `ID` in os-release.
package struct Distribution: RawRepresentable, Hashable, Sendable, Codable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    /// AlmaLinux.
    package static let almaLinux = Distribution(rawValue: "almalinux")
    /// CentOS Linux; CentOS Stream has the same `ID`.
    package static let centOS = Distribution(rawValue: "centos")
    /// Oracle Linux.
    package static let oracleLinux = Distribution(rawValue: "ol")
    /// Rocky Linux.
    package static let rockyLinux = Distribution(rawValue: "rocky")
    /// Red Hat Enterprise Linux.
    package static let redHat = Distribution(rawValue: "rhel")
    /// Debian.
    package static let debian = Distribution(rawValue: "debian")
    /// Ubuntu.
    package static let ubuntu = Distribution(rawValue: "ubuntu")
}

/// A system and its version, as its own files tell.
package struct OperatingSystem: Hashable, Sendable {
    /// The distribution.
    package var distribution: Distribution
    /// Its name for people.
    package var name: String
    /// The first number of the version.
    package var major: Int?
    /// The second; nil where the files do not tell, as those of CentOS Linux.
    package var minor: Int?
    /// Whether it is CentOS Stream, which has the `ID` of CentOS Linux.
    package var isStream: Bool

    /// A system by os-release, and by the older file where there is one.
    ///
    /// - Parameters:
    ///   - release: `/etc/os-release`; nil where there is none, as in the sixth versions of RHEL and CentOS.
    ///   - systemRelease: the line of `/etc/system-release`, which tells the minor version where os-release does not.
    package init?(_ release: OSRelease?, systemRelease: String? = nil) {
        let older = systemRelease.flatMap(Self.older)
        guard let release else {
            guard let older else { return nil }
            self = older
            return
        }
        distribution = Distribution(rawValue: release.id)
        name = release.name
        // "CentOS Stream", also where a derivative added words.
        isStream = release.name.split(separator: " ").contains("Stream") || older?.isStream == true
        let numbers = Self.numbers(release.versionID ?? "")
        (major, minor) = (numbers.first, numbers.dropFirst().first)
        if minor == nil, let older, older.distribution == distribution, older.major == major { minor = older.minor }
    }

    /// `CentOS Linux release 7.9.2009 (Core)`, `Red Hat Enterprise Linux Server release 6.10 (Santiago)`.
    private static func older(_ line: String) -> OperatingSystem? {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard let place = words.firstIndex(of: "release"), place > 0, place + 1 < words.count else { return nil }
        let name = words[..<place].joined(separator: " ")
        let names: [(String, Distribution)] = [
            ("AlmaLinux", .almaLinux), ("CentOS", .centOS), ("Oracle Linux", .oracleLinux),
            ("Rocky Linux", .rockyLinux), ("Red Hat Enterprise Linux", .redHat),
        ]
        guard let distribution = names.first(where: { name.hasPrefix($0.0) })?.1 else { return nil }
        return OperatingSystem(
            distribution: distribution, name: name, isStream: words[..<place].contains("Stream"),
            numbers: numbers(String(words[place + 1])))
    }

    private init(distribution: Distribution, name: String, isStream: Bool, numbers: [Int]) {
        self.distribution = distribution
        self.name = name
        self.isStream = isStream
        (major, minor) = (numbers.first, numbers.dropFirst().first)
    }

    /// The numbers before the first part that is none.
    private static func numbers(_ version: String) -> [Int] {
        var numbers: [Int] = []
        for part in version.split(separator: ".", omittingEmptySubsequences: false) {
            guard part.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let number = Int(part)
            else { break }
            numbers.append(number)
        }
        return numbers
    }
}
