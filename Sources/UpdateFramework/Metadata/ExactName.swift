// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// A name that equals another only if its bytes do.
///
/// Swift holds two Unicode spellings of one letter for equal. A repository does not: they are two files there, and may be
/// two owners.
package protocol ExactName: Hashable, Comparable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The name as metadata has it.
    var text: String { get }
    /// A name.
    init(_ text: String)
}

extension ExactName {
    /// A name as it is written in code.
    package init(stringLiteral text: String) { self.init(text) }
    /// The name.
    package var description: String { text }
    /// Whether the bytes are the same.
    package static func == (one: Self, other: Self) -> Bool { one.text.isExactly(other.text) }
    /// Whether the bytes come first.
    package static func < (one: Self, other: Self) -> Bool { one.text.precedes(other.text) }
    /// The bytes.
    package func hash(into hasher: inout Hasher) { text.hashBytes(into: &hasher) }
}

/// The identifier of a key: the SHA-256 of its canonical form, in hexadecimal digits.
package struct KeyID: ExactName {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// Where a target is, relative to the base of all targets.
package struct TargetPath: ExactName {
    package let text: String
    package init(_ text: String) { self.text = text }
}

/// The name of a role.
package struct RoleName: ExactName {
    package let text: String
    package init(_ text: String) { self.text = text }

    /// Who may say which keys hold.
    package static let root: Self = "root"
    /// Who says which snapshot is the newest.
    package static let timestamp: Self = "timestamp"
    /// Who says which versions belong together.
    package static let snapshot: Self = "snapshot"
    /// Who says which targets there are, and who else may.
    package static let targets: Self = "targets"

    /// Who says which targets must not be used any more, in repositories of this product; its keys are online.
    package static let revocations: Self = "revocations"

    /// The roles that the root names itself.
    package static let topLevel: [Self] = [root, timestamp, snapshot, targets]

    /// What `snapshot` calls the role's metadata.
    package var listedName: String { text + ".json" }
}
