// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// A debugger that is given the live patch names the new code and walks through it.
@Suite(.timeLimit(.minutes(10))) struct DebuggerTests {
    private struct Listing: Decodable {
        struct Entry: Decodable { var codeAddress: String }
        var patches: [Entry]
    }

    @Test func `gdb reads names and tables from the live patch`() throws {
        let original = """
            extern void hold(void);
            __attribute__((noipa)) int middle(int x) { char room[128]; room[x & 1] = x; hold(); return room[x & 1] + x; }
            int f(int x) { return middle(x) + 1; }
            """
        let project = try PatchProject(original)
        let patch = try project.patch(original.replacing("room[x & 1] + x;", with: "room[x & 1] + x * 2;"))
        let target = try project.start()
        #expect(try Tools.host("apply", patch, "--pid", target.pid).status == 0)
        #expect(try target.ask("b 7") == "held")
        let list = try Tools.host("list", "--json", "--pid", target.pid)
        let listing = try JSONDecoder().decode(Listing.self, from: Data(list.output.utf8))
        let address = try #require(listing.patches.first?.codeAddress)
        func backtrace(_ commands: [String]) throws -> [Substring] {
            let gdb = try Command(
                "gdb",
                ["-nx", "-batch", "-p", target.pid] + (commands + ["thread apply all bt"]).flatMap { ["-ex", $0] })
            return gdb.output.split(separator: "\n").filter { $0.hasPrefix("#") }
        }
        let frames = try backtrace(["add-symbol-file \(patch) -o \(address)"])
        let middle = try #require(frames.firstIndex { $0.contains(" in middle ()") }, "\(frames)")
        #expect(frames[middle - 1].contains(" in hold ()"))
        #expect(frames[middle + 1].contains(" in f ()"))
        #expect(frames[middle + 2].contains(" in once ()"))
        #expect(try target.ask("r") == "released")
    }
}
