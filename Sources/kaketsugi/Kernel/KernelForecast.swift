// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import KernelPatcher
import LivePatch

/// What `plan` tells of a patch of the kernel.
struct KernelForecast: Presentable {
    private let patch: KernelPatch
    private let plan: Result<KernelPlan, KernelPatchError>

    /// The JSON of `plan` for a patch of the kernel.
    struct Report: Encodable {
        var schemaVersion = 1
        var patch: String
        var target: String
        var buildID: String
        var level: Int
        /// `patch`, `replace`, `already` or `refuse`.
        var plan: String
        var reason: String?
        var replacedModules: [String]
        var functions: [String]
    }

    /// Looks at the kernel.
    init(_ path: String, allowsDowngrade: Bool) throws {
        patch = try readKernelPatch(path)
        var patcher = KernelPatcher()
        patcher.allowsDowngrade = allowsDowngrade
        do throws(KernelPatchError) {
            plan = .success(try patcher.plan(patch))
        } catch {
            plan = .failure(error)
        }
    }

    private var replaced: [String] {
        guard case .success(.load(let replaced)) = plan else { return [] }
        return replaced.map(\.module)
    }

    private var kind: (word: String, text: Text.Plan) {
        switch plan {
        case .success(.already): ("already", .already)
        case .success(.goOn): ("patch", .patch)
        case .success(.load(let replaced)): replaced.isEmpty ? ("patch", .patch) : ("replace", .replace)
        case .failure: ("refuse", .refuse)
        }
    }

    private var error: KernelPatchError? {
        guard case .failure(let error) = plan else { return nil }
        return error
    }

    var report: Report {
        Report(
            patch: patch.id.description, target: patch.manifest.target.name,
            buildID: "\(patch.manifest.target.buildID)", level: patch.manifest.level, plan: kind.word,
            reason: error?.text.english, replacedModules: replaced, functions: patch.functionNames)
    }

    func text(in language: Language) -> String {
        let kernel = LocalizedText(english: "kernel", japanese: "カーネル").text(in: language)
        let plan = Text.plan(kind.text, level: patch.manifest.level).text(in: language)
        let below = error?.text.text(in: language) ?? patch.functionNames.joined(separator: ", ")
        return TextLayout.padded(kernel, to: 10) + TextLayout.harmless(patch.kernel.module) + "  " + plan + "\n"
            + TextLayout.wrapped(below, indent: 10)
    }

    /// Prints the forecast and ends the command.
    func finish(_ output: Output) throws {
        print(try output.render(self))
        guard error == nil else { throw ExitCode.nowhere }
    }
}
