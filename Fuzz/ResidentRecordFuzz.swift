// SPDX-License-Identifier: Apache-2.0
// fuzz-packages: HostProtocol CLinux Crypto CryptoExtras CryptoBoringWrapper SwiftASN1 CCryptoBoringSSL CCryptoBoringSSLShims CXKCP CXKCPShims
// fuzz-modules: CivilTime JSON ELF LinuxSystem LivePatch
// fuzz-sources: Fuzz/Edits.swift Fuzz/SampleManifest.swift Sources/ProcessPatcher/Residence/*.swift
// fuzz-sources: Sources/ProcessPatcher/Hooks/HookArea.swift
// fuzz-sources: Sources/ProcessPatcher/RemoteExecution/Stub.swift Sources/ProcessPatcher/RemoteExecution/RemoteCall.swift

import LinuxSystem
import LivePatch

/// Memory of this process that is read as another's.
///
/// Safety: one thread fuzzes.
nonisolated(unsafe) private let page = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 4096)

/// A record as the patcher leaves it in a process.
private let sample: [UInt8] = {
    let start = unsafe RemoteAddress(UInt64(UInt(bitPattern: page.baseAddress)))
    let base = start.advanced(by: 8192)
    guard let text = try? sampleManifest.encoded(), let patch = ArtefactID(bytes: [UInt8](repeating: 7, count: 32))
    else { return [] }
    let record = ResidentRecord(
        state: .applied, patch: patch, loadBias: 4096, region: start..<start.advanced(by: 1 << 16), patchBase: base,
        textSize: 4096, entries: [.init(address: start, destination: base, original: [1, 2, 3, 4, 5])], variables: [],
        manifest: sampleManifest)
    guard records(from: record.encoded(manifest: text)) == [record] else { fatalError("the sample is no record") }
    return record.encoded(manifest: text)
}()

/// Reads any bytes, and a good record edited by them, as what a process says of the patch in it.
@c(LLVMFuzzerTestOneInput)
public func fuzzResidentRecord(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // Safety: the fuzzer gives `count` bytes that live until this function returns.
    let input = Array(unsafe UnsafeBufferPointer(start: start, count: count))
    for record in records(from: input) + records(from: edited(sample, by: input)) { check(record) }
    return 0
}

private func records(from bytes: [UInt8]) -> [ResidentRecord] {
    for index in unsafe page.indices { unsafe page[index] = index < bytes.count ? bytes[index] : 0 }
    let start = unsafe UInt(bitPattern: page.baseAddress)
    let map = MemoryMap(
        parsing: Array("\(hex(start))-\(hex(start + UInt(page.count))) r--p 00000000 00:00 0 \n".utf8))
    do {
        return try ResidentRecord.all(in: map, of: try ProcessMemory(of: .current, writable: false))
    } catch {
        fatalError("this process cannot read its own memory: \(error)")
    }
}

private func hex(_ number: UInt) -> String { String(number, radix: 16) }

/// What is reckoned with a record that was believed.
private func check(_ record: ResidentRecord) {
    guard record.text.lowerBound >= record.region.lowerBound, record.text.upperBound <= record.region.upperBound else {
        fatalError("the text is not in the region")
    }
    if let area = record.hookArea,
        area.code.lowerBound < record.text.upperBound || area.frame > record.region.upperBound
    {
        fatalError("the hooks' area is not behind the text")
    }
    for entry in record.entries {
        guard entry.jump.count == Artefact.jumpSize, record.text.contains(entry.destination) else {
            fatalError("an entry leads out of the patch")
        }
    }
}
