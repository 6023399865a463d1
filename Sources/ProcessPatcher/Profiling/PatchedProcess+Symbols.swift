// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem
package import LivePatch

extension PatchedProcess {
    /// A file that shows a patch of the process to tools, by what the process has of it.
    ///
    /// - Throws: ``PatchError/exited(_:)``, ``PatchError/notPermitted(_:)``, ``PatchError/system(_:)``.
    package func symbolFile(of record: ResidentRecord) throws(PatchError) -> SymbolFile {
        try about(process) { () throws(SystemError) in
            let memory = try ProcessMemory(of: process, writable: false)
            var tables: [UInt8] = []
            if let offset = record.manifest.unwindTables?.offset {
                // That they lie within the region was checked when the record was read.
                let start = record.patchBase.advanced(by: offset)
                tables = try memory.readAvailable(Int(start.distance(to: record.region.upperBound)), at: start)
            }
            return SymbolFile(
                of: record.patch, record.manifest,
                imageOffset: UInt64(record.region.lowerBound.distance(to: record.patchBase)),
                text: try memory.readAvailable(Int(record.textSize), at: record.patchBase), tables: tables)
        }
    }
}

extension ResidentRecord {
    /// The patch's executable memory, in whole pages.
    package var textPages: Range<RemoteAddress> {
        patchBase..<patchBase.advanced(by: Image.roundedToPage(textSize))
    }
}
