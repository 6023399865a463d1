// SPDX-License-Identifier: Apache-2.0

import ELF
import Foundation
import KernelPatcher
import Synchronization

@testable import LinuxSystem

/// A kernel in memory with its own time, whose tasks go over to a patch when the test says so.
final class FakeKernel: KernelInterface {
    /// What it is, and what happened to it.
    struct State {
        var files: [String: [UInt8]] = [:]
        /// The time, in nanoseconds.
        var time: UInt64 = 1_000_000_000
        /// How long a transition takes; nil for one that never ends.
        var transition: Duration? = .milliseconds(30)
        /// The same for one that goes the other way.
        var wayBack: Duration? = .milliseconds(30)
        /// Patches that go over, by names, and when they have.
        var under: [String: UInt64] = [:]
        /// Why the next module is not taken.
        var refusal: ErrorNumber?
        /// How often a module is in use when it is to be removed.
        var busy = 0
        /// What was done, in order.
        var events: [String] = []
        /// Something that happens at a time.
        var plans: [(time: UInt64, change: @Sendable (inout State) -> Void)] = []
        /// Something that happens when a module is loaded.
        var onLoad: (@Sendable () -> Void)?
        var messages: [String] = ["Linux version 6.1"]
        /// After how many calls nothing works any more.
        var callsLeft = Int.max

        mutating func spendCall() -> Bool {
            callsLeft -= 1
            return callsLeft >= 0
        }
    }

    private let state: Mutex<State>

    init() {
        var state = State()
        for (path, text) in [
            "/proc/sys/kernel/osrelease": "6.1.0-50-cloud-amd64\n", "/proc/sys/kernel/random/boot_id": "boot-1\n",
            "/proc/cmdline": "console=ttyS0 panic=-1\n",
            "/proc/kallsyms": "0 T _text\n0 T stack_trace_save_tsk_reliable\n0 T other\n",
            "/proc/sys/kernel/modules_disabled": "0\n", "/proc/sys/kernel/ftrace_enabled": "1\n",
            "/proc/sys/kernel/tainted": "0\n", "/sys/module/module/parameters/sig_enforce": "N\n",
            "/sys/kernel/security/lockdown": "[none] integrity confidentiality\n",
            "/proc/self/status": "Name:\tkaketsugi\nCapEff:\t000001ffffffffff\n",
            // A directory without files.
            "/sys/kernel/livepatch/.": "",
        ] { state.files[path] = Array(text.utf8) }
        state.files["/sys/kernel/notes"] = SamplePatch.note(SamplePatch.vmlinux.bytes)
        self.state = Mutex(state)
    }

    /// Looks at, and changes, anything.
    @discardableResult
    func with<Result: Sendable>(_ body: (inout sending State) -> sending Result) -> Result { state.withLock(body) }

    subscript(path: String) -> String? {
        get { with { $0.files[path].map { String(decoding: $0, as: UTF8.self) } } }
        set { with { $0.files[path] = newValue.map { Array($0.utf8) } } }
    }

    var events: [String] { with { $0.events } }

    /// Adds a loaded module.
    func addModule(_ name: String, buildID: [UInt8]?) {
        with { $0.addModule(name, buildID: buildID) }
    }

    /// Adds a live patch that is in force.
    func addLivepatch(_ name: String, functions: [String] = []) {
        with {
            $0.addModule(name, buildID: nil)
            $0.addLivepatch(name, functions: functions, at: 0)
        }
    }

    /// Adds a task with the state of its transition.
    func addTask(_ number: Int, _ name: String, state: Int, stack: String) {
        for (file, text) in ["comm": name, "patch_state": "\(state)", "stack": stack] {
            self["/proc/\(number)/task/\(number)/\(file)"] = text + "\n"
        }
    }

    private func spendCall(_ call: String) throws(SystemError) {
        guard with({ $0.spendCall() }) else { throw SystemError(call, .inputOutput) }
    }

    func read(_ path: String) throws(SystemError) -> [UInt8] {
        try spendCall("open")
        let contents: [UInt8]? = with { $0.files[path] }
        guard let contents else { throw SystemError("open", .noSuchFile, on: .path(path)) }
        return contents
    }

    func names(in path: String) throws(SystemError) -> [String] {
        try spendCall("opendir")
        let (isFile, names): (Bool, Set<String>) = with { state in
            let below = state.files.keys.filter { $0.hasPrefix(path + "/") }
            let names = below.map { String($0.dropFirst(path.count + 1).prefix { $0 != "/" }) }
            return (state.files[path] != nil, Set(names))
        }
        if isFile { throw SystemError("opendir", .notDirectory, on: .path(path)) }
        guard !names.isEmpty else { throw SystemError("opendir", .noSuchFile, on: .path(path)) }
        return names.subtracting(["."]).sorted()
    }

