// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput
import PatchBuilder

/// Searches the selected source for who defines some symbols.
struct SourceSearch: Sendable {
    var selection: SourceSelection
    var cache: BuildCache
    var progress: ProgressLine

    /// Searches, until a signal interrupts it.
    @Sendable func find(_ symbols: Set<String>) async throws -> SurroundingMaterial.Search {
        try await cancelling {
            try await searchSource(of: selection, for: symbols, cache: cache) { progress.show($0.description) }
        }
    }
}
