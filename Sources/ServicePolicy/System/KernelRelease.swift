// SPDX-License-Identifier: Apache-2.0

/// What `uname -r` says of a kernel.
package struct KernelRelease: Hashable, Sendable {
    /// The whole text.
    package let text: String
    /// Who built it, for which system.
    package let origin: Origin
    /// The package that it comes from.
    package let flavour: Flavour

    /// Who built a kernel.
    package enum Origin: Hashable, Sendable {
        /// Enterprise Linux of a major version, and of a minor one where the name tells.
        case enterpriseLinux(major: Int, minor: Int?)
        /// Debian.
        case debian
        /// Ubuntu.
        case ubuntu
        /// Anybody else.
        case other
    }

    /// A kernel package.
    package struct Flavour: RawRepresentable, Hashable, Sendable, Codable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// `kernel` (`kernel-core`) of Enterprise Linux.
        package static let kernel = Flavour(rawValue: "kernel")
        /// Oracle's Unbreakable Enterprise Kernel.
        package static let uek = Flavour(rawValue: "kernel-uek")
        /// `kernel-ml` or `kernel-lt` of ELRepo.
        package static let elrepo = Flavour(rawValue: "kernel-ml or kernel-lt")
        /// CentOS's own additions.
        package static let plus = Flavour(rawValue: "kernel-plus")
        /// For real time.
        package static let realTime = Flavour(rawValue: "kernel-rt")
        /// With checks for developers.
        package static let debug = Flavour(rawValue: "kernel-debug")
        /// A later Debian's kernel.
        package static let backport = Flavour(rawValue: "backport")
        /// Not known.
        package static let unknown = Flavour(rawValue: "unknown")
    }

    /// Reads a release.
    package init(parsing text: String) {
        self.text = text
        let plain = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
        let dotted = (plain.first ?? "").split { $0 == "." || $0 == "-" }.map(String.init)
        if let (place, major, minor) = Self.enterprise(dotted) {
            origin = .enterpriseLinux(major: major, minor: minor)
            let addition = plain.count > 1 ? String(plain[1]) : nil
            flavour = Self.flavour(dotted[place], Array(dotted[..<place]), Array(dotted[(place + 1)...]), addition)
            return
        }
        let parts = text.split(separator: "-").map(String.init)
        // Debian 13 says `6.12.41+deb13-amd64`, those before it `6.1.0-18-amd64`.
        let tail = parts.dropFirst(parts.first?.contains("+") == true ? 1 : 2).joined(separator: "-")
        let debian = ["amd64", "cloud-amd64", "rt-amd64", "686", "686-pae", "rt-686-pae", "arm64", "cloud-arm64"]
        if debian.contains(tail) {
            origin = .debian
            flavour = Self.isBackport(parts) ? .backport : Flavour(rawValue: tail)
        } else if parts.count >= 3, Self.isNumber(parts[1]), tail.utf8.first.map(Self.isLetter) ?? false {
            (origin, flavour) = (.ubuntu, Flavour(rawValue: tail))
        } else {
            (origin, flavour) = (.other, .unknown)
        }
    }

    /// `6.5.0-0.deb12.4-amd64`, `6.12.12+bpo-amd64`: a later release's kernel.
    private static func isBackport(_ parts: [String]) -> Bool {
        parts[0].contains("+bpo") || (parts.count > 2 && parts[1].contains("deb"))
    }

    /// Where `el8_5` or `el7uek` is, with its numbers.
    private static func enterprise(_ parts: [String]) -> (Int, Int, Int?)? {
        for (place, part) in parts.enumerated() where part.hasPrefix("el") {
            let digits = part.dropFirst(2).prefix(while: \.isASCIIDigit)
            guard let major = Int(digits), (1...99).contains(major) else { continue }
            let rest = part.dropFirst(2 + digits.utf8.count)
            let minor = rest.hasPrefix("_") ? Int(rest.dropFirst().prefix(while: \.isASCIIDigit)) : nil
            return (place, major, minor)
        }
        return nil
    }

    /// An allow-list: only what has nothing in its name but versions and the architecture is `kernel`.
    private static func flavour(
        _ system: String, _ before: [String], _ after: [String], _ addition: String?
    ) -> Flavour {
        if system.hasSuffix("uek") || system.contains("uek") { return .uek }
        if after.contains("elrepo") { return .elrepo }
        if after.contains("plus") || after.contains("centosplus") { return .plus }
        if before.contains(where: { $0.hasPrefix("rt") }) || addition?.hasPrefix("rt") == true { return .realTime }
        if addition != nil || after.last == "debug" { return addition?.contains("debug") ?? true ? .debug : .unknown }
        let architectures = ["x86_64", "i686", "i386", "aarch64", "ppc64le", "s390x"]
        let isPlain =
            before.allSatisfy(isNumber) && after.allSatisfy { architectures.contains($0) || isNumber($0) }
            && system.dropFirst(2).allSatisfy { $0.isASCIIDigit || $0 == "_" }
        return isPlain ? .kernel : .unknown
    }

    private static func isNumber(_ text: String) -> Bool { !text.isEmpty && text.allSatisfy(\.isASCIIDigit) }
    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) && isASCII }
}
