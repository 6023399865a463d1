// SPDX-License-Identifier: Apache-2.0

internal import ELF
package import LinuxSystem
internal import LivePatch

extension JointPatcher {
    /// What applying the patches to a process would do; nil for a process that is not concerned.
    ///
    /// Everything that ``apply(to:)`` looks at before it stops the process is looked at here, by the same code, and nothing
    /// is changed. What shows only in the stop cannot be foretold: whether a thread is in a function that is replaced.
    ///
    /// - Throws: ``PatchError/notPermitted(_:)``.
    package func plan(for process: ProcessID) throws(PatchError) -> PlannedProcess? {
        do throws(PatchError) {
            guard let view = try ProcessView(of: process, writable: false) else { return nil }
            return try plan(for: view)
        } catch {
            switch error {
            case .exited: return nil
            default: throw error
            }
        }
    }

    private func plan(for view: borrowing ProcessView) throws(PatchError) -> PlannedProcess? {
        let process = view.process
        let files = try view.files()
        let users = patchers.filter { patcher in files.contains { $0.buildID == patcher.target.buildID } }
        let namesake = files.first { file in patchers.contains { $0.target.name == file.fileName } }
        guard !users.isEmpty || namesake != nil else { return nil }
        let identity = try about(process) { () throws(SystemError) in try ProcessIdentity(of: process) }
        let threads = try about(process) { () throws(SystemError) in try ProcessDirectory.threads(of: process) }
        var plan = PlannedProcess(
            process: process, name: identity.name, patches: users.map(\.patch.id), level: nil, threads: threads.count,
            action: .patch)
        guard !users.isEmpty else {
            plan.action = .otherBuild(namesake?.buildID.map { "\($0)" } ?? "")
            return plan
        }
        let records = try view.records()
        plan.level = records.filter { record in record.isInForce && users.contains { $0.isLevel(record) } }
            .map(\.manifest.level).max()
        if let reason = first.exclusions.reason(to: identity) {
            plan.action = .leave(reason)
            return plan
        }
        do throws(PatchError) {
            plan.action = try action(of: users, in: view, files, identity, threads)
        } catch {
            plan.action = .refuse(error)
        }
        return plan
    }

    /// What would be done for all of the files that the process uses: all of it, or nothing.
    private func action(
        of users: [Patcher], in view: borrowing ProcessView, _ files: [LoadedFile], _ identity: ProcessIdentity,
        _ threads: [ThreadID]
    ) throws(PatchError) -> PlannedProcess.Action {
        var images: Set<UInt64> = []
        for user in users {
            let target = try user.target(in: files)
            images.insert(target.loadBias)
            try requireOthers(of: target, among: files, view)
        }
        try JointSwitch.requireWhole(try view.records(), in: images)
        var actions: [PlannedProcess.Action] = []
        for user in users { actions.append(try user.action(in: view, files, identity, threads)) }
        if actions.contains(.replace) { return .replace }
        return actions.contains(.patch) ? .patch : .already
    }
}

extension Patcher {
    /// What the patch is for.
    fileprivate var target: Manifest.Target { patch.artefact.manifest.target }

    fileprivate func isLevel(_ record: ResidentRecord) -> Bool {
        record.patch == patch.id || patch.artefact.manifest.relation(to: record.manifest) != .unrelated
    }

    fileprivate func action(
        in view: borrowing ProcessView, _ files: [LoadedFile], _ identity: ProcessIdentity, _ threads: [ThreadID]
    ) throws(PatchError) -> PlannedProcess.Action {
        let target = try target(in: files)
        let records = try view.records()
        let level = try LevelChange(
            to: patch, among: records.filter { $0.loadBias == target.loadBias }, allowsDowngrade: allowsDowngrade)
        if let resident = level.resident, resident.state == .applied, try view.holdsAll(resident.entries) {
            return .already
        }
        try requireTraceable(view.process, threads)
        let known = (level.resident.map { [$0] } ?? []) + level.replaced
        try verifyOriginal(of: target, known: known, records: records, in: view.memory)
        let carried = try CarriedVariables(of: patch.artefact, from: level.replaced)
        try carried.requirePresence(in: view.map, of: patch.artefact.manifest)
        if needsLinkage { try LinkingState.requireLinked(target, among: files, view.map, view.memory) }
        let imported = try SymbolSearch.addresses(
            of: patch.artefact.imports, for: target, among: files, in: view.memory)
        let reused = try level.resident.flatMap { resident throws(PatchError) in
            try reuse(resident, in: view, imported: imported, carried: carried)
        }
        if reused == nil {
            let room = Reservation(
                patch, target: target, files: files, heapStart: identity.heapStart, imported: imported,
                carried: carried)
            try room.requirePlace(in: view)
        }
        return level.replaced.isEmpty ? .patch : .replace
    }

    /// Refuses a process that another traces, and one none of whose threads may call the system.
    private func requireTraceable(_ process: ProcessID, _ threads: [ThreadID]) throws(PatchError) {
        var isUsable = false
        for thread in threads {
            guard let status = try? ThreadStatus(of: thread, in: process), !status.hasEnded else { continue }
            if let tracer = status.tracer { throw .traced(process, by: tracer) }
            if status.seccomp == .disabled || Privilege.maySuspendFilters { isUsable = true }
        }
        guard isUsable else { throw .noUsableThread(last: .seccomp) }
    }
}

extension LoadedFile {
    /// The last part of the path.
    fileprivate var fileName: String {
        let path = path.hasSuffix(" (deleted)") ? String(path.dropLast(10)) : path
        return path.split(separator: "/").last.map(String.init) ?? ""
    }
}
