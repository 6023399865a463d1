// SPDX-License-Identifier: Apache-2.0
// fuzz-packages: UpdateFramework CLinux Crypto CryptoExtras CryptoBoringWrapper SwiftASN1 CCryptoBoringSSL CCryptoBoringSSLShims CXKCP CXKCPShims
// fuzz-modules: CivilTime JSON LinuxSystem
// fuzz-sources: Fuzz/Edits.swift Sources/UpdateFramework/Metadata/*.swift
// fuzz-sources: Sources/UpdateFramework/Repository/PublicKeyFile.swift Sources/UpdateFramework/Repository/RepositoryError.swift

import JSON

private let targets = """
    {"signatures": [{"keyid": "a", "sig": "00"}], "signed": {"_type": "targets", "spec_version": "1.0.34", "version": 3,
    "expires": "2030-01-01T00:00:00Z", "targets": {"a/b": {"length": 4, "hashes": {"sha256": "00"}, "custom": {"c": [1]}}},
    "delegations": {"keys": {"a": {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": "00"}}}, "roles": [
    {"name": "d", "keyids": ["a"], "threshold": 1, "paths": ["*/[!a-c]?"]},
    {"name": "e", "keyids": [], "threshold": 1, "path_hash_prefixes": ["0"], "terminating": true}]}}}
    """
private let root = """
    {"signatures": [], "signed": {"_type": "root", "spec_version": "1.0.34", "version": 1, "expires":
    "2030-01-01T00:00:00Z", "consistent_snapshot": true, "keys": {"a": {"keytype": "ecdsa", "scheme":
    "ecdsa-sha2-nistp256", "keyval": {"public": "-----BEGIN PUBLIC KEY-----"}}}, "roles": {"root": {"keyids": ["a"],
    "threshold": 1}, "timestamp": {"keyids": ["a"], "threshold": 1}, "snapshot": {"keyids": ["a"], "threshold": 1},
    "targets": {"keyids": ["a", "b"], "threshold": 2}}}}
    """
private let timestamp = """
    {"signatures": [], "signed": {"_type": "timestamp", "spec_version": "1.0.34", "version": 1, "expires":
    "2030-01-01T00:00:00Z", "meta": {"snapshot.json": {"version": 2, "length": 3, "hashes": {"sha512": "00"}}}}}
    """
private let publicKey = """
    {"schemaVersion": 1, "holder": "h", "publicKey": {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public":
    "0808080808080808080808080808080808080808080808080808080808080808"}}}
    """
private let samples = [targets, root, timestamp, publicKey].map { Array($0.utf8) }

/// Reads any bytes, and good metadata edited by them, as metadata; what is accepted is written and read again.
@c(LLVMFuzzerTestOneInput)
public func fuzzMetadata(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // Safety: the fuzzer gives `count` bytes that live until this function returns.
    let input = Array(unsafe UnsafeBufferPointer(start: start, count: count))
    checkJSON(input)
    for sample in samples {
        let file = edited(sample, by: input)
        for bytes in [input, file] {
            check(bytes, as: RootMetadata.self)
            check(bytes, as: TimestampMetadata.self)
            check(bytes, as: SnapshotMetadata.self)
            check(bytes, as: TargetsMetadata.self)
            checkKey(bytes)
        }
    }
    return 0
}

private func checkJSON(_ bytes: [UInt8]) {
    guard let value = try? JSONValue(parsing: bytes) else { return }
    guard let again = try? JSONValue(parsing: value.text), again.canonicalBytes == value.canonicalBytes else {
        fatalError("JSON that was accepted cannot be written and read again")
    }
}

private func checkKey(_ bytes: [UInt8]) {
    guard let file = try? PublicKeyFile(parsing: bytes) else { return }
    guard let again = try? PublicKeyFile(parsing: file.bytes), again.bytes == file.bytes else {
        fatalError("a key that was accepted cannot be written and read again")
    }
}

private func check<Payload: MetadataPayload>(_ bytes: [UInt8], as type: Payload.Type) {
    guard let signed = try? SignedMetadata<Payload>(parsing: bytes) else { return }
    let file: JSONObject = [
        "signatures": .array(signed.signatures.map(\.value)), "signed": .object(signed.payload.object),
    ]
    guard let again = try? SignedMetadata<Payload>(parsing: JSONValue.object(file).text),
        JSONValue.object(again.payload.object).canonicalBytes
            == JSONValue.object(signed.payload.object).canonicalBytes
    else {
        fatalError("metadata that was accepted cannot be written and read again")
    }
    if let targets = signed.payload as? TargetsMetadata {
        for role in targets.delegations?.roles ?? [] { _ = role.isTrusted(for: "a/b") }
    }
}
