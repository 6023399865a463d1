// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KernelProof

struct ScenarioTests {
    @Test func `a scenario is read`() throws {
        let scenario = try Scenario(
            parsing: """
                # Duplicate leases: see the change log.
                # before: 200
                # after: 32 and no more
                # modules: act_mpls dummy
                # late-modules: bridge
                # program: leases.c
                trigger() { leases; }
                hold() { exec 7</proc/self/stat; }
                release() { exec 7<&-; }

                """)
        #expect(scenario.before == "200" && scenario.after == "32 and no more")
        #expect(scenario.modules == ["act_mpls", "dummy"] && scenario.lateModules == ["bridge"])
        #expect(scenario.programs == ["leases.c"])
    }

    @Test(arguments: [
        ("# before: a\n# after: a\ntrigger() { :; }", 1), ("# before: a\ntrigger() { :; }", 1),
        ("trigger() { :; }", 1), ("# before: a\n# after: b\n", 1), ("hold() { :; }", 1), ("\n# modules: a;b", 2),
        ("# program: ../x.c", 1), ("# program: x.sh", 1), ("#\n#\n# before:", 3), ("#\n# modules: dummy\r\n", 2),
    ])
    func `what cannot be meant is refused with its line`(text: String, line: Int) {
        let error = #expect(throws: ProofError.self) { try Scenario(parsing: text) }
        guard case .scenario(let found, _)? = error else {
            Issue.record("\(error as Any)")
            return
        }
        #expect(found == line)
    }
}
