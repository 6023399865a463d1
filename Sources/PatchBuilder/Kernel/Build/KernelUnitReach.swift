// SPDX-License-Identifier: Apache-2.0

/// Finds the units that a fix may change.
struct KernelUnitReach {
    let root: KernelRoot

    /// The sources of the units, by their paths in the tree.
    ///
    /// - Throws: ``BuildError``.
    func units(of touched: [TouchedFile], _ fix: Fix) async throws(BuildError) -> [String] {
        var sources: [String] = []
        for file in touched {
            guard !file.isNew else { throw .unsupportedFile(file.path, .createdUnit) }
            guard !file.path.hasPrefix("arch/x86/entry/vdso/") else {
                throw .kernel(
                    .obstacles([
                        KernelObstacle(kind: .vdso, unit: file.path, symbol: file.path, section: ".text")
                    ]))
            }
            if file.path.hasSuffix(".c") { sources.append(file.path) }
        }
        return sources
    }
}
