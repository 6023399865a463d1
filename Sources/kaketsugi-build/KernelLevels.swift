// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput
import PatchBuilder

/// Builds the cumulative levels of a queue of fixes for a kernel.
///
/// The module of each level takes the place of the one before at one instant for each task (`replace` of livepatch), so it
/// has all of what the lower levels have.
struct KernelLevels {
    let queue: PatchQueue
    let kernel: KernelSource
    let waivers: WaiverOptions

    init(of queue: PatchQueue, kernel: KernelSource, waivers: WaiverOptions) {
        self.queue = queue
        self.kernel = kernel
        self.waivers = waivers
    }

    /// Builds and writes levels.
    ///
    /// - Parameters:
    ///   - levels: the levels that are wanted.
    ///   - paths: where a level's patch goes, and its review, if that is wanted.
    /// - Returns: what became of them.
    /// - Throws: `BuildError` for a fix that does not apply or compile.
    func report(
        _ levels: ClosedRange<Int>, to paths: (Int) -> (output: String, page: String?)
    ) async throws -> LevelReport {
        var report = LevelReport(source: "\(kernel.package)")
        var below: BuiltKernelFix?
        // Lower levels are compiled, too, to tell which fix changes what.
        for number in queue.levels where number <= levels.upperBound {
            let fix = queue.fix(ofLevel: number)
            let options = levels.contains(number) ? options(of: fix, level: number) : nil
            let level = try await cancelling { try await kernel.level(of: fix, options: options) }
            report.fixes.append(
                LevelReport.Fix(level.built.fix, level: number, isAffected: level.built.differs(from: below)))
            if let patch = level.patch {
                report.levels.append(.init(level: number, outcome: try outcome(of: patch, paths(number))))
            }
            below = level.built
        }
        return report
    }

    private func options(of fix: Fix, level number: Int) -> KernelPatchOptions {
        KernelPatchOptions(level: number, waivers: waivers.waivers(with: fix.levels.flatMap(\.waivers)))
    }

    private func outcome(
        of patch: Result<KernelPatch, BuildError>, _ paths: (output: String, page: String?)
    ) throws -> PatchOutcome {
        do {
            return try patch.get().write(to: paths.output, page: paths.page)
        } catch let error as BuildError {
            guard case .kernel = error else { throw error }
            return PatchOutcome(error)
        } catch let refusal as any Error & CustomStringConvertible {
            return PatchOutcome(refusal)
        }
    }
}
