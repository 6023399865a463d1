// SPDX-License-Identifier: Apache-2.0

extension KernelRoot {
    /// Lets the kernel's own tool (genksyms) tell the types of exported symbols with the fix, while the fixed files are in
    /// the tree.
    ///
    /// Units that export nothing, or that the fix does not change, are left out.
    func readChecksums(_ jobs: [Job], fix: String, _ further: [String]) async throws(BuildError) {
        var missing: [(job: Job, command: String)] = []
        for job in jobs where !job.command.checksums.isEmpty && !Files.exists(checksums(of: job, fix: fix)) {
            let unfixed = try Files.read(path(of: job, fix: nil))
            guard !ObjectCode.areEqual(unfixed, try Files.read(path(of: job, fix: fix))) else { continue }
            guard let command = job.command.checksumText(writing: checksums(of: job, fix: fix), options: further)
            else { throw .unitNotCompiled(job.source) }
            missing.append((job, command))
        }
        try await Concurrently.forEach(missing) {
            (_: Int, one: (job: Job, command: String)) async throws(BuildError) in
            try await ToolCall(
                tool: .shell, arguments: ["-c", "set -e; " + one.command], directory: tree, environment: environment,
                log: root.log("checksums-" + Digest([one.job.source]).hexadecimal.prefix(12)), sandbox: sandbox
            ).run()
        }
    }

    /// Where the checksums of what a unit exports with a fix are kept.
    func checksums(of job: Job, fix: String) -> String { path(of: job, fix: fix) + ".symvers" }
}
