// SPDX-License-Identifier: Apache-2.0
// fuzz-packages: HostProtocol CLinux Crypto CryptoExtras CryptoBoringWrapper SwiftASN1 CCryptoBoringSSL CCryptoBoringSSLShims CXKCP CXKCPShims
// fuzz-modules: CivilTime JSON ELF LinuxSystem LivePatch UpdateFramework
// fuzz-sources: Fuzz/Edits.swift Fuzz/RoundTrip.swift Sources/PatchCatalogue/*.swift

import JSON
import LivePatch
import UpdateFramework

private let list = RevocationList(
    number: 3, expires: UpdateTime(secondsSince1970: 1_800_000_000),
    revoked: [
        .init(
            patch: ArtefactID(of: [1]), reason: LocalizedText(english: "It breaks.", japanese: "壊れます"),
            since: UpdateTime(secondsSince1970: 1_700_000_000))
    ]
).encoded
private let description = Array(
    """
    {"schemaVersion": 1, "product": "glibc", "distribution": "debian-12", "target": "libc.so.6", "package": "libc6",
    "buildID": "abcd", "level": 2, "cves": ["CVE-2026-1"], "severity": "high", "restart": "none", "proof": ["bytes"]}
    """.utf8)

/// Reads any bytes, and good files edited by them, as what a repository says of patches; what is accepted is written and read
/// again.
@c(LLVMFuzzerTestOneInput)
public func fuzzCatalogue(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // Safety: the fuzzer gives `count` bytes that live until this function returns.
    let input = Array(unsafe UnsafeBufferPointer(start: start, count: count))
    for bytes in [input] + [list, description].map({ edited($0, by: input) }) {
        if let list = readTwice(bytes, { try RevocationList(parsing: $0) }, \.encoded) {
            _ = list.judgement(on: ArtefactID(of: [1]), at: UpdateTime(secondsSince1970: 1_800_000_000))
        }
        if case .object(let object)? = try? JSONValue(parsing: bytes), let read = try? PatchDescription(custom: object)
        {
            guard (try? PatchDescription(custom: read.custom)) == read else {
                fatalError("a description that was accepted cannot be written and read again")
            }
        }
    }
    return 0
}
