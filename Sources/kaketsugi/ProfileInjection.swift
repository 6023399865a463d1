// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import ELF
import LinuxSystem
import LivePatch
import PerfData
import ProcessPatcher

/// The live patches that a profile tells of, and the files that are to stand for them.
struct ProfileInjection {
    /// A patch in a process.
    struct Found {
        var memory: PatchMemory
        var patch: ArtefactID
        var manifest: Manifest
        var file: String
        /// Where the profile tells of the memory, each with its offset in the file.
        var places: [RecordedMapping.Place: UInt64]
    }

    /// Where the profile is written.
    let profile: String
    /// Where the patches' files are written.
    let folder: String
    /// In the order of processes and addresses.
    private(set) var patches: [Found] = []
    /// Memory that is a patch's by its name, and of which it is not known what it holds.
    private(set) var unknown: [PatchMemory] = []
    /// Processes with code without a file that may not be looked into.
    private(set) var forbidden: [ProcessID] = []
    private var files: [ArtefactID: SymbolFile] = [:]

    /// Finds out which of a profile's memory is a patch's.
    ///
    /// - Parameters:
    ///   - mappings: What the profile tells of memory without files.
    ///   - patches: Those of processes that have ended.
    ///   - profile: Where the profile is written.
    ///   - folder: Where the patches' files are written.
    init(of mappings: [RecordedMapping], _ patches: [Patch], profile: String, folder: String) {
        self.profile = profile
        self.folder = folder
        let byProcess = Dictionary(grouping: mappings, by: \.process)
        for (number, own) in byProcess where own.contains(where: \.isExecutable) {
            guard let process = lookInto(ProcessID(rawValue: number)) else { continue }
            for record in process.records {
                let memory = PatchMemory(
                    process: number, region: record.region.numbers, text: record.textPages.numbers)
                guard files[record.patch] != nil || add(record, of: process) else { continue }
                add(memory, record.patch, record.manifest, among: own)
            }
        }
        var claims: [PatchMemory: [Patch]] = [:]
        for patch in patches {
            for memory in PatchShape(patch).memories(among: mappings) { claims[memory, default: []].append(patch) }
        }
        for (memory, claimants) in claims {
            guard !self.patches.contains(where: { $0.memory.overlaps(memory) }) else { continue }
            // Two that lie alike cannot be told apart.
            guard claimants.count == 1, let patch = claimants.first else { continue }
            if files[patch.id] == nil { files[patch.id] = patch.symbolFile }
            add(memory, patch.id, patch.artefact.manifest, among: byProcess[memory.process] ?? [])
        }
        self.patches.sort { $0.memory.isBefore($1.memory) }
        forbidden.sort()
        findUnknown(among: mappings)
    }

    /// The patches in a process; one that has ended tells nothing.
    private mutating func lookInto(_ process: ProcessID) -> PatchedProcess? {
        do throws(PatchError) {
            return try PatchedProcess(process)
        } catch {
            if case .notPermitted = error { forbidden.append(process) }
            return nil
        }
    }

    private mutating func add(_ record: ResidentRecord, of process: PatchedProcess) -> Bool {
        guard let file = try? process.symbolFile(of: record) else { return false }
        files[record.patch] = file
        return true
    }

    private mutating func add(
        _ memory: PatchMemory, _ patch: ArtefactID, _ manifest: Manifest, among mappings: [RecordedMapping]
    ) {
        let places = memory.places(among: mappings)
        guard !places.isEmpty else { return }
        let target = manifest.target.name.split(separator: "/").last.map(String.init) ?? ""
        let harmless = target.prefix(64).map {
            $0.isASCII && ($0.isLetter || $0.isNumber || "._+-".contains($0)) ? $0 : "_"
        }
        patches.append(
            Found(
                memory: memory, patch: patch, manifest: manifest,
                file: "\(folder)/kaketsugi-\(patch.short)-\(String(harmless))", places: places))
    }

    private mutating func findUnknown(among mappings: [RecordedMapping]) {
        for mapping in mappings where mapping.isExecutable && mapping.name.hasPrefix("[anon:kaketsugi:") {
            let memory = PatchMemory(process: mapping.process, region: mapping.range, text: mapping.range)
            guard !patches.contains(where: { $0.memory.overlaps(memory) }), !unknown.contains(memory) else { continue }
            unknown.append(memory)
        }
    }

    /// The exit code that this means.
    var exitCode: ExitCode {
        let mayHaveMissed = !unknown.isEmpty || !forbidden.isEmpty && !Privilege.mayTraceOthers
        if patches.isEmpty { return mayHaveMissed ? .nowhere : .noTarget }
        return mayHaveMissed ? .partly : .success
    }

    /// Writes the patches' files, and the profile.
    func write(_ profile: borrowing PerfDataFile) throws {
        try makeDirectory(folder)
        for patch in patches.reduce(into: [:], { $0[$1.patch] = $1.file }) {
            guard let file = files[patch.key] else { continue }
            let bytes: [UInt8]
            do throws(ELFError) { bytes = try file.encoded() } catch { throw refused("\(patch.key.short): \(error)") }
            try replaceFile(patch.value, with: bytes)
        }
        var renamings: [RecordedMapping.Place: PerfDataFile.Renaming] = [:]
        for patch in patches {
            for (place, offset) in patch.places {
                renamings[place] = PerfDataFile.Renaming(path: patch.file, offset: offset)
            }
        }
        var output = try StagedFile(replacing: self.profile)
        do throws(PerfDataFile.CopyError<SystemError>) {
            try profile.copy(renaming: renamings) { bytes throws(SystemError) in try output.write(bytes) }
        } catch {
            switch error {
            case .profile(let error): throw error
            case .writing(let error): throw error
            }
        }
        // As perf itself does: a profile tells addresses, and contents of stacks.
        try output.putInPlace(for: .owner)
    }
}

extension PatchShape {
    fileprivate init(_ patch: Patch) {
        let extent = patch.extent
        self.init(name: "[anon:kaketsugi:\(patch.id.short)]", size: extent.size, text: extent.text, stub: extent.stub)
    }
}

extension PatchMemory {
    fileprivate func overlaps(_ other: PatchMemory) -> Bool {
        process == other.process && region.overlaps(other.region)
    }

    fileprivate func isBefore(_ other: PatchMemory) -> Bool {
        (process, region.lowerBound) < (other.process, other.region.lowerBound)
    }
}

extension Range<RemoteAddress> {
    fileprivate var numbers: Range<UInt64> { lowerBound.rawValue..<upperBound.rawValue }
}
