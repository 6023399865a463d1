// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput
import LinuxSystem
import ProcessPatcher

extension Application {
    /// The application that a plain command line asks for: `apply`, files, and `--pid`, `--all` or `--json`.
    ///
    /// The parser of arguments makes itself ready for all commands and their options before it reads the first word, which
    /// takes longer than the patch does. It gets what is not of exactly this form, mistakes included: nil.
    init?(directly arguments: ArraySlice<String>) {
        guard arguments.first == "apply" else { return nil }
        var words = arguments.dropFirst()
        var files: [String] = []
        var named: [ProcessID] = []
        var isForAll = false
        self.init(
            files: [], processes: .all, exclusions: Exclusions(patterns: []), patience: PatienceOptions.standard,
            output: .text)
        while let word = words.popFirst() {
            switch word {
            case "--json": output = .json
            case "--all": isForAll = true
            case "--pid":
                guard let number = words.popFirst().flatMap({ Int32($0) }), number > 0 else { return nil }
                named.append(ProcessID(rawValue: number))
            default:
                guard !word.isEmpty, word.utf8.first != UInt8(ascii: "-") else { return nil }
                files.append(word)
            }
        }
        guard !files.isEmpty, isForAll == named.isEmpty else { return nil }
        self.files = files
        if !isForAll { (processes, exclusions) = (.these(named), .none) }
    }
}
