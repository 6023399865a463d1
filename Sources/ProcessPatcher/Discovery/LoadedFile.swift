// SPDX-License-Identifier: Apache-2.0

package import ELF
package import LinuxSystem

/// An ELF file as it lies in a process, read from the process alone: it may be deleted or replaced on disk.
package struct LoadedFile: Hashable, Sendable {
    /// The identity, if the file has one.
    package let buildID: BuildID?
    /// What is added to link-time addresses, modulo 2^64.
    package let loadBias: UInt64
    /// The addresses, from the first byte to the last.
    package let range: Range<RemoteAddress>
    /// The file's executable mappings.
    package let executable: [Mapping]
    /// Where the contents of executable segments end within their last page, so that zeros follow up to its end.
    package let padding: [Range<RemoteAddress>]
    /// Where the index of the call frame information lies, if the file has one.
    package let unwindIndex: Range<RemoteAddress>?
    /// The path as the kernel tells it, for people.
    package let path: String

    /// The address in the process of a link-time address.
    package func address(of linkTime: UInt64) -> RemoteAddress { RemoteAddress(loadBias &+ linkTime) }
}
