// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LinuxSystem
internal import LivePatch

/// All that must hold before a kernel is changed.
struct Preflight {
    let patch: KernelPatch
    let kernel: RunningKernel
    let places: KernelPatchPlaces
    let allowsDowngrade: Bool
    let ignoresCrash: Bool

    /// What is to be done.
    ///
    /// - Throws: `KernelPatchError` with the first thing that does not hold.
    func plan() throws(KernelPatchError) -> KernelPlan {
        guard kernel.mayLoadModules else { throw .notPermitted }
        guard !kernel.commandLine.contains("kaketsugi=off") else { throw .switchedOff }
        guard kernel.exists(Livepatch.directory) else { throw .noLivePatching }
        try requireSameKernel()
        try requireNoneStuck()
        let loaded = kernel.loadedPatches(places)
        if let same = loaded.first(where: { $0.patch?.id == patch.id }) {
            switch same.state {
            case .applied: return .already
            case .applying: return .goOn
            case .reverting: throw .transitionUnderWay(module: same.module)
            }
        }
        try requireFeatures()
        try requireTrust()
        for other in loaded where other.state != .applied { throw .transitionUnderWay(module: other.module) }
        for other in loaded where other.patch == nil { throw .foreignPatch(module: other.module) }
        try requireNoCrash()
        if kernel.isLoading(patch.kernel.module) { throw .moduleStuck(name: patch.kernel.module) }
        if kernel.hasModule(patch.kernel.module) { throw .moduleThere(name: patch.kernel.module) }
        try requireLevel(above: loaded.compactMap(\.patch))
        try requireFreeFunctions()
        return .load(replacing: loaded)
    }

    private func requireSameKernel() throws(KernelPatchError) {
        let target = patch.manifest.target.buildID
        guard let buildID = kernel.buildID else { throw .kernelUnknown }
        guard buildID == target else {
            throw .otherKernel(release: patch.kernel.release, target, running: kernel.release, buildID)
        }
        for part in patch.kernel.parts {
            // What is not loaded will be patched when it comes, and the kernel does not look at its build then.
            guard part.name != "vmlinux", kernel.hasModule(part.name) else { continue }
            let found = kernel.buildID(ofModule: part.name)
            guard found == part.buildID else { throw .otherModule(name: part.name, part.buildID, found: found) }
        }
    }

    private func requireFeatures() throws(KernelPatchError) {
        // Only there with CONFIG_HAVE_RELIABLE_STACKTRACE, which on x86-64 is ORC's (kernel/stacktrace.c). Without it the
        // kernel would load the patch, and the transition would never end.
        guard let symbols = try? kernel.interface.read("/proc/kallsyms"),
            occurs(" stack_trace_save_tsk_reliable\n", in: symbols)
        else { throw .noReliableStacks }
        guard kernel.line("/proc/sys/kernel/modules_disabled") != "1" else { throw .modulesDisabled }
        guard kernel.line("/proc/sys/kernel/ftrace_enabled") != "0" else { throw .tracingOff }
    }

    /// A signature is judged by the kernel: only it knows all keys.
    private func requireTrust() throws(KernelPatchError) {
        guard !patch.module.isSigned else { return }
        guard kernel.line("/sys/module/module/parameters/sig_enforce") != "Y" else { throw .signatureEnforced }
        // `none [integrity] confidentiality`
        for word in (kernel.line("/sys/kernel/security/lockdown") ?? "").split(separator: " ") where word.first == "[" {
            guard word == "[none]" else { throw .lockedDown(mode: String(word.dropFirst().dropLast())) }
        }
    }

    private func requireNoCrash() throws(KernelPatchError) {
        guard !ignoresCrash, let marker = try places.marker(of: patch.id) else { return }
        if marker.phase == .failed { throw .failedBefore(patch.id) }
        guard marker.boot == kernel.bootID else { throw .wentDown(patch.id) }
        // The command that loaded it was killed before the kernel had it: by somebody, so that nothing speaks against it.
    }

    /// A command that was killed by the kernel, in code of the module that it loaded, may have left locks behind that every
    /// later one would wait for.
    private func requireNoneStuck() throws(KernelPatchError) {
        for marker in places.allMarkers where marker.boot == kernel.bootID && kernel.isLoading(marker.module) {
            throw .moduleStuck(name: marker.module)
        }
    }

    private func requireLevel(above loaded: [KernelPatch]) throws(KernelPatchError) {
        guard !allowsDowngrade else { return }
        for other in loaded {
            switch patch.manifest.relation(to: other.manifest) {
            case .replaces: break
            case .isOlder: throw .holdsNewerLevel(other.manifest.level, patch: other.id)
            case .unrelated:
                guard patch.manifest.level >= other.manifest.level else {
                    throw .holdsNewerLevel(other.manifest.level, patch: other.id)
                }
                throw .losesFixes(of: other.id)
            }
        }
    }

    /// Only one at a time may change where a function's callers end up (FTRACE_OPS_FL_IPMODIFY): a live patch, or a probe.
    private func requireFreeFunctions() throws(KernelPatchError) {
        let ours = kernel.livepatches.reduce(into: Set<String>()) { $0.formUnion($1.functions) }
        let wanted = Set(patch.functionNames).subtracting(ours)
        for line in kernel.redirectedFunctions where wanted.contains(line) { throw .functionHeld(function: line) }
    }
}

extension RunningKernel {
    /// The functions whose callers something redirects; none if the kernel does not tell.
    fileprivate var redirectedFunctions: [String] {
        let places = ["/sys/kernel/tracing/enabled_functions", "/sys/kernel/debug/tracing/enabled_functions"]
        guard let bytes = places.lazy.compactMap({ try? interface.read($0) }).first else { return [] }
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
            // `name (1) R I D   tramp: …`, with ` [module]` behind the name, and lines for callers below it.
            let words = line.split(separator: UInt8(ascii: " "), maxSplits: 12)
                .map { String(decoding: $0, as: UTF8.self).trimmingTabs }
            guard let name = words.first, let count = words.firstIndex(where: { $0.hasPrefix("(") }) else { return nil }
            let flags = words[(count + 1)...].prefix { $0.utf8.count == 1 }
            return flags.contains("I") ? name : nil
        }
    }
}

extension String {
    fileprivate var trimmingTabs: String { String(drop { $0 == "\t" }.reversed().drop { $0 == "\t" }.reversed()) }
}
