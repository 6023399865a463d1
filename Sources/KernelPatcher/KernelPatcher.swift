// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

/// Loads live patches into the running kernel, and takes them out.
///
/// Nothing is changed before the `Preflight` is passed. Then the crash marker is made durable, the module is loaded, and the
/// kernel lets one task after the other go over to the new functions. If some do not within the deadline, all go back.
/// No transition is ever forced.
package struct KernelPatcher: Sendable {
    let kernel: RunningKernel
    let places: KernelPatchPlaces
    /// How long tasks are given to go over; the kernel itself prods those that sleep after 15 seconds.
    package var deadline = KernelPatcher.standardDeadline
    /// Whether a higher level, or one with other fixes, may be left for the patch's.
    package var allowsDowngrade = false
    /// Whether a patch is loaded although the machine went down with it.
    package var ignoresCrash = false

    /// How long tasks are given where nothing is said.
    package static let standardDeadline = Duration.seconds(60)
    /// How long a kernel is watched where nothing is said.
    package static let standardSoak = Duration.seconds(10)

    /// Who is impatient to go forward has still time for the way back.
    var backDeadline: Duration { max(deadline, Self.standardDeadline) }

    /// A patcher of a kernel.
    package init(
        _ interface: any KernelInterface = LinuxKernel(), places: KernelPatchPlaces = KernelPatchPlaces()
    ) {
        kernel = RunningKernel(interface: interface)
        self.places = places
    }

    /// The live patches in the kernel, those of other tools too.
    package var loaded: [LoadedKernelPatch] { kernel.loadedPatches(places) }

    /// Looks whether a patch could be loaded, and changes nothing.
    ///
    /// - Returns: What would be done.
    /// - Throws: `KernelPatchError` with the reason why it could not.
    package func plan(_ patch: KernelPatch) throws(KernelPatchError) -> KernelPlan {
        try Preflight(
            patch: patch, kernel: kernel, places: places, allowsDowngrade: allowsDowngrade, ignoresCrash: ignoresCrash
        ).plan()
    }

    /// Loads a patch and waits until all tasks run it.
    ///
    /// The crash marker stays: ``settle(_:of:for:)`` watches the kernel and clears it.
    package func apply(_ patch: KernelPatch) -> KernelReport {
        var report = KernelReport(patch)
        report.attempt { report throws(KernelPatchError) in
            try places.make()
            let lock = try hold()
            defer { withExtendedLifetime(lock) {} }
            switch try plan(patch) {
            case .already: report.result = .already
            case .goOn: try goOver(to: patch, replacing: others(than: patch), &report)
            case .load(let replaced): try load(patch, replacing: replaced, &report)
            }
        }
        return report
    }

    /// One command at a time works on the kernel.
    func hold() throws(KernelPatchError) -> DirectoryLock {
        do throws(SystemError) {
            return try DirectoryLock(holding: places.loaded)
        } catch {
            throw .system(error)
        }
    }

    private func others(than patch: KernelPatch) -> [LoadedKernelPatch] {
        loaded.filter { $0.module != patch.kernel.module }
    }

    private func load(
        _ patch: KernelPatch, replacing replaced: [LoadedKernelPatch], _ report: inout KernelReport
    ) throws(KernelPatchError) {
        // Once it is loaded, the kernel can only tell the module's name: the rest is known by the file.
        try writeRecord(of: patch)
        do throws(KernelPatchError) {
            try places.write(CrashMarker(patch, boot: kernel.bootID))
        } catch {
            forget(patch)
            throw error
        }
        report.lastMessage = lastMessage
        report.complaints = kernel.complaints
        let begin = kernel.interface.now
        do throws(SystemError) {
            try kernel.interface.load(patch.module.contents)
        } catch {
            let messages = messages(after: report.lastMessage)
            forget(patch)
            try places.clearMarker(of: patch.id)
            throw .refusedByKernel(error.number, said: messages)
        }
        report.loading = kernel.interface.now.elapsed(since: begin)
        try goOver(to: patch, replacing: replaced, &report)
    }

    private func goOver(
        to patch: KernelPatch, replacing replaced: [LoadedKernelPatch], _ report: inout KernelReport
    ) throws(KernelPatchError) {
        let name = patch.kernel.module
        let begin = kernel.interface.now
        let ending = Transition(kernel, of: name, deadline: deadline).wait()
        report.transition = kernel.interface.now.elapsed(since: begin)
        switch ending {
        case .done: break
        case .gone:
            try remove(name)
            forget(patch)
            try places.clearMarker(of: patch.id)
            throw .takenOut(module: name)
        case .stalled(let tasks):
            try takeBack(patch, tasks)
        }
        var marker = CrashMarker(patch, boot: kernel.bootID)
        marker.phase = .soaking
        // If this fails, the first one is still there, which keeps the patch from being loaded at the next start as well.
        try? places.write(marker)
        for old in replaced {
            report.replacedLevel = max(report.replacedLevel ?? 0, old.patch?.manifest.level ?? 0)
            do throws(KernelPatchError) {
                try remove(old.module)
                report.removed.append(old.module)
            } catch {
                // It has no effect any more; the memory that it takes is all that it costs.
                report.leftovers.append(old.module)
            }
            if let patch = old.patch {
                forget(patch)
                // A marker that stays is only in the way of a patch that nobody wants any more.
                try? places.clearMarker(of: patch.id)
            }
        }
    }

    /// Lets all tasks go back, and tells which ones were in the way.
    private func takeBack(_ patch: KernelPatch, _ tasks: [BlockingTask]) throws(KernelPatchError) -> Never {
        let name = patch.kernel.module
        try kernel.enable(name, false)
        // Who has gone over may be in a new function now.
        switch Transition(kernel, of: name, deadline: backDeadline).waitUntilGone() {
        case .done, .gone: break
        case .stalled(let later): throw .notUndone(tasks: later.isEmpty ? tasks : later)
        }
        try remove(name)
        forget(patch)
        try places.clearMarker(of: patch.id)
        throw .stalled(after: deadline, tasks: tasks)
    }
}
