// SPDX-License-Identifier: Apache-2.0
// fuzz-packages: LivePatch Crypto CryptoBoringWrapper CCryptoBoringSSL CCryptoBoringSSLShims CXKCP CXKCPShims
// fuzz-modules: ELF JSON LivePatch
// fuzz-sources: Fuzz/BuilderStandIns.swift Fuzz/Edits.swift Sources/PatchBuilder/Sources/ControlStanza.swift
// fuzz-sources: Sources/PatchBuilder/Sources/ArchiveEntry.swift Sources/PatchBuilder/Sources/BuildPlan.swift
// fuzz-sources: Sources/PatchBuilder/Sources/PackageRecord.swift Sources/PatchBuilder/Sources/RPMFile.swift
// fuzz-sources: Sources/PatchBuilder/Sources/SourceSelection.swift Sources/PatchBuilder/Sources/DebianRelease.swift
// fuzz-sources: Sources/PatchBuilder/Units/InclusionText.swift Sources/PatchBuilder/Units/IncludedName.swift
// fuzz-sources: Sources/PatchBuilder/Running/BuildError.swift Sources/PatchBuilder/Running/BuildError+Description.swift
// fuzz-sources: Sources/PatchBuilder/Running/Tool.swift Sources/PatchBuilder/Running/SandboxObstacle.swift
// fuzz-sources: Sources/PatchBuilder/Running/RelativePath.swift Sources/PatchBuilder/Hexadecimal.swift
// fuzz-sources: Sources/PatchBuilder/Kernel/Objects/KernelRefusal*.swift Sources/PatchBuilder/Kernel/Objects/KernelObstacle*.swift
// fuzz-sources: Sources/PatchBuilder/Fix/[DGHLS]*.swift Sources/PatchBuilder/Fix/File*.swift
// fuzz-sources: Sources/PatchBuilder/Fix/Fix.swift Sources/PatchBuilder/Fix/Fix[+H]*.swift Sources/PatchBuilder/Fix/UnsupportedFile+Suffix.swift
// fuzz-sources: Sources/PatchBuilder/Queue/[QS]*.swift Sources/PatchBuilder/Review/Waiver.swift

private let samples = [
    "Types: deb deb-src\nURIs: http://a/debian\nSuites: bookworm\nComponents: main\nSigned-By:\n x\n .\n y\n",
    "deb [arch=amd64 signed-by=/k.gpg] http://a/debian bookworm main # why\n",
    "Package: a\nVersion: 1\nPackage-List:\n b deb libs optional arch=any\nChecksums-Sha256:\n 00 1 a_1.dsc\n\n",
    "make[1]: Entering directory '/t/a'\ngcc -include c.h -c a.c \\\n -o a.o\nmake[1]: Leaving directory '/t/a'\n",
    "./a.c\0#include \"b.h\"\n./b.h\0# /* x */ include <c/d.h>\n./e.c\0#define X \"f.c\"\n\n./l\0b.h\n",
    "foo=1:2.3-4~deb12u1",
].map { Array($0.utf8) }

/// Reads any bytes, and good ones edited by them, as what archives, make and a search over a source tree print.
@c(LLVMFuzzerTestOneInput)
public func fuzzSourceText(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // Safety: the fuzzer gives `count` bytes that live until this function returns.
    let input = Array(unsafe UnsafeBufferPointer(start: start, count: count))
    for bytes in [input] + samples.map({ edited($0, by: input) }) { check(bytes) }
    return 0
}

private func check(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    for entry in ArchiveEntry.parse(sources: text) + ArchiveEntry.parse(list: text) {
        guard ArchiveEntry.parse(sources: entry.stanza).count <= 1 else { fatalError("one entry became two") }
    }
    _ = ArchiveEntry.codename(inRelease: text)
    let stanzas = ControlStanza.parse(text)
    for stanza in stanzas { _ = try? PackageRecord.description(in: stanza) }
    _ = try? PackageRecord.find(DebianPackage(name: "a", version: "1"), in: stanzas)
    let plan = BuildPlan(parsing: text, directory: "/t")
    guard plan.steps(naming: ["x/a.c"]).count <= plan.steps.count else { fatalError("more steps than there are") }
    _ = plan.forcedSources(below: "/t")
    guard InclusionText(parsing: bytes).reaching(["b.h"]).contains("b.h") else { fatalError("a file reaches itself") }
    if let package = try? DebianPackage(parsing: text), package.description != text { fatalError("another package") }
    _ = try? DebianRelease(parsing: text)
    _ = DebianRelease(ofKernel: text)
    _ = RPMFile.isSource(bytes)
}
