// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

extension KernelPatcher {
    /// Watches the kernel after a patch was loaded, and clears the crash marker if nothing speaks against the patch.
    ///
    /// If the kernel warns or oopses meanwhile, the patch is taken out and is not loaded again by itself.
    ///
    /// - Parameters:
    ///   - report: what ``apply(_:)`` told.
    ///   - patch: the patch.
    ///   - time: how long.
    /// - Returns: The report, with what happened.
    package func settle(_ report: KernelReport, of patch: KernelPatch, for time: Duration) -> KernelReport {
        guard report.result == .done || report.result == .already else { return report }
        var report = report
        report.attempt { report throws(KernelPatchError) in
            guard try places.marker(of: patch.id) != nil else { return }
            let begin = kernel.interface.now
            let limit = begin.advanced(by: time)
            let said = report.lastMessage ?? lastMessage
            let before = report.complaints ?? kernel.complaints
            while true {
                if kernel.complaints.exceed(before) { try takeOutBad(patch, messages(after: said), &report) }
                guard kernel.interface.now < limit else { break }
                kernel.interface.pause(for: min(.milliseconds(250), limit.elapsed(since: kernel.interface.now)))
            }
            report.soak = kernel.interface.now.elapsed(since: begin)
            try places.clearMarker(of: patch.id)
        }
        return report
    }

    private func takeOutBad(
        _ patch: KernelPatch, _ said: [String], _ report: inout KernelReport
    ) throws(KernelPatchError) -> Never {
        let lock = try hold()
        defer { withExtendedLifetime(lock) {} }
        var marker = CrashMarker(patch, boot: kernel.bootID)
        marker.phase = .failed
        do throws(KernelPatchError) {
            try takeOut(patch, &report)
        } catch {
            try places.write(marker)
            throw .complainedAndStays(said: said)
        }
        try places.write(marker)
        throw .complained(said: said)
    }
}
