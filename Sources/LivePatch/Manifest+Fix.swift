// SPDX-License-Identifier: Apache-2.0

extension Manifest {
    /// A part of a fix: one source file and the hunks that were applied to it.
    package struct Fix: Hashable, Sendable, Encodable {
        /// The level that brought the fix, from 1; the manifest's own level holds every fix up to it.
        package var level: Int
        /// The vulnerabilities that the fix names, as `CVE-YYYY-NNNN`.
        package var vulnerabilities: [String]
        /// The fix's title, for people.
        package var title: String
        /// Where the fix comes from, as DEP-3's `Origin`; nil if it does not say.
        package var origin: String?
        /// Who wrote the fix, as DEP-3's `Author`; nil if it does not say.
        package var author: String?
        /// The source file, relative to the source tree.
        package var source: String
        /// The SHA-256 of each hunk's text, in order, as 64 hexadecimal digits.
        package var hunks: [String]

        /// A part of a fix.
        package init(
            level: Int = 1, vulnerabilities: [String], title: String, origin: String? = nil, author: String? = nil,
            source: String, hunks: [String]
        ) {
            self.level = level
            self.vulnerabilities = vulnerabilities
            self.title = title
            self.origin = origin
            self.author = author
            self.source = source
            self.hunks = hunks
        }
    }
}
