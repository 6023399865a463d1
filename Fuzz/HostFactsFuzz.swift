// SPDX-License-Identifier: Apache-2.0
// fuzz-modules: CivilTime
// fuzz-sources: Fuzz/Edits.swift Sources/ServicePolicy/*/*.swift Sources/ServicePolicy/*.swift

import CivilTime

/// os-release, the line of system-release, and the kernel's release, with zero bytes in between.
private let samples = [
    "ID=debian\nNAME=\"Debian GNU/Linux\"\nVERSION_ID='12'\nX=\"a\\\"b\"\n\0\06.1.0-18-amd64",
    "ID=\"centos\"\nVERSION_ID=\"7\"\n\0CentOS Linux release 7.9.2009 (Core)\03.10.0-1160.el7.centos.plus.x86_64",
    "\0Red Hat Enterprise Linux Server release 6.10 (Santiago)\02.6.32-754.el6.x86_64.debug",
    "ID=rocky\nVERSION_ID=9.3\n\0\05.14.0-362.8.1.el9_3.x86_64+rt",
].map { Array($0.utf8) }

/// Reads any bytes, and good facts edited by them, as what a host says of itself, and asks whether it is covered.
@c(LLVMFuzzerTestOneInput)
public func fuzzHostFacts(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // Safety: the fuzzer gives `count` bytes that live until this function returns.
    let input = Array(unsafe UnsafeBufferPointer(start: start, count: count))
    check(input)
    for sample in samples { check(edited(sample, by: input)) }
    return 0
}

private func check(_ bytes: [UInt8]) {
    let texts = bytes.split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    let release = texts[0].isEmpty ? nil : OSRelease(parsing: texts[0])
    let kernel = KernelRelease(parsing: texts.last ?? "")
    guard kernel.text == texts.last ?? "" else { fatalError("the release is not the one that was told") }
    let system = OperatingSystem(release, systemRelease: texts.count > 1 ? texts[1] : nil)
    let policy = CoveragePolicy.standard.joined(with: .additional)
    let facts = SystemFacts(system: system, kernel: kernel, machine: "x86_64")
    let answer = policy.eligibility(of: facts, on: CalendarDay(number: 20_000))
    guard answer.isEligible == !answer.covered.isEmpty else { fatalError("covered, and not") }
    // What comes of it is of the table, whatever a host calls itself.
    if let name = answer.system, !policy.rows.contains(where: { $0.title == name }) {
        fatalError("\(name) is not in the table")
    }
}
