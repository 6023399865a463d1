// SPDX-License-Identifier: Apache-2.0
// fuzz-packages: HostProtocol CLinux Crypto CryptoExtras CryptoBoringWrapper SwiftASN1 CCryptoBoringSSL CCryptoBoringSSLShims CXKCP CXKCPShims
// fuzz-modules: CivilTime JSON ELF LinuxSystem LivePatch UpdateFramework ServicePolicy PatchCatalogue HostProtocol
// fuzz-sources: Fuzz/Edits.swift Fuzz/RoundTrip.swift Sources/HostAgent/State/HostState.swift Sources/HostAgent/State/HostState+JSON.swift
// fuzz-sources: Sources/HostAgent/State/KeptValues.swift Sources/HostAgent/State/StateFields.swift
// fuzz-sources: Sources/HostAgent/Decisions/CrashGuard.swift
// fuzz-sources: Sources/HostAgent/Running/CheckInResult.swift Sources/HostAgent/Running/Standing.swift

import HostProtocol
import JSON
import LivePatch
import PatchCatalogue
import ServicePolicy

private let patch = ArtefactID(of: [1, 2, 3])
private let time = Moment(seconds: 1_800_000_000)

/// A state of everything there is.
private let state: HostState = {
    var state = HostState()
    state.registration = HostRegistration(
        server: "https://updates.example", certificates: "/ca.pem", hardware: .server, origin: .installer,
        tags: ["web"],
        since: time)
    state.counter = 7
    state.lease = .object(["signed": .object([:])])
    state.instructions = .object(["signed": .object(["number": .integer(1)])])
    state.answer = KeptAnswer(
        eligibility: EligibilityAnswer(
            system: "Debian 12", products: ["glibc"],
            refusals: [.init(clause: "LP-2.1-※5", text: PolicyText("a", "あ"))],
            flags: []), token: "t", nextCheckIn: 3600, received: time, clockDifference: -2)
    let level = AcceptedLevel(
        product: "glibc", distribution: "debian-12", target: "libc.so.6", buildID: "abcd", level: 2, patch: patch,
        rollout: "r", since: time)
    state.accept(level)
    state.previous = [level]
    state.holds = [.init(buildID: "*", level: nil, since: time, reason: "freeze")]
    state.marker = CrashMarker(patches: [patch], bootID: "6b1a", time: time, isOrderly: false)
    state.halt = AgentHalt(since: time, reason: "three failures")
    state.suspects = [patch]
    state.clockFloor = time
    state.note(.applied, patch, rollout: "r", target: "libc.so.6", level: 2, detail: "3 processes", at: time)
    return state
}()
private let samples = [
    state.encoded, CheckInResult(isFailure: true, nextCheckIn: 60, retryAfter: 30).encoded,
    Standing(files: ["/a.mend"], exclusions: ["sshd"], soak: 7).encoded,
]

/// Reads any bytes, and good files edited by them, as what the agent keeps and what its children answer; what is accepted is
/// written and read again.
@c(LLVMFuzzerTestOneInput)
public func fuzzHostState(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // Safety: the fuzzer gives `count` bytes that live until this function returns.
    let input = Array(unsafe UnsafeBufferPointer(start: start, count: count))
    for bytes in [input] + samples.map({ edited($0, by: input) }) {
        check(bytes, { try HostState(parsing: $0) }, \.encoded)
        check(bytes, { try CheckInResult(parsing: $0) }, \.encoded)
        check(bytes, { try Standing(parsing: $0) }, \.encoded)
    }
    return 0
}

private func check<Value: Equatable>(
    _ bytes: [UInt8], _ read: ([UInt8]) throws -> Value, _ written: (Value) -> [UInt8]
) {
    guard var state = readTwice(bytes, read, written) as? HostState else { return }
    // What is reckoned with moments of any file.
    _ = state.lookBack(bootID: "another", at: time)
    state.clearMarker(bootID: "6b1a", soak: 300, at: time)
}
