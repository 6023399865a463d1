// SPDX-License-Identifier: Apache-2.0

/// A Debian kernel: the version of its packages, and the flavour that was built of it.
package struct KernelPackage: Sendable, Hashable, CustomStringConvertible {
    /// The version of the source package `linux`, such as `6.1.176-1`.
    package var version: String
    /// The flavour, such as `cloud-amd64`.
    package var flavour: String

    /// Reads `linux=VERSION`; nil if the package is another one.
    ///
    /// - Throws: ``BuildError/malformedPackage(_:)``.
    package init?(parsing package: String, flavour: String?) throws(BuildError) {
        guard package.hasPrefix("linux=") else { return nil }
        let parsed = try DebianPackage(parsing: package)
        let flavour = flavour ?? "amd64"
        guard flavour.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }), !flavour.isEmpty,
            parsed.version.first?.isNumber == true
        else { throw .malformedPackage("\(package) --flavour \(flavour)") }
        version = parsed.version
        self.flavour = flavour
    }

    package var description: String { "linux=\(version) \(flavour)" }

    /// The series that the packages with the source are named by: `6.1`.
    var series: String { version.split(separator: ".").prefix(2).joined(separator: ".") }
    /// The package with the source.
    var sourcePackage: DebianPackage { DebianPackage(name: "linux-source-" + series, version: version) }
    /// The packages that depend on the newest image and headers.
    var metaPackages: (image: String, headers: String) { ("linux-image-" + flavour, "linux-headers-" + flavour) }
}
