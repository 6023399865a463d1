// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput
import Glibc
import LivePatch
import ProcessPatcher

/// The hazards of going back, shown and confirmed.
struct Confirmation {
    private let patch: ArtefactID
    private let hazards: [LocalizedText]

    /// The hazards that a patch in a process names.
    init(_ record: ResidentRecord) {
        patch = record.patch
        hazards = record.manifest.revertHazards
    }

    /// The hazards that a patch of the kernel names.
    init(_ patch: ArtefactID, _ manifest: Manifest) {
        self.patch = patch
        hazards = manifest.revertHazards
    }

    /// Asks the person at the terminal; without one, or without a yes, refuses.
    func obtain() throws {
        guard !hazards.isEmpty else { return }
        let language = Language.current
        var text = Text.hazards(patch: patch.short).text(in: language) + "\n"
        for hazard in hazards { text += TextLayout.wrapped("- " + hazard.text(in: language), indent: 2) + "\n" }
        StandardError.write(text)
        if isatty(STDIN_FILENO) == 1, StandardError.isTerminal {
            StandardError.write(Text.confirmation.text(in: language))
            if let answer = readLine(), ["y", "yes", "はい"].contains(answer.lowercased()) { return }
        }
        throw refused(Text.confirmationNeeded.text(in: language))
    }
}
