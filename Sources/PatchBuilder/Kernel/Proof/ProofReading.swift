// SPDX-License-Identifier: Apache-2.0

/// What a virtual machine's console says about the steps of a proof.
struct ProofReading {
    private(set) var steps: [KernelProof.Step] = []
    private(set) var outputs: [String: String] = [:]
    private(set) var release: String?
    private(set) var isComplete = false

    init(_ console: [UInt8]) {
        var open: (name: String, lines: [String])?
        for line in ConsoleText.lines(of: console) {
            guard line.hasPrefix(ProofScript.mark) else {
                // The kernel's own lines come between those of programs.
                if !line.hasPrefix("[") { open?.lines.append(line) }
                continue
            }
            let words = line.dropFirst(ProofScript.mark.count).split(separator: " ", maxSplits: 2).map(String.init)
            guard let verb = words.first else { continue }
            let name = words.count > 1 ? words[1] : ""
            switch verb {
            case "pass", "fail":
                steps.append(.init(name: name, hasPassed: verb == "pass", detail: words.count > 2 ? words[2] : nil))
            case "begin": open = (name, [])
            case "end":
                if let done = open { outputs[done.name] = Scenario.normalized(done.lines.joined(separator: "\n")) }
                open = nil
            case "release": release = name
            case "done": isComplete = true
            default: break
            }
        }
    }

    /// Adds what the trigger printed, compared with what it should.
    mutating func compare(with scenario: Scenario) {
        func compare(_ name: String, _ wanted: String?) {
            guard let wanted else { return }
            let seen = outputs[name]
            let hasPassed = seen == wanted
            let detail = hasPassed ? wanted : "printed ‘\(seen ?? "nothing")’, not ‘\(wanted)’"
            steps.append(.init(name: "trigger-" + name, hasPassed: hasPassed, detail: detail))
        }
        compare("before", scenario.before)
        compare("after", scenario.after)
        compare("replaced", scenario.after)
        compare("reverted", scenario.before)
        if !isComplete {
            steps.append(.init(name: "complete", hasPassed: false, detail: "the machine stopped before the end"))
        }
    }
}
