// SPDX-License-Identifier: Apache-2.0

import LivePatch
import PatchReview
import Testing

@testable import kaketsugi_build

/// The review as text, to the letter.
@Suite struct ReviewTextTests {
    @Test func `the text of a small patch`() throws {
        let review = try PatchReview(of: SamplePatch.artefact(), id: ArtefactID(of: [1]), fileSize: 1)
        #expect(ReviewText(review: review, language: .english).text == Self.english)
        let coloured = ReviewText(review: review, language: .english, isColoured: true).text
        #expect(coloured.contains("\u{1b}[31m-    c  mov eax, dword ptr [counter]\u{1b}[0m"))
    }

    static let english = """
        Safety review of a live patch
        A better answer

        Fixes           CVE-2026-12345
        Target          libsample.so.1 (sample=1.0)
        Build ID        abcd
        Level           1
        Patch           4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a

        Nothing blocks this patch · 1 waived · 1 note · 1 function replaced

        == Findings

        [waived] changed-variable: limit (a.c)
          The initial value of a variable differs.
            - bytes from offset 0: 0a → 14
          Processes that run have the variable already, with the old value or what
          became of it. Waived, it stays as it is.
          What to do: Leave the initial value as it is and set the variable in a hook
          that runs when the patch is applied.
          Waived by A. Person: it may stay

        [note] no-unwind-tables: answer
          The replacement code has no unwind tables.
          An exception that would pass through the new code ends the process, and a
          thread that is cancelled in it skips the cleanups of its callers. Debuggers
          show no frames above it.
          What to do: Nothing, if this cannot happen in the target.

        == Functions

        answer
        at              0x1000, 19 → 23 bytes
        Units           a.c
        Referred to by  main (calls), 0x3010 (holds its address)
        Inlined into    sibling
        Data            counter (reads → reads and writes)

             0  lea rdi, ["hello"]
             7  call puts
        -    c  mov eax, dword ptr [counter]
        +    c  test eax, eax
        +    e  je → 16
        +   10  inc dword ptr [counter]
            16  ret

        == Going back

        - Close the connections first.

        == Evidence

        Machine code: a.c: 20 of 20 bytes equal
        Units           a.c: code differs
        Builder         test 1
        Compiler        gcc 12

        == The fix

        --- a/a.c
        +++ b/a.c
        @@ -1 +1 @@
        -old <line>
        +new & line

        """
}
