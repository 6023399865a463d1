// SPDX-License-Identifier: Apache-2.0
// fuzz-packages: HostProtocol CLinux Crypto CryptoExtras CryptoBoringWrapper SwiftASN1 CCryptoBoringSSL CCryptoBoringSSLShims CXKCP CXKCPShims
// fuzz-modules: CivilTime JSON ELF LinuxSystem LivePatch UpdateFramework ServicePolicy
// fuzz-sources: Fuzz/Edits.swift Fuzz/RoundTrip.swift Sources/HostProtocol/*.swift Sources/HostProtocol/*/*.swift

import JSON
import LivePatch
import ServicePolicy

private let facts = HostFacts(
    hostname: "web-1", machineID: String(repeating: "ab", count: 32), osRelease: "ID=debian\nVERSION_ID=\"12\"\n",
    systemRelease: "CentOS release 6", kernel: "6.1.0-18-amd64", machine: "x86_64", platform: "QEMU Standard PC",
    hardware: .virtual, origin: .installer, tool: "0.1", tags: ["env:prod", "web"])
private let patch = ArtefactID(of: [1, 2, 3])
private let time = Moment(seconds: 1_800_000_000)
private let key: HostKey = {
    guard let key = try? HostKey(secret: String(repeating: "5a", count: 32)) else { fatalError("32 bytes are a key") }
    return key
}()

private let checkIn = CheckIn(
    counter: 7, bootID: "6b1a", facts: facts,
    targets: [.init(name: "libc.so.6", buildID: "abcd", processes: 3, level: 2, patch: patch, patched: 2)],
    events: [.init(number: 4, time: time, kind: .failed, patch: patch, rollout: "r1", detail: "だめ")],
    holds: [.init(buildID: "*", level: 1, since: time, reason: "freeze")])
private let answer = ServiceAnswer(
    lease: .object(["signed": .object(["a": .integer(1)])]), instructions: .null,
    eligibility: EligibilityAnswer(CoveragePolicy.standard.eligibility(of: facts.system, on: time.dayInTokyo)),
    token: "t", nextCheckIn: 3600, eventsKept: 4, time: time)
private let lease = HostLease(
    host: key.host, lease: Lease(issued: time, expires: time, graceEnds: time), products: ["glibc"], contract: "c")
private let instructions = Instructions(
    host: key.host, number: 3, issued: time, expires: time,
    orders: [
        .init(product: "glibc", distribution: "debian-12", buildID: "abcd", level: 2, patch: patch, rollout: "r"),
        .init(product: "glibc", distribution: "debian-12", buildID: "dcba", level: 0, patch: nil, rollout: "r"),
    ])
private let samples: [[UInt8]] = [
    checkIn.encoded, answer.encoded,
    Registration(.activationKey("KEY"), key: key.publicKey, facts: facts).encoded,
    Registration(.ticket("T"), key: key.publicKey, facts: facts).encoded,
    ServiceRefusal(.copied, PolicyText("copied", "複製"), clause: "LP-2.2", ticket: "abc", retryAfter: 60).encoded,
    JSONValue.object(lease.members).compactText, JSONValue.object(instructions.members).compactText,
]
private let body = checkIn.encoded
/// The headers of a signed request, a line each.
private let headers: [UInt8] = {
    guard let signed = RequestSignature(method: "POST", path: "/v1/check-in", body: body, at: time, with: key) else {
        fatalError("the system has random numbers")
    }
    return Array(signed.headers.map(\.value).joined(separator: "\n").utf8)
}()

/// Reads any bytes, and good messages edited by them, as what a host and the service say to each other; what is accepted is
/// written and read again.
@c(LLVMFuzzerTestOneInput)
public func fuzzHostProtocol(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // Safety: the fuzzer gives `count` bytes that live until this function returns.
    let input = Array(unsafe UnsafeBufferPointer(start: start, count: count))
    check(input)
    for sample in samples { check(edited(sample, by: input)) }
    checkHeaders(input)
    checkHeaders(edited(headers, by: input))
    return 0
}

private func check(_ bytes: [UInt8]) {
    check(bytes, { try CheckIn(parsing: $0) }, \.encoded)
    check(bytes, { try Registration(parsing: $0) }, \.encoded)
    check(bytes, { try ServiceAnswer(parsing: $0) }, \.encoded)
    check(bytes, { try ServiceRefusal(parsing: $0) }, \.encoded)
    check(bytes, statement(HostLease.self)) { JSONValue.object($0.members).compactText }
    check(bytes, statement(Instructions.self)) { JSONValue.object($0.members).compactText }
}

/// Reads a statement's fields, as after its signature.
private func statement<Content: Statement>(_ type: Content.Type) -> ([UInt8]) throws -> Content {
    { bytes in try Content(try ProtocolFields(try JSONValue(parsing: bytes), path: type.type)) }
}

private func check<Message: Equatable>(
    _ bytes: [UInt8], _ read: ([UInt8]) throws -> Message, _ written: (Message) -> [UInt8]
) {
    // What a service does with what it was told of a host.
    if let checkIn = readTwice(bytes, read, written) as? CheckIn {
        _ = CoveragePolicy.standard.joined(with: .additional).eligibility(of: checkIn.facts.system, on: time.dayInTokyo)
    }
}

/// Reads lines as the headers of a request, and verifies them.
private func checkHeaders(_ bytes: [UInt8]) {
    let values = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    let names = ["Content-Digest", "Signature-Input", "Signature"]
    let read = try? RequestSignature { name in
        names.firstIndex(of: name).flatMap { values.indices.contains($0) ? String(values[$0]) : nil }
    }
    guard let read else { return }
    let again = try? RequestSignature { name in read.headers.first { $0.name == name }?.value }
    guard again == read else { fatalError("headers that were accepted cannot be read again") }
    guard (try? read.verify(method: "POST", path: "/v1/check-in", body: body, at: time, by: key.publicKey)) != nil
    else {
        return
    }
    guard read.contentDigest == RequestSignature.digest(of: body), read.host == key.host else {
        fatalError("a signature of something else was believed")
    }
}
