// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

/// The search for a place for a patch in a process, and the mapping of it.
struct Reservation {
    private let patch: Patch
    private let target: LoadedFile
    private let files: [LoadedFile]
    private let heapStart: RemoteAddress
    private let imported: [ImportedSymbol: UInt64]
    private let carried: CarriedVariables

    /// How many places are tried if others take them first.
    private static let attempts = 8

    /// Prepares the search.
    init(
        _ patch: Patch, target: LoadedFile, files: [LoadedFile], heapStart: RemoteAddress,
        imported: [ImportedSymbol: UInt64], carried: CarriedVariables
    ) {
        self.imported = imported
        self.carried = carried
        self.patch = patch
        self.target = target
        self.files = files
        self.heapStart = heapStart
    }

    /// Maps memory at the nearest place from which everything in the patch reaches what it refers to.
    func make(in view: inout ProcessView, mappingPause: inout Duration) throws(PatchError) -> Placement {
        for _ in 0..<Self.attempts {
            let placement = try place(in: view.map)
            let room = try Self.room(for: Self.calls(for: placement), files: files, in: view.memory)
            let name = RemoteCall.name(placement.record.region, as: room.advanced(by: UInt64(Stub.nameOffset)))
            var execution = RemoteExecution(
                Self.calls(for: placement) + [name], name: "kaketsugi:\(patch.id.short)", in: room)
            do throws(PatchError) {
                mappingPause += try execution.run(in: view.memory)
                try requireHeap(of: view.process)
                return placement
            } catch {
                guard case .remoteCallFailed(name: "mmap", .exists) = error else {
                    // Calls that a thread may still make must find what they are for.
                    if execution.made > 0, !execution.isLeft {
                        try? Self.release(placement.record.region, files: files, in: view.memory)
                    }
                    throw error
                }
                // Another thread mapped something there meanwhile.
                try view.refresh()
            }
        }
        throw .outOfReach(symbol: target.path, size: Placement.size(of: patch))
    }

    /// Refuses if there is no place, or no room for the code that maps it.
    func requirePlace(in view: borrowing ProcessView) throws(PatchError) {
        _ = try Self.room(for: Self.calls(for: try place(in: view.map)), files: files, in: view.memory)
    }

    /// Refuses a place that was chosen while the kernel was still executing the program: it places the heap last.
    ///
    /// A thread that has run our code is past that.
    private func requireHeap(of process: ProcessID) throws(PatchError) {
        let now = try about(process) { () throws(SystemError) in try ProcessIdentity(of: process) }
        guard now.heapStart == heapStart else { throw .notYetLinked(path: target.path) }
    }

    /// Gives memory back that nothing leads to.
    static func release(
        _ region: Range<RemoteAddress>, files: [LoadedFile], in memory: borrowing ProcessMemory
    ) throws(PatchError) {
        let calls = [RemoteCall.unmap(region)]
        var execution = RemoteExecution(calls, name: "", in: try room(for: calls, files: files, in: memory))
        _ = try execution.run(in: memory)
    }

    private func place(in map: MemoryMap) throws(PatchError) -> Placement {
        let size = Placement.size(of: patch)
        var refusal = PatchError.outOfReach(symbol: target.path, size: size)
        for place in HoleFinder(in: map, heapStart: heapStart).places(for: size, near: target.range) {
            do throws(PatchError) {
                return try Placement(
                    of: patch, at: place, loadBias: target.loadBias, imported: imported, carried: carried)
            } catch {
                refusal = error
            }
        }
        throw refusal
    }

    private static func calls(for placement: Placement) -> [RemoteCall] {
        [.reserve(placement.record.region)]
            + placement.parts.compactMap { part in
                switch part.protection {
                case .text: .makeExecutable(part.range)
                case .readOnlyData, .unwindTables: nil
                case .data: .makeWritable(part.range)
                }
            } + (placement.record.hookArea?.protection ?? [])
    }

    private static func room(
        for calls: [RemoteCall], files: [LoadedFile], in memory: borrowing ProcessMemory
    ) throws(PatchError) -> RemoteAddress {
        // One more for the name.
        let far = RemoteAddress(1 << 40)
        let size = Stub.maximalSize(of: calls + [.name(far..<far, as: far)])
        let room = try about(memory.process) { () throws(SystemError) in
            try StubRoom.find(size, in: files, of: memory)
        }
        guard let room else { throw .noRoomForStub(size: size) }
        return room
    }
}

extension Patcher {
    /// The place that an earlier application of this patch has left, if the patch can be put there again.
    func reuse(
        _ resident: ResidentRecord, in view: borrowing ProcessView, imported: [ImportedSymbol: UInt64],
        carried: CarriedVariables
    ) throws(PatchError) -> Placement? {
        guard resident.region.size == Placement.size(of: patch),
            view.map.mapping(containing: resident.patchBase)?.permissions == [.read, .execute]
        else { return nil }
        let placement = try Placement(
            of: patch, at: resident.region, loadBias: resident.loadBias, imported: imported, carried: carried)
        return placement.record.entries == resident.entries ? placement : nil
    }
}
