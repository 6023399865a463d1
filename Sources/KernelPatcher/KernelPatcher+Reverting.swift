// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
package import LivePatch

extension KernelPatcher {
    /// Takes a patch out of the kernel, and its module with it.
    ///
    /// Tasks that do not leave the new functions within the deadline keep the patch in force: it is as it was then.
    package func revert(_ id: ArtefactID) -> KernelReport {
        guard let found = loaded.first(where: { $0.patch?.id == id }), let patch = found.patch else {
            return KernelReport(notLoaded: id)
        }
        var report = KernelReport(patch)
        report.attempt { report throws(KernelPatchError) in
            guard kernel.mayLoadModules else { throw .notPermitted }
            try places.make()
            let lock = try hold()
            defer { withExtendedLifetime(lock) {} }
            try takeOut(patch, &report)
        }
        return report
    }

    func takeOut(_ patch: KernelPatch, _ report: inout KernelReport) throws(KernelPatchError) {
        let name = patch.kernel.module
        let begin = kernel.interface.now
        defer { report.transition = kernel.interface.now.elapsed(since: begin) }
        guard let livepatch = kernel.livepatch(name) else { throw .notLoaded(patch.id) }
        for other in kernel.livepatches where other.isInTransition && other.name != name {
            throw .transitionUnderWay(module: other.name)
        }
        // A transition to it is turned round; one away from it is waited for.
        if livepatch.isEnabled { try kernel.enable(name, false) }
        if case .stalled(let tasks) = Transition(kernel, of: name, deadline: deadline).waitUntilGone() {
            try keep(patch, tasks)
        }
        try remove(name)
        forget(patch)
        try places.clearMarker(of: patch.id)
        report.removed = [name]
    }

    /// Lets all tasks go to the patch again.
    private func keep(_ patch: KernelPatch, _ tasks: [BlockingTask]) throws(KernelPatchError) -> Never {
        let name = patch.kernel.module
        try kernel.enable(name, true)
        switch Transition(kernel, of: name, deadline: backDeadline).wait() {
        case .done: throw .stalledLeaving(after: deadline, tasks: tasks)
        case .gone: throw .takenOut(module: name)
        case .stalled(let later): throw .notUndone(tasks: later.isEmpty ? tasks : later)
        }
    }
}
