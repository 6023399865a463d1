// SPDX-License-Identifier: Apache-2.0
// fuzz-packages: HostAgent TOMLKit CTOML CLinux Crypto CryptoExtras CryptoBoringWrapper SwiftASN1 CCryptoBoringSSL CCryptoBoringSSLShims CXKCP CXKCPShims
// fuzz-modules: CivilTime JSON ELF LinuxSystem LivePatch UpdateFramework ServicePolicy PatchCatalogue HostProtocol
// fuzz-part: HTTPTransport HTTPAddress.swift HTTPSettings.swift TransportError.swift
// fuzz-sources: Fuzz/Edits.swift Sources/HostAgent/Configuration/ConfigurationFile.swift Sources/HostAgent/AgentError.swift
// fuzz-sources: Sources/HostAgent/Configuration/AgentSettings.swift Sources/HostAgent/Configuration/SectionHeads.swift
// TOMLKit never frees what it parses; a command and a round read the settings once.
// fuzz-sanitizer: detect_leaks=0

import LivePatch

private let sample = Array(
    """
    # settings
    [service]
    proxy = "http://user:password@[::1]:3128"
    no-proxy = ["localhost", "*.example"]
    certificates = '/etc/ca.pem'
    mirrors = ["https://mirror.example/kaketsugi"]
    [updates]
    automatic = true
    soak = 300
    failures = 3
    wait = 0x03
    [processes]
    exclude = [ "sshd",
      "a b" ] # more
    targets = ["libc.so.6"]
    [metrics]
    file = "/var/lib/kaketsugi.prom"

    """.utf8)

/// Reads any bytes, and a good file edited by them, as settings; what is wrong is told with a line that there is.
@c(LLVMFuzzerTestOneInput)
public func fuzzSettings(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // Safety: the fuzzer gives `count` bytes that live until this function returns.
    let input = Array(unsafe UnsafeBufferPointer(start: start, count: count))
    check(input)
    check(edited(sample, by: input))
    return 0
}

private func check(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    do throws(AgentError) {
        _ = try ConfigurationFile(text, name: "kaketsugi.toml").settings(over: AgentSettings(environment: { _ in nil }))
    } catch {
        guard case .badConfiguration(_, let line, let reason) = error else { fatalError("another error: \(error)") }
        let lines = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
        guard (1...lines).contains(line), !reason.english.isEmpty else {
            fatalError("line \(line) of \(lines): \(reason.english)")
        }
    }
}
