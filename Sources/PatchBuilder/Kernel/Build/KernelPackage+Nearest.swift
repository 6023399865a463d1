// SPDX-License-Identifier: Apache-2.0

extension KernelPackage {
    /// Of the versions that are offered, the nearest one of the same series; nil if there is none.
    ///
    /// Nearest is what has the fewest releases between, and then the fewest revisions of the package; of two that are
    /// equally near, the later one.
    func nearest(among offered: [String]) -> String? {
        guard let wanted = Self.numbers(version) else { return nil }
        return
            offered.compactMap { text -> (distance: [Int], text: String)? in
                guard let found = Self.numbers(text), found.series == wanted.series else { return nil }
                let isEarlier = (found.release, found.revision) < (wanted.release, wanted.revision)
                return (
                    [abs(found.release - wanted.release), abs(found.revision - wanted.revision), isEarlier ? 1 : 0],
                    text
                )
            }.min { $0.distance.lexicographicallyPrecedes($1.distance) }?.text
    }

    /// `6.1.176-1` and `6.12.107-1~deb12u1` in numbers.
    private static func numbers(_ version: String) -> (series: [Int], release: Int, revision: Int)? {
        let parts = version.split(separator: "-", maxSplits: 1)
        let upstream = (parts.first ?? "").split(separator: ".").compactMap {
            Int($0.prefix { $0.isASCII && $0.isNumber })
        }
        guard upstream.count >= 3, upstream.allSatisfy({ $0 < 1 << 32 }) else { return nil }
        let revision = parts.count > 1 ? Int(parts[1].prefix { $0.isASCII && $0.isNumber }) ?? 0 : 0
        guard revision < 1 << 32 else { return nil }
        return (Array(upstream.prefix(2)), upstream[2], revision)
    }
}
