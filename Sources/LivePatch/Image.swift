// SPDX-License-Identifier: Apache-2.0

/// The memory that a patch brings into a process: text, read-only data and data, laid out when the patch was built.
///
/// Offsets count from the *patch base*, the first byte of the text. References from one part to another are resolved
/// when the patch is built, since parts never move against each other; what remains are ``LoadRelocation``s.
package struct Image: Hashable, Sendable {
    /// The granularity at which parts begin: the x86-64 page, in bytes.
    package static let pageSize: UInt64 = 4096

    /// What a part may be used for; also the order of parts in the image.
    package enum Protection: Int, Hashable, Sendable, CaseIterable, Comparable {
        /// Readable and executable, never writable.
        case text
        /// Readable.
        case readOnlyData
        /// Readable, in the form of `.eh_frame`: how to unwind the text.
        case unwindTables
        /// Readable and writable.
        case data

        package static func < (left: Protection, right: Protection) -> Bool { left.rawValue < right.rawValue }
    }

    /// A run of pages with one protection.
    package struct Part: Hashable, Sendable {
        /// What the pages may be used for.
        package var protection: Protection
        /// Bytes from the patch base, a multiple of the page size.
        package var offset: UInt64
        /// The bytes that the artefact stores.
        package var contents: [UInt8]
        /// The length in memory; what is beyond the contents is zero.
        package var memorySize: UInt64

        /// A part of an image.
        package init(protection: Protection, offset: UInt64, contents: [UInt8], memorySize: UInt64) {
            self.protection = protection
            self.offset = offset
            self.contents = contents
            self.memorySize = memorySize
        }

        /// The part's range of image offsets.
        package var range: Range<UInt64> { offset..<offset + memorySize }

        /// The length in memory in whole pages, in bytes.
        package var pageRoundedSize: UInt64 { Image.roundedToPage(memorySize) }
    }

    /// The parts in ascending order; the first is the text and begins at 0.
    package var parts: [Part]

    /// An image of some parts.
    package init(parts: [Part]) {
        self.parts = parts
    }

    /// The length of the whole image in bytes, in whole pages.
    package var size: UInt64 {
        parts.last.map { $0.offset + $0.pageRoundedSize } ?? 0
    }

    /// A size rounded up to whole pages.
    package static func roundedToPage(_ size: UInt64) -> UInt64 {
        (size + pageSize - 1) & ~(pageSize - 1)
    }
}
