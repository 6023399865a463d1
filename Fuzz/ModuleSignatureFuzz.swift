// SPDX-License-Identifier: Apache-2.0
// fuzz-sources: Fuzz/Edits.swift Sources/ModuleSigning/DER.swift Sources/ModuleSigning/ModuleSignature.swift
// fuzz-sources: Sources/ModuleSigning/SigningError.swift Sources/ModuleSigning/X509Certificate.swift

private let module = ModuleSignature(module: Array("a module".utf8), message: Array("a message".utf8)).file
/// Version, serial number, algorithm, issuer, times, subject and key, with nothing in most of them.
private let certificate: [UInt8] = [
    0x30, 0x17, 0x30, 0x15, 0xa0, 3, 2, 1, 2, 2, 1, 7, 0x30, 0, 0x30, 2, 5, 0, 0x30, 0, 0x30, 0, 0x30, 1, 0,
]
private let text = Array(
    "-----BEGIN CERTIFICATE-----\nMBcwFaADAgECAgEHMAAwAgUAMAAwADABAA==\n-----END CERTIFICATE-----\n".utf8)

/// Reads any bytes, and good ones edited by them, as a signed module and as a certificate.
@c(LLVMFuzzerTestOneInput)
public func fuzzModuleSignature(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // Safety: the fuzzer gives `count` bytes that live until this function returns.
    let input = Array(unsafe UnsafeBufferPointer(start: start, count: count))
    for bytes in [input] + [module, certificate, text].map({ edited($0, by: input) }) {
        if let signature = ModuleSignature(parsing: bytes) {
            guard ModuleSignature(parsing: signature.file) == signature else {
                fatalError("a module that was accepted cannot be written and read again")
            }
        }
        if let certificate = try? X509Certificate(parsing: bytes) {
            guard !certificate.identity.isEmpty, !certificate.publicKey.isEmpty else { fatalError("it has no key") }
        }
    }
    return 0
}
