// SPDX-License-Identifier: Apache-2.0

internal import ELF

extension ObjectFile {
    /// Whether the file is a library: a position-independent program is of the same type, but has an interpreter or is
    /// marked as a program, and has no name of its own.
    var isSharedLibrary: Bool {
        header.type == .shared
            && (sharedObjectName != nil
                || !isPositionIndependentProgram && !segments.contains { $0.type == .interpreter })
    }
}