    func write(_ text: String, to path: String) throws(SystemError) {
        try spendCall("write")
        let number: ErrorNumber? = with { state in
            state.events.append("write \(text) to \(path)")
            guard state.files[path] != nil else { return .noSuchFile }
            let place = path.dropLast("/enabled".count)
            guard state.files[path] != Array((text + "\n").utf8) else { return .invalid }
            state.files[path] = Array((text + "\n").utf8)
            state.files[place + "/transition"] = Array("1\n".utf8)
            let name = String(place.split(separator: "/").last ?? "")
            let time = text == "1" ? state.transition : state.wayBack
            state.under[name] = time.map { state.time + UInt64($0 / .nanoseconds(1)) } ?? .max
            return nil
        }
        if let number { throw SystemError("write", number, on: .path(path)) }
    }

    func load(_ module: [UInt8]) throws(SystemError) {
        try spendCall("finit_module")
        let (refusal, hook): (ErrorNumber?, (@Sendable () -> Void)?) = with { ($0.refusal, $0.onLoad) }
        hook?()
        let name = Self.name(of: module)
        with { $0.events.append("load \(name)") }
        if let refusal {
            with { $0.messages.append("livepatch: failed to initialize patch '\(name)'") }
            throw SystemError("finit_module", refusal)
        }
        let identity = (try? ObjectFile(parsing: module))?.buildID?.bytes
        with { state in
            state.addModule(name, buildID: identity)
            let time = state.transition.map { state.time + UInt64($0 / .nanoseconds(1)) } ?? .max
            state.addLivepatch(name, functions: ["cmdline_proc_show"], at: time)
        }
    }

    func unload(_ name: String) throws(SystemError) {
        try spendCall("delete_module")
        let number: ErrorNumber? = with { state in
            state.events.append("unload \(name)")
            guard state.files["/sys/module/\(name)/initstate"] != nil else { return .noSuchFile }
            guard state.files["/sys/kernel/livepatch/\(name)/enabled"] == nil else { return .busy }
            if state.busy > 0 {
                state.busy -= 1
                return .again
            }
            state.remove("/sys/module/\(name)/")
            return nil
        }
        if let number { throw SystemError("delete_module", number, on: .path(name)) }
    }

    func log() throws(SystemError) -> [KernelMessage] {
        try spendCall("read")
        return with { $0.messages.enumerated().map { KernelMessage(sequence: UInt64($0.offset), text: $0.element) } }
    }

    var now: MonotonicInstant { MonotonicInstant(nanoseconds: with { $0.time }) }

    func pause(for duration: Duration) { with { $0.advance(by: duration) } }

    private static func name(of module: [UInt8]) -> String {
        let fields = (try? ObjectFile(parsing: module))?.section(named: ".modinfo")?.contents.split(separator: 0) ?? []
        let names = fields.map { String(decoding: $0, as: UTF8.self) }.filter { $0.hasPrefix("name=") }
        return names.first.map { String($0.dropFirst(5)) } ?? ""
    }
}

extension FakeKernel.State {
    mutating func addModule(_ name: String, buildID: [UInt8]?) {
        files["/sys/module/\(name)/initstate"] = Array("live\n".utf8)
        if let buildID { files["/sys/module/\(name)/notes/.note.gnu.build-id"] = SamplePatch.note(buildID) }
    }

    mutating func addLivepatch(_ name: String, functions: [String], at end: UInt64) {
        let place = "/sys/kernel/livepatch/\(name)"
        files[place + "/enabled"] = Array("1\n".utf8)
        files[place + "/transition"] = Array((end > time ? "1\n" : "0\n").utf8)
        for function in functions { files[place + "/vmlinux/\(function),1/."] = [] }
        if end > time { under[name] = end }
    }

    mutating func remove(_ prefix: String) {
        for path in files.keys where path.hasPrefix(prefix) { files[path] = nil }
    }

    mutating func advance(by duration: Duration) {
        time += UInt64(duration / .nanoseconds(1))
        for plan in plans where plan.time <= time { plan.change(&self) }
        plans.removeAll { $0.time <= time }
        for (name, end) in under where end <= time {
            under[name] = nil
            let place = "/sys/kernel/livepatch/\(name)"
            guard files[place + "/enabled"] == Array("1\n".utf8) else {
                remove(place + "/")
                continue
            }
            files[place + "/transition"] = Array("0\n".utf8)
            // Atomic replace: the others leave the list, and their modules stay.
            let others = Set(
                files.keys.compactMap { path -> String? in
                    let parts = path.split(separator: "/")
                    return path.hasPrefix("/sys/kernel/livepatch/") && parts.count > 4 ? String(parts[3]) : nil
                })
            for other in others where other != name { remove("/sys/kernel/livepatch/\(other)/") }
        }
    }
}
