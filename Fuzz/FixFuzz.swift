// SPDX-License-Identifier: Apache-2.0
// fuzz-packages: LivePatch Crypto CryptoBoringWrapper CCryptoBoringSSL CCryptoBoringSSLShims CXKCP CXKCPShims
// fuzz-modules: ELF JSON LivePatch
// fuzz-sources: Fuzz/BuilderStandIns.swift Sources/PatchBuilder/Fix/[DGHLS]*.swift Sources/PatchBuilder/Fix/File*.swift
// fuzz-sources: Sources/PatchBuilder/Fix/Fix.swift Sources/PatchBuilder/Fix/Fix[+H]*.swift
// fuzz-sources: Sources/PatchBuilder/Queue/[QS]*.swift
// fuzz-sources: Sources/PatchBuilder/Review/Waiver.swift
// fuzz-sources: Sources/PatchBuilder/Running/BuildError.swift Sources/PatchBuilder/Running/BuildError+Description.swift
// fuzz-sources: Sources/PatchBuilder/Running/Tool.swift Sources/PatchBuilder/Running/SandboxObstacle.swift
// fuzz-sources: Sources/PatchBuilder/Running/RelativePath.swift Sources/PatchBuilder/Hexadecimal.swift
// fuzz-sources: Sources/PatchBuilder/Kernel/Objects/KernelRefusal*.swift Sources/PatchBuilder/Kernel/Objects/KernelObstacle*.swift

private let source = Lines.split(
    Array("int f(int x)\n{\n    /* one */\n    return x;\n}\n#if A\nint y;\n#endif\n".utf8))

/// Reads any bytes as a fix, applies it, and keeps the lines of the same bytes as a source; refusals are fine.
@c(LLVMFuzzerTestOneInput)
public func fuzzFix(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // Safety: the fuzzer gives `count` bytes that live until this function returns.
    let input = Array(unsafe UnsafeBufferPointer(start: start, count: count))
    do throws(BuildError) {
        for change in try Fix(parsing: input).files {
            _ = LinePreservation.text(of: try change.applied(to: source), original: source)
        }
    } catch {
        precondition(!error.description.isEmpty, "a refusal without words")
    }
    let lines = Lines.split(input)
    let kept = lines.enumerated().map { FixedLine(text: $0.element, origin: $0.offset + 1) }
    precondition(LinePreservation.text(of: kept, original: lines).elementsEqual(lines.joined()), "kept lines are kept")
    return 0
}
