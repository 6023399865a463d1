// SPDX-License-Identifier: Apache-2.0

extension CoveragePolicy.Row {
    /// Whether a kernel was built for the system.
    func isOrigin(_ origin: KernelRelease.Origin) -> Bool {
        switch origin {
        case .enterpriseLinux(let major, _): major == self.major && ![.debian, .ubuntu].contains(distribution)
        case .debian: distribution == .debian
        case .ubuntu: distribution == .ubuntu
        case .other: false
        }
    }

    /// What is said of a kernel that is none of the system's packages: for which there are patches, and what is left.
    func refusal(ofDerived kernel: KernelRelease) -> Eligibility.Remark {
        let names = kernels.map(\.rawValue)
        let isPackage = kernels == [.kernel]
        let kind = isPackage ? "package" : names.count == 1 ? "flavour" : "flavours"
        let others = packages.filter { $0 != .kernel }.map(\.rawValue)
        let rest = others.isEmpty ? "nothing of it is covered" : "it is covered for \(Self.listed(others)) only"
        return .init(
            .derivedKernels,
            "patches of the kernel are made for the kernels that \(title) ships in the \(kind) \(Self.listed(names)); "
                + "this host runs another one, \(kernel.text), so \(rest)",
            "カーネルのパッチの対象は \(title) 標準の\(isPackage ? " kernel パッケージ" : "カーネル (\(names.joined(separator: "、")))")です。"
                + "このホストのカーネルは \(kernel.text) のため、"
                + (others.isEmpty ? "対象となるパッケージはありません" : "対象は \(others.joined(separator: "、")) のみです"))
    }

    /// `one`, `one and two`, `one, two and three`.
    private static func listed(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.joined() }
        return words.dropLast().joined(separator: ", ") + " and " + last
    }
}
