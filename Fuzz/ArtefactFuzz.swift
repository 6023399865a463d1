// SPDX-License-Identifier: Apache-2.0
// fuzz-packages: LivePatch Crypto CryptoBoringWrapper CCryptoBoringSSL CCryptoBoringSSLShims CXKCP CXKCPShims
// fuzz-modules: ELF JSON LivePatch
// fuzz-sources: Fuzz/Edits.swift Fuzz/SampleManifest.swift

import ELF
import LivePatch

/// A small artefact, so that inputs can be edits of a good file and need not invent one.
private let sample: [UInt8] = {
    let text = Image.Part(protection: .text, offset: 0, contents: Array(repeating: 0x90, count: 8), memorySize: 8)
    let data = Image.Part(protection: .data, offset: 4096, contents: [1], memorySize: 8192)
    let artefact = Artefact(
        manifest: sampleManifest, image: Image(parts: [text, data]),
        relocations: [
            .init(offset: 0, imported: .init(name: "h", version: "V"), addend: 0),
            .init(offset: 1, kind: .relative32, target: 80, addend: -4, symbol: "g"),
        ],
        original: Array(repeating: 0, count: 8),
        review: Array(#"{"schemaVersion":1,"functions":[],"units":[],"targetNames":[],"imageNames":[],"fix":""}"#.utf8))
    return (try? artefact.encoded()) ?? []
}()

/// Reads any bytes, and a good artefact edited by them, as an artefact; what is accepted is written and read again.
@c(LLVMFuzzerTestOneInput)
public func fuzzArtefact(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // Safety: the fuzzer gives `count` bytes that live until this function returns.
    let input = Array(unsafe UnsafeBufferPointer(start: start, count: count))
    check(input)
    check(edited(sample, by: input))
    return 0
}

private func check(_ file: [UInt8]) {
    guard let artefact = try? Artefact(parsing: file) else { return }
    guard let again = try? artefact.encoded(), (try? Artefact(parsing: again)) == artefact else {
        fatalError("an artefact that was accepted cannot be written and read again")
    }
    guard let review = try? ReviewDocument(parsing: artefact.review) else { return }
    guard let text = try? review.encoded(), (try? ReviewDocument(parsing: text)) == review else {
        fatalError("a review that was accepted cannot be written and read again")
    }
}
