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
        case .watching(let patches, let source):
            "watching for \(patches) \(patches == 1 ? "patch" : "patches"), \(source.english)"
        case .recordsLost(let count):
            (count == 0 ? "events may have been lost" : "\(count) \(count == 1 ? "event was" : "events were") lost")
                + "; all processes are looked at again"
        case .lookedAtAll: "all processes that ran before have been looked at"
        case .latency(let microseconds): "\(microseconds) µs after its mapping"
        case .willRetry: "it is tried again until it ends"
        case .watched(let patched, let failed): "ended; \(patched) \(processes(patched)) patched, \(failed) not"
        case .watchNeeds(let call):
            "watching needs root, or CAP_PERFMON and CAP_SYS_PTRACE: \(call). Where the kernel's events are out of reach, "
                + "--source processes is told of programs by the process connector, and "
                + "--source scan looks at all processes once a second"
        case .noPatches(let directory): "\(directory): there is no live patch (*.mend) in this directory"
        case .noPatchInProfile:
            "the profile tells of no memory of a live patch; of processes that have ended, name the patches with --patch"
        case .profileWritten(let profile, let folder):
            "\(profile) was written; it needs the files in \(folder)"
        case .unknownPatchMemory(let list):
            "it is not known which live patch was in \(processes(list.count)) \(list.map(String.init).joined(separator: ", ")); "
                + "name the patches with --patch, or run this as root while the processes run"
        case .heading(let heading):
            switch heading {
            case .address: "ADDRESS"
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
        case .watching(let patches, let source):
            "パッチ \(patches) 件を監視中: \(source.japanese)"
        case .recordsLost(let count):
            (count == 0 ? "イベントが失われた可能性があります" : "イベント \(count) 件が失われました")
                + "。全プロセスを調べ直します"
        case .lookedAtAll: "実行中だった全プロセスを調べました"
        case .latency(let microseconds): "マッピングから \(microseconds) µs"
        case .willRetry: "プロセスが終了するまで再試行します"
        case .watched(let patched, let failed): "終了しました。適用 \(patched) プロセス、失敗 \(failed) プロセス"
        case .watchNeeds(let call):
            "監視には root 権限 (または CAP_PERFMON と CAP_SYS_PTRACE) が必要です: \(call)。"
                + "カーネルのイベントを利用できない場合は --source processes でプロセスコネクターを使うか、"
                + "--source scan で 1 秒ごとに全プロセスを調べます"
        case .noPatches(let directory): "\(directory): このディレクトリにパッチ (*.mend) がありません"
        case .noPatchInProfile:
            "プロファイルにパッチのメモリーはありません。終了したプロセスのパッチは --patch で指定してください"
        case .profileWritten(let profile, let folder): "\(profile) を書き込みました。\(folder) のファイルも必要です"
        case .unknownPatchMemory(let list):
            "プロセス \(list.map(String.init).joined(separator: ", ")) のパッチを特定できません。--patch で指定するか、"
                + "プロセスの実行中に root で実行してください"
        case .heading(let heading):
            switch heading {
            case .address: "アドレス"
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

extension Text.Watching {
    fileprivate var english: String {
        switch self {
        case .events: "told of new mappings by the kernel"
        case .mappings: "told of new mappings by the kernel, which tells no build IDs"
        case .processes:
            "told of new programs by the kernel; libraries that are loaded later are looked for once a second"
        case .scan: "by looking at all processes once a second; one that ends before stays unpatched"
        }
    }

    fileprivate var japanese: String {
        switch self {
        case .events: "カーネルが新しいマッピングを通知します"
        case .mappings: "カーネルが新しいマッピングを通知します (ビルド ID なし)"
        case .processes: "カーネルがプログラムの実行を通知します。後から読み込まれるライブラリーは 1 秒ごとに調べます"
        case .scan: "全プロセスを 1 秒ごとに調べます。その間に終了するプロセスには適用されません"
        }
    }
}
