// SPDX-License-Identifier: Apache-2.0

package import CivilTime

/// Which edition of a policy gave an answer (LP-0).
///
/// Policies may change without notice, and a case is handled by the one under which it began; so each answer carries its
/// own.
package struct PolicyVersion: Hashable, Sendable, Codable {
    /// The number, from 1.
    package var number: Int
    /// The day on which its contents were true.
    package var asOf: CalendarDay

    /// An edition.
    package init(number: Int, asOf: CalendarDay) {
        self.number = number
        self.asOf = asOf
    }
}

/// A text of a policy in the languages of its readers.
package struct PolicyText: Hashable, Sendable, Codable {
    /// The English text.
    package var english: String
    /// The Japanese text.
    package var japanese: String

    /// A text in both languages.
    package init(_ english: String, _ japanese: String) { (self.english, self.japanese) = (english, japanese) }

    private enum CodingKeys: String, CodingKey {
        case english = "en"
        case japanese = "ja"
    }
}

/// A clause of the service's terms, by the number under which it is tested: `LP-2.1-1`.
package struct Clause: RawRepresentable, Hashable, Sendable, Codable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    /// The systems of table 1.
    package static let coveredSystems = Clause(rawValue: "LP-2.1-1")
    /// No 32-bit systems.
    package static let noIA32 = Clause(rawValue: "LP-2.1-1a")
    /// Server hardware of x86-64, or a virtual machine like it.
    package static let hardware = Clause(rawValue: "LP-2.1-2")
    /// Installed by the system's own installer.
    package static let installer = Clause(rawValue: "LP-2.1-3")
    /// Or from an official image of a cloud.
    package static let image = Clause(rawValue: "LP-2.1-4")
    /// Three packages, and of some systems the kernel alone.
    package static let packages = Clause(rawValue: "LP-2.1-5")
    /// What is not listed is out of scope, also if it works.
    package static let unlisted = Clause(rawValue: "LP-2.1-※1")
    /// CentOS Stream is out of scope.
    package static let centOSStream = Clause(rawValue: "LP-2.1-※2")
    /// Minor versions from 0 to 10.
    package static let minorVersions = Clause(rawValue: "LP-2.1-※3")
    /// Oracle's own kernel is out of scope.
    package static let oracleUEK = Clause(rawValue: "LP-2.1-※4")
    /// Kernels derived from the package `kernel` are out of scope.
    package static let derivedKernels = Clause(rawValue: "LP-2.1-※5")
    /// When the service for a system ends.
    package static let endOfService = Clause(rawValue: "LP-5")
}
