// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem
package import LivePatch

/// What a patched process itself tells about the patch in it: the first pages of the patch's memory.
///
/// `list` and `revert` need nothing else, no directory of state that could be lost, and a fork inherits it. It is
/// foreign input to whoever reads it: a process can write there what it likes.
package struct ResidentRecord: Hashable, Sendable {
    /// How far a patch has come.
    package enum State: UInt32, Hashable, Sendable {
        /// In memory, and no function is replaced.
        case mapped = 1
        /// Entries are being written. Who finds this finds a patcher's death, and finishes or undoes it.
        case switching = 2
        /// All functions are replaced.
        case applied = 3
        /// No function is replaced any more; the memory stays, since a pointer into it may be left somewhere.
        case reverted = 4
        /// Another level is in its place; the memory stays for as long as something may lead there.
        case superseded = 5
    }

    /// A function's entry: where it jumps, and what was there.
    package struct Entry: Hashable, Sendable {
        /// The address of the jump.
        package var address: RemoteAddress
        /// Where it leads.
        package var destination: RemoteAddress
        /// The bytes that the jump replaced.
        package var original: [UInt8]

        /// The jump, `jmp rel32`.
        package var jump: [UInt8] {
            let distance = address.advanced(by: Artefact.jumpSize).distance(to: destination)
            return [0xe9] + littleEndian(Int32(truncatingIfNeeded: distance))
        }
    }

    /// How far the patch has come.
    package var state: State
    /// The switch of patches for several files that it took part in last; 0 if it was switched by itself.
    package var jointSwitch: UInt64 = 0
    /// Which patch it is.
    package var patch: ArtefactID
    /// Where the target lies, as ``LoadedFile/loadBias``.
    package var loadBias: UInt64
    /// Where the record lies, and behind it the image.
    package var region: Range<RemoteAddress>
    /// Where the image begins.
    package var patchBase: RemoteAddress
    /// The length of the image's text in bytes.
    package var textSize: UInt64
    /// The entries.
    package var entries: [Entry]
    /// Where the variables lie that the patch adds, in the manifest's order: in its own image or in an earlier level's.
    package var variables: [RemoteAddress]
    /// What the patch says about itself.
    package var manifest: Manifest

    /// Whether functions are replaced by the patch, or some of them by a patcher that was killed.
    package var isInForce: Bool { state == .applied || state == .switching }
    /// The patch's executable memory.
    package var text: Range<RemoteAddress> { patchBase..<patchBase.advanced(by: textSize) }
    /// Where a thread runs what the patch needs to have run in the process; nil if that is nothing.
    var hookArea: HookArea? { manifest.runsCode ? HookArea(endOf: region) : nil }
    /// Where the state lies.
    var stateAddress: RemoteAddress { region.lowerBound.advanced(by: UInt64(Layout.state)) }
    /// Where the switch lies, and behind it the state.
    var switchAddress: RemoteAddress { region.lowerBound.advanced(by: UInt64(Layout.jointSwitch)) }
}

extension ResidentRecord {
    /// Where the fields lie, in bytes from the start; numbers are little-endian.
    enum Layout {
        /// The first bytes; a change of the layout changes the last of them.
        static let magic: [UInt8] = Array("kaketsugi patch".utf8) + [3]
        static let jointSwitch = 16
        static let state = 24
        static let entryCount = 28
        static let patch = 32
        static let loadBias = 64
        static let regionSize = 72
        static let patchOffset = 80
        static let textSize = 88
        static let manifestSize = 96
        static let variableCount = 104
        static let headerSize = 112
        /// Address, destination, original bytes padded to eight.
        static let entrySize = 24
        /// An address.
        static let variableSize = 8
    }

    /// The memory that a record needs, in bytes and whole pages.
    static func size(entries: Int, variables: Int, manifest: Int) -> UInt64 {
        let tables = entries * Layout.entrySize + variables * Layout.variableSize
        return Image.roundedToPage(UInt64(Layout.headerSize + tables + manifest))
    }

    /// The record's bytes.
    func encoded(manifest text: [UInt8]) -> [UInt8] {
        var bytes = Layout.magic + littleEndian(jointSwitch) + littleEndian(state.rawValue)
        bytes += littleEndian(UInt32(entries.count)) + patch.bytes
        bytes += littleEndian(loadBias) + littleEndian(region.size)
        bytes += littleEndian(region.lowerBound.distance(to: patchBase)) + littleEndian(textSize)
        bytes += littleEndian(UInt64(text.count)) + littleEndian(UInt64(variables.count))
        for entry in entries {
            bytes += littleEndian(entry.address.rawValue) + littleEndian(entry.destination.rawValue)
            bytes += entry.original + [UInt8](repeating: 0, count: 8 - entry.original.count)
        }
        for variable in variables { bytes += littleEndian(variable.rawValue) }
        return bytes + text
    }
}
