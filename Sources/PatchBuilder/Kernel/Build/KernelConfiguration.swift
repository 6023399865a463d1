// SPDX-License-Identifier: Apache-2.0

/// The options of a kernel: `.config`.
struct KernelConfiguration {
    private let options: [String: String]

    init(_ text: [UInt8]) {
        var options: [String: String] = [:]
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") where line.hasPrefix("CONFIG_") {
            guard let sign = line.firstIndex(of: "=") else { continue }
            options[String(line[..<sign])] = String(line[line.index(after: sign)...])
        }
        self.options = options
    }

    /// The options that are not as in another configuration, with both values.
    func differences(from other: KernelConfiguration) -> [String] {
        Set(options.keys).union(other.options.keys).subtracting(Self.harmless).sorted().compactMap { option in
            let (mine, theirs) = (options[option] ?? "n", other.options[option] ?? "n")
            return mine == theirs ? nil : "\(option): \(theirs) → \(mine)"
        }
    }

    /// What says how an image is named and signed, which is the archive's business, and which tools there are that make no
    /// code.
    private static let harmless: Set<String> = [
        "CONFIG_BUILD_SALT", "CONFIG_MODULE_SIG_ALL", "CONFIG_MODULE_SIG_KEY", "CONFIG_SYSTEM_TRUSTED_KEYS",
        "CONFIG_PAHOLE_VERSION",
    ]
}
