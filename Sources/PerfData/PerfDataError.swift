// SPDX-License-Identifier: Apache-2.0

/// Why a profile was refused.
package enum PerfDataError: Error, Hashable, Sendable {
    /// The bytes do not start with the magic number of `perf.data`.
    case notProfile
    /// Written by a machine with another byte order.
    case otherByteOrder
    /// Written to a pipe, so that what belongs in front of the records is among them.
    case piped
    /// A header of another length than the format has.
    case unknownHeader(size: UInt64)
    /// The recording has not come to its end, so that the header does not tell where the records end.
    case unfinished
    /// Something is not wholly within the file, or not where it can be kept while records grow.
    case misplaced(Part, offset: UInt64, size: UInt64)
    /// A record that is too short, too long, or not what its type says.
    case badRecord(offset: UInt64)
    /// Something that tells places in the file, or hides records, in a way that only `perf` itself knows.
    case unsupported(Feature)
    /// A path that is longer than a record can hold.
    case pathTooLong(String)

    /// A part of the file.
    package enum Part: String, Hashable, Sendable {
        /// What was measured.
        case attributes
        /// The identifiers of the events of an attribute.
        case identifiers
        /// The records.
        case records
        /// The list of the sections behind the records.
        case sectionList = "section list"
        /// A section behind the records.
        case section
    }

    /// What some recordings have.
    package enum Feature: Hashable, Sendable {
        /// Records that are compressed (`perf record -z`).
        case compression
        /// Traces of the processor, such as Intel PT.
        case traces
        /// Records in several files (`perf record --threads`).
        case severalFiles
    }
}

extension PerfDataError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notProfile: "no profile that perf record has written"
        case .otherByteOrder: "the profile comes from a machine with another byte order"
        case .piped: "the profile was written to a pipe; record with perf record --output FILE"
        case .unknownHeader(let size): "the profile's header has \(size) bytes, which no known version of perf writes"
        case .unfinished:
            "the recording has not come to its end; let perf record finish, by SIGINT (Ctrl-C), or record again"
        case .misplaced(let part, let offset, let size):
            "the profile's \(part.rawValue) are said to be \(size) bytes at offset 0x\(String(offset, radix: 16)), where they "
                + "cannot be"
        case .badRecord(let offset): "the profile's record at offset 0x\(String(offset, radix: 16)) makes no sense"
        case .unsupported(.compression): "the profile's records are compressed; record without -z"
        case .unsupported(.traces):
            "the profile holds traces of the processor, which cannot be copied; record without them"
        case .unsupported(.severalFiles): "the profile is in several files; record without --threads"
        case .pathTooLong(let path): "\(path) is too long for a profile; name a shorter --output-dir"
        }
    }
}
