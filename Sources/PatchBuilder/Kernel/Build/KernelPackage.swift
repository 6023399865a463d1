// SPDX-License-Identifier: Apache-2.0

/// A Debian kernel: the version of its packages, and the flavour that was built of it.
package struct KernelPackage: Sendable, Hashable, CustomStringConvertible {
    /// The version of the source package `linux`, such as `6.1.176-1`.
    package var version: String
    /// The flavour, such as `cloud-amd64`.
    package var flavour: String
    /// The release of Debian that the kernel is of, if it is not this machine's.
    package var suite: DebianRelease?

    /// Reads `linux=VERSION`, or `linux-6.12=VERSION` where a release has several; nil if the package is another one.
    ///
    /// - Throws: ``BuildError/malformedPackage(_:)``.
    package init?(parsing package: String, flavour: String?, suite: DebianRelease? = nil) throws(BuildError) {
        guard Self.isOne(package) else { return nil }
        let parsed = try DebianPackage(parsing: package)
        let flavour = flavour ?? "amd64"
        guard flavour.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }), !flavour.isEmpty,
            parsed.version.first?.isNumber == true
        else { throw .malformedPackage("\(package) --flavour \(flavour)") }
        version = parsed.version
        self.flavour = flavour
        self.suite = suite == .ofMachine ? nil : suite
    }

    /// Whether a package and its version are a kernel's.
    package static func isOne(_ package: String) -> Bool {
        guard let name = package.split(separator: "=").first, package.contains("=") else { return false }
        guard name.hasPrefix("linux-") else { return name == "linux" }
        return name.dropFirst("linux-".count).allSatisfy { $0.isNumber || $0 == "." }
    }

    package var description: String { "linux=\(version) \(flavour)" + (suite.map { " (\($0))" } ?? "") }

    /// The series that the packages with the source are named by: `6.1`.
    var series: String { version.split(separator: ".").prefix(2).joined(separator: ".") }
    /// The package with the source.
    var sourcePackage: DebianPackage { DebianPackage(name: "linux-source-" + series, version: version) }
    /// What the names of all images of the series begin with.
    var imagePrefix: String { Self.imagePrefix + series }

    /// The release of an image, as `uname -r` prints it; nil if it is of another flavour, or no image that runs.
    func release(ofImage name: String) -> String? {
        guard name.hasPrefix(Self.imagePrefix) else { return nil }
        let release = String(name.dropFirst(Self.imagePrefix.count))
        return Self.flavour(ofRelease: release) == flavour ? release : nil
    }

    /// The flavour in a release: of `6.1.0-50-cloud-amd64` and of `6.12.107+deb12-cloud-amd64`, `cloud-amd64`.
    static func flavour(ofRelease release: String) -> String {
        release.split(separator: "-").dropFirst().drop { $0.allSatisfy(\.isNumber) }.joined(separator: "-")
    }

    private static let imagePrefix = "linux-image-"
}
