// SPDX-License-Identifier: Apache-2.0
// fuzz-packages: LinuxSystem CLinux
// fuzz-sources: Fuzz/Edits.swift Sources/LinuxSystem/*.swift Sources/LinuxSystem/Events/*.swift

/// What the kernel tells of processes, parts of which, names and paths, are the processes' own words.
private let texts = [
    """
    55d0c0000000-55d0c0002000 r-xp 00001000 fd:01 123456                     /usr/sbin/a b\\012c (deleted)
    7f0000000000-7f0000021000 rw-p 00000000 00:00 0
    ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
    """,
    "17 (a) b) S 1 17 17 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 7851341 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 94",
    "Name:\ta\nState:\tS (sleeping)\nTracerPid:\t12\nSeccomp:\t2\n",
    "6,339,5140900,-;livepatch: enabling\n SUBSYSTEM=x\n",
    "0-3,8\n", "online@/devices/system/cpu/cpu1\0ACTION=online\0",
].map { Array($0.utf8) }
/// PERF_RECORD_MMAP2 with a build ID, and a message of the process connector of a fork.
private let records: [[UInt8]] = [
    [10, 0, 0, 0, 2, 64, 112, 0] + [17, 0, 0, 0, 17, 0, 0, 0] + [UInt8](repeating: 1, count: 24)
        + [20, 0, 0, 0] + [UInt8](repeating: 7, count: 20) + [5, 0, 0, 0, 0, 0, 0, 0] + Array("/lib/libc.so.6\0\0".utf8)
        + [17, 0, 0, 0, 17, 0, 0, 0] + [9, 9, 9, 9, 9, 0, 0, 0],
    [76, 0, 0, 0, 3, 0, 0, 0] + [UInt8](repeating: 0, count: 8) + [
        1, 0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 40, 0, 0, 0,
    ]
        + [1, 0, 0, 0, 1, 0, 0, 0] + [UInt8](repeating: 3, count: 8)
        + [7, 0, 0, 0, 7, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0, 0] + [UInt8](repeating: 0, count: 8),
]

/// Reads any bytes, and good ones edited by them, as what the kernel tells.
@c(LLVMFuzzerTestOneInput)
public func fuzzProcess(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // Safety: the fuzzer gives `count` bytes that live until this function returns.
    let input = Array(unsafe UnsafeBufferPointer(start: start, count: count))
    for bytes in [input] + (texts + records).map({ edited($0, by: input) }) { check(bytes) }
    return 0
}

private func check(_ bytes: [UInt8]) {
    let map = MemoryMap(parsing: bytes)
    for (mapping, next) in zip(map.mappings, map.mappings.dropFirst())
    where mapping.range.upperBound > next.range.lowerBound {
        fatalError("two mappings share an address")
    }
    if let identity = ProcessIdentity(parsing: bytes, of: ProcessID(rawValue: 17)) {
        guard identity.process.rawValue == 17 else { fatalError("it is of another process") }
    }
    if let tracer = ThreadStatus(parsing: bytes).tracer, tracer.rawValue <= 0 {
        fatalError("no thread has that number")
    }
    _ = KernelMessage(record: bytes)
    _ = Processors.numbers(inList: String(decoding: bytes, as: UTF8.self))
    _ = ProcessorEvents.isOfProcessor(bytes)
    _ = ProcessEvent(parsing: bytes)
    _ = MappingEvent(parsing: bytes)
}
