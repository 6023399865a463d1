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
        /// The kernel as a process with the number 0, for who reads the JSON of processes.
        struct Kernel: Encodable {
            var pid: Int32 = 0
            var name = "kernel"
            /// `patch`, `replace`, `already` or `cannot`.
            var action: String
            var reason: String?
        }

        var schemaVersion = 1
        var patch: String
        var target: String
        var buildID: String
        var level: Int
        var action: String
        var reason: String?
        var replacedModules: [String]
        var functions: [String]
        var processes: [Kernel]
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
        case .failure(.otherKernel): ("cannot", .otherBuild)
        case .failure: ("cannot", .refuse)
        }
    }

    private var isOther: Bool {
        guard case .otherKernel? = error else { return false }
        return true
    }

    private var error: KernelPatchError? {
        guard case .failure(let error) = plan else { return nil }
        return error
    }

    var report: Report {
        Report(
            patch: patch.id.description, target: patch.manifest.target.name,
            buildID: "\(patch.manifest.target.buildID)", level: patch.manifest.level, action: kind.word,
            reason: error?.text.english, replacedModules: replaced, functions: patch.functionNames,
            processes: isOther ? [] : [Report.Kernel(action: kind.word, reason: error?.text.english)])
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
        guard error == nil else { throw isOther ? ExitCode.noTarget : .nowhere }
    }
}
