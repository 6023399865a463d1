// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput
import KernelPatcher
import LivePatch

/// A live patch of the kernel in a list.
struct KernelLine: Encodable {
    var module: String
    /// The patch; absent if it is another tool's.
    var patch: String?
    var state: String
    var level: Int?
    var target: String?
    var buildID: String?
    var safeRelease: String?
    var functions: [String]?
    var vulnerabilities: [String]?

    init(_ loaded: LoadedKernelPatch) {
        module = loaded.module
        state = loaded.state.rawValue
        guard let found = loaded.patch else { return }
        patch = found.id.description
        level = found.manifest.level
        target = found.manifest.target.name
        buildID = "\(found.manifest.target.buildID)"
        safeRelease = found.kernel.safeRelease
        functions = found.functionNames
        vulnerabilities = Set(found.manifest.fixes.flatMap(\.vulnerabilities)).sorted()
    }

    func text(in language: Language) -> String {
        let kernel = LocalizedText(english: "kernel", japanese: "カーネル").text(in: language)
        let foreign = LocalizedText(english: "of another tool", japanese: "他のツール").text(in: language)
        var line = "\(kernel)  \(module)  \(patch.map { String($0.prefix(12)) } ?? foreign)"
        if let level {
            line += "  " + LocalizedText(english: "level \(level)", japanese: "レベル \(level)").text(in: language)
        }
        return TextLayout.harmless(line + "  " + stateText.text(in: language))
    }

    private var stateText: LocalizedText {
        switch LoadedKernelPatch.State(rawValue: state) {
        case .applying: LocalizedText(english: "tasks are going over", japanese: "適用中")
        case .reverting: LocalizedText(english: "tasks are going back", japanese: "解除中")
        case .applied, nil: LocalizedText(english: "patched", japanese: "適用済み")
        }
    }
}
