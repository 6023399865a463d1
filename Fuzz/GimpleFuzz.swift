// SPDX-License-Identifier: Apache-2.0
// fuzz-sources: Sources/PatchBuilder/Review/Semantics/Dump/*.swift

/// Reads any bytes as a compiler's statements, and as the statements of a function; refusals are fine.
@c(LLVMFuzzerTestOneInput)
public func fuzzGimple(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // Safety: the fuzzer gives `count` bytes that live until this function returns.
    let input = Array(unsafe UnsafeBufferPointer(start: start, count: count))
    let header = "\n;; Function f (f, funcdef_no=0)\n\nint f (struct s * s)\n{\n  int _1;\n\n  <bb 2> :\n  "
    for text in [input, Array(header.utf8) + input + Array("\n}\n".utf8)] {
        do throws(GimpleError) {
            for function in try GimpleDump(parsing: text).functions {
                precondition(!function.blocks.isEmpty, "a function has blocks")
            }
        } catch {
            precondition(!error.description.isEmpty, "a refusal without words")
        }
    }
    return 0
}
