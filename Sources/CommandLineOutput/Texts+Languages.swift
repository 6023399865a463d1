// SPDX-License-Identifier: Apache-2.0

extension Text {
    /// The text in a language.
    package func text(in language: Language) -> String {
        switch language {
        case .english: english
        case .japanese: japanese
        }
    }

    private var english: String {
        switch self {
        case .patched(let count, let all, let target): "\(target): patched in \(count) of \(all) \(processes(all))"
        case .reverted(let count, let all, let target): "\(target): reverted in \(count) of \(all) \(processes(all))"
        case .noProcess(let target, let buildID): "no process uses \(target) with build ID \(buildID)"
        case .noPatchedProcess(let patch): "no process holds patch \(patch)"
        case .nothingPatched: "no process is patched"
        case .forbidden(let count):
            "\(count) \(processes(count)) may not be looked into by this user"
        case .result(let result):
            switch result {
            case .patched: "patched"
            case .reverted: "reverted"
            case .already: "already"
            case .skipped: "skipped"
            case .failed: "failed"
            case .mapped: "not active"
            case .superseded: "superseded"
            case .interrupted: "interrupted"
            }
        case .pause(let microseconds): "pause \(microseconds) µs"
        case .hazards(let patch): "before patch \(patch) is reverted:"
        case .confirmation: "Revert now? [y/N] "
        case .confirmationNeeded: "nothing was reverted; confirm the above with --yes"
        case .ambiguous(let written, let patches):
            "\(written) stands for several patches: \(patches.joined(separator: ", "))"
        case .sameTarget(let target, let files):
            "\(files.joined(separator: " and ")) are both for the same \(target), and only patches for different files are "
                + "applied together; build a level that has both fixes, or apply one after the other"
        case .neitherIdentityNorFile(let written):
            "\(written) is neither a file nor a patch's identity of 6 or more hexadecimal digits"
        case .plan(let plan, let level):
            switch plan {
            case .patch: "would be patched to level \(level)"
            case .replace: "would go to level \(level)"
            case .already: "is patched already"
            case .leave: "is left alone"
            case .refuse: "cannot be patched"
            case .otherBuild: "uses another build"
            }
        case .planned(let count, let all, let target):
            "\(target): \(count) of \(all) \(processes(all)) can have the patch; nothing was changed"
        case .notForetold:
            "Whether a thread is in a function that is replaced shows only when it is stopped; apply waits for that."
        case .heading(let heading):
            switch heading {
            case .threads: "THREADS"
            case .plan: "PLAN"
            case .process: "PID"
            case .name: "NAME"
            case .patch: "PATCH"
            case .level: "LEVEL"
            case .state: "STATE"
            case .target: "TARGET"
            }
        }
    }

    private var japanese: String {
        switch self {
        case .patched(let count, let all, let target): "\(target): \(all) プロセス中 \(count) プロセスに適用済み"
        case .reverted(let count, let all, let target): "\(target): \(all) プロセス中 \(count) プロセスで解除済み"
        case .noProcess(let target, let buildID): "\(target) (ビルド ID \(buildID)) を使用するプロセスはありません"
        case .noPatchedProcess(let patch): "パッチ \(patch) を適用したプロセスはありません"
        case .nothingPatched: "パッチを適用したプロセスはありません"
        case .forbidden(let count): "\(count) プロセスは権限がなく調べられませんでした"
        case .result(let result):
            switch result {
            case .patched: "適用"
            case .reverted: "解除"
            case .already: "適用不要"
            case .skipped: "対象外"
            case .failed: "失敗"
            case .mapped: "無効"
            case .superseded: "旧レベル"
            case .interrupted: "中断"
            }
        case .pause(let microseconds): "停止 \(microseconds) µs"
        case .hazards(let patch): "パッチ \(patch) を解除する前に確認してください:"
        case .confirmation: "解除しますか? [y/N] "
        case .confirmationNeeded: "解除していません。上記を確認し --yes を付けて実行してください"
        case .ambiguous(let written, let patches):
            "\(written) に該当するパッチが複数あります: \(patches.joined(separator: ", "))"
        case .sameTarget(let target, let files):
            "\(files.joined(separator: " と ")) は同じ \(target) 用です。同時に適用できるのは異なるファイル用のパッチだけです。"
                + "両方の修正を含むレベルを作成するか、順に適用してください"
        case .neitherIdentityNorFile(let written):
            "\(written) はファイルでもパッチ ID (16 進 6 桁以上) でもありません"
        case .plan(let plan, let level):
            switch plan {
            case .patch: "レベル \(level) を適用できます"
            case .replace: "レベル \(level) に切り替えられます"
            case .already: "適用済みです"
            case .leave: "対象外です"
            case .refuse: "適用できません"
            case .otherBuild: "別のビルドを使用しています"
            }
        case .planned(let count, let all, let target):
            "\(target): \(all) プロセス中 \(count) プロセスに適用できます (変更はしていません)"
        case .notForetold: "置き換える関数をスレッドが実行中かどうかは停止するまで分かりません。apply は空くまで待ちます。"
        case .heading(let heading):
            switch heading {
            case .threads: "スレッド"
            case .plan: "予定"
            case .process: "PID"
            case .name: "名前"
            case .patch: "パッチ"
            case .level: "レベル"
            case .state: "状態"
            case .target: "対象"
            }
        }
    }

    private func processes(_ count: Int) -> String { count == 1 ? "process" : "processes" }
}
