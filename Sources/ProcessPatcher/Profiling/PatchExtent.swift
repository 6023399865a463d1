// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
package import LivePatch

/// How much memory a patch has in a process, and where in it what is, in bytes from its beginning.
package struct PatchExtent: Hashable, Sendable {
    /// All of it.
    package let size: UInt64
    /// The code, in whole pages; the image begins with it.
    package let text: Range<UInt64>
    /// Where threads run what the patch needs to have run; nil if that is nothing.
    package let stub: Range<UInt64>?
}

extension Patch {
    /// The memory that the patch has, wherever it is.
    package var extent: PatchExtent {
        let size = Placement.size(of: self)
        let start = size - artefact.image.size - (artefact.manifest.runsCode ? HookArea.size : 0)
        let textSize = artefact.image.parts.first?.pageRoundedSize ?? 0
        let region = RemoteAddress(0)..<RemoteAddress(size)
        let code = artefact.manifest.runsCode ? HookArea(endOf: region).code : nil
        return PatchExtent(
            size: size, text: start..<start + textSize,
            stub: code.map { $0.lowerBound.rawValue..<$0.upperBound.rawValue })
    }

    /// A file that shows the patch to tools.
    package var symbolFile: SymbolFile { SymbolFile(of: id, artefact, imageOffset: extent.text.lowerBound) }
}
