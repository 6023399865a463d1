// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import LinuxSystem
package import LivePatch

/// What is written down, for good, before a patch is loaded into the kernel, and removed when the kernel has lived with it
/// for a while.
///
/// Who finds one after a start knows that the machine went down with the patch, and does not load it again.
package struct CrashMarker: Codable, Hashable, Sendable {
    /// How far the patch came.
    package enum Phase: String, Codable, Sendable {
        /// It is being loaded.
        case loading
        /// It is loaded, and watched.
        case soaking
        /// The kernel complained while it was watched, and it was taken out.
        case failed
    }

    /// The only layout that this version reads and writes.
    private static let currentSchemaVersion = 1

    private var schemaVersion = currentSchemaVersion
    /// The patch's identity.
    package var patch: String
    /// Its module.
    package var module: String
    /// Its level.
    package var level: Int
    /// Which boot of the machine it was.
    package var boot: String
    /// How far the patch came.
    package var phase: Phase

    /// A marker for a patch that is to be loaded.
    init(_ patch: KernelPatch, boot: String) {
        self.patch = patch.id.description
        module = patch.kernel.module
        level = patch.manifest.level
        self.boot = boot
        phase = .loading
    }

    /// Reads a marker; nil for what is none, or has another layout.
    init?(parsing bytes: [UInt8]) {
        guard let marker = try? JSONDecoder().decode(CrashMarker.self, from: Data(bytes)),
            marker.schemaVersion == Self.currentSchemaVersion
        else { return nil }
        self = marker
    }
}

extension KernelPatchPlaces {
    private static let suffix = ".crash"

    private func path(_ patch: String) -> String { markers + "/" + patch + Self.suffix }

    /// The marker of a patch; nil if there is none.
    ///
    /// - Throws: `KernelPatchError.badMarker` if there is one that cannot be read: it may say anything.
    package func marker(of patch: ArtefactID) throws(KernelPatchError) -> CrashMarker? {
        let path = path(patch.description)
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try contents(ofFile: path, limit: 1 << 16)
        } catch {
            guard error.number == .noSuchFile else { throw .system(error) }
            return nil
        }
        guard let marker = CrashMarker(parsing: bytes) else { throw .badMarker(path: path) }
        return marker
    }

    /// All markers that can be read.
    package var allMarkers: [CrashMarker] {
        let names = (try? names(inDirectory: markers)) ?? []
        return names.filter { $0.hasSuffix(Self.suffix) }.compactMap { name in
            (try? contents(ofFile: markers + "/" + name, limit: 1 << 16)).flatMap(CrashMarker.init(parsing:))
        }
    }

    /// Writes a marker; it is on the disk when this returns.
    func write(_ marker: CrashMarker) throws(KernelPatchError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let path = path(marker.patch)
        // Texts and numbers can always be encoded; without them the file could not be read, which refuses the patch, too.
        let text = (try? encoder.encode(marker)).map { Array($0) } ?? []
        do throws(SystemError) {
            try replaceFile(path, with: text, for: .owner)
        } catch {
            throw .markerNotWritten(path: path, error.number)
        }
    }

    /// Removes the marker of a patch, for good.
    package func clearMarker(of patch: ArtefactID) throws(KernelPatchError) {
        do throws(SystemError) {
            try removeFile(path(patch.description))
        } catch {
            throw .system(error)
        }
    }
}
