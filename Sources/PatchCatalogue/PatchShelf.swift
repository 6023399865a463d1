// SPDX-License-Identifier: Apache-2.0

package import UpdateFramework

/// The part of a repository that holds the patches of a product on a distribution: glibc on Debian 12.
///
/// A shelf is a role to which `targets` delegates, with keys of its own, and has sixteen roles below it, by the first digit
/// of a build ID. A host reads the one that its own build is in, and so never much, however many patches there are.
package struct PatchShelf: Hashable, Sendable {
    /// The product, such as `glibc`.
    package let product: String
    /// The distribution, such as `debian-12`.
    package let distribution: String

    /// A shelf.
    ///
    /// - Throws: `CatalogueError.badName` for a name with anything but small letters, digits, `.`, `+` and `-`.
    package init(product: String, distribution: String) throws(CatalogueError) {
        for name in [product, distribution] { guard Self.isName(name) else { throw .badName(name) } }
        self.product = product
        self.distribution = distribution
    }

    /// The role of the shelf.
    package var role: RoleName { RoleName("\(product)_\(distribution)") }

    /// The paths of its patches.
    package var pattern: PathPattern { PathPattern("\(product)/\(distribution)/*/*") }

    /// The role below it for a build, by the first digit of its ID.
    package func role(for buildID: String) -> RoleName { RoleName("\(role)_\(buildID.prefix(1))") }

    /// The paths of that role's patches.
    package func pattern(for buildID: String) -> PathPattern {
        PathPattern("\(product)/\(distribution)/\(buildID.prefix(1))*/*")
    }

    /// Where a patch is.
    package func path(buildID: String, level: Int) -> TargetPath {
        TargetPath("\(product)/\(distribution)/\(buildID)/\(level).mend")
    }

    /// Names are parts of paths, of patterns and of roles, and must mean the same in all of them.
    private static func isName(_ text: String) -> Bool {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard let first = text.utf8.first, letters.contains(first) || digits.contains(first) else { return false }
        return text.utf8.count <= 40
            && text.utf8.allSatisfy { letters.contains($0) || digits.contains($0) || ".+-".utf8.contains($0) }
    }
}
