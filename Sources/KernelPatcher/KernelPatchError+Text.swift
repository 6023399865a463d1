// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
package import LivePatch

extension KernelPatchError: CustomStringConvertible {
    /// The reason in English.
    package var description: String { text.english }

    /// What was refused, and what to do, in both languages.
    package var text: LocalizedText {
        switch self {
        case .artefact(let error): LocalizedText(english: "\(error)")
        case .notForKernel:
            LocalizedText(
                english: "the live patch is for processes, not for the kernel; give --all or --pid",
                japanese: "このパッチはカーネル用ではなくプロセス用です。--all または --pid を指定してください")
        case .badModule(let reason):
            LocalizedText(
                english: "the module in the live patch is not what the patch says: \(reason); get the patch again",
                japanese: "パッチ内のモジュールがパッチの記述と一致しません: \(reason)。パッチを再取得してください")
        case .notPermitted, .switchedOff, .noLivePatching, .noReliableStacks, .modulesDisabled, .tracingOff,
            .lockedDown, .signatureEnforced:
            machineText
        case .kernelUnknown, .otherKernel, .otherModule: identityText
        case .foreignPatch, .functionHeld, .transitionUnderWay, .moduleThere, .moduleStuck, .holdsNewerLevel,
            .losesFixes:
            conflictText
        case .wentDown, .failedBefore, .badMarker, .markerNotWritten: markerText
        case .refusedByKernel, .stalled, .stalledLeaving, .notUndone, .takenOut, .complained, .complainedAndStays,
            .notLoaded, .moduleStays:
            transitionText
        case .system(let error): LocalizedText(english: "\(error)")
        }
    }

    /// What no case is left for: ``text`` sends each to the part that has it.
    static let other = LocalizedText(english: "the kernel was not patched", japanese: "カーネルに適用できませんでした")

    private var machineText: LocalizedText {
        switch self {
        case .notPermitted:
            LocalizedText(
                english: "this user may not load kernel modules; run as root on the machine itself (CAP_SYS_MODULE)",
                japanese: "カーネルモジュールを読み込む権限がありません。ホスト上で root (CAP_SYS_MODULE) として実行してください")
        case .switchedOff:
            LocalizedText(
                english: "the kernel was started with kaketsugi=off; start it without to have it patched",
                japanese: "カーネルは kaketsugi=off で起動されています。パッチを適用するには、これを外して再起動してください")
        case .noLivePatching:
            LocalizedText(
                english:
                    "the kernel has no live patching (CONFIG_LIVEPATCH), or /sys is not mounted; kernels as old as those "
                    + "of CentOS 6 and 7 cannot be patched, and must be started anew with a fixed one",
                japanese: "カーネルがライブパッチ (CONFIG_LIVEPATCH) に対応していないか、/sys がマウントされていません。CentOS 6 や 7 "
                    + "の世代のカーネルには適用できないため、修正済みのカーネルで再起動してください")
        case .noReliableStacks:
            LocalizedText(
                english:
                    "the kernel cannot tell which functions sleeping tasks are in (no reliable stack traces, as ORC "
                    + "gives them), or /proc/kallsyms cannot be read; a patch would never be complete: start a fixed kernel",
                japanese: "カーネルが信頼できるスタックトレース (ORC など) に対応していないか、/proc/kallsyms を読み取れません。"
                    + "適用が完了しないため、修正済みのカーネルで再起動してください")
        case .modulesDisabled:
            LocalizedText(
                english:
                    "loading modules is disabled until the next start (kernel.modules_disabled = 1); load patches before "
                    + "it is set, or start a fixed kernel",
                japanese: "次の起動までモジュールの読み込みが無効です (kernel.modules_disabled = 1)。これを設定する前にパッチを適用する"
                    + "か、修正済みのカーネルで再起動してください")
        case .tracingOff:
            LocalizedText(
                english: "the kernel's function tracer is off, by which functions are replaced; run sysctl "
                    + "kernel.ftrace_enabled=1",
                japanese: "関数の置き換えに使う ftrace が無効です。sysctl kernel.ftrace_enabled=1 を実行してください")
        case .lockedDown(let mode):
            LocalizedText(
                english:
                    "the kernel is locked down (\(mode)), as under Secure Boot, and the patch's module is not signed; get "
                    + "a patch that is signed by a key that the kernel trusts (kaketsugi-build sign-module, mokutil --import)",
                japanese: "カーネルがロックダウン (\(mode)) されていますが、モジュールに署名がありません。カーネルが信頼する鍵で"
                    + "署名されたパッチを入手してください (kaketsugi-build sign-module、mokutil --import)")
        case .signatureEnforced:
            LocalizedText(
                english:
                    "the kernel takes only signed modules (module.sig_enforce), and the patch's module is not; get a "
                    + "patch that is signed by a key that the kernel trusts (kaketsugi-build sign-module, mokutil --import)",
                japanese: "カーネルは署名済みモジュールだけを受け付けます (module.sig_enforce) が、このモジュールには署名が"
                    + "ありません。カーネルが信頼する鍵で署名されたパッチを入手してください (kaketsugi-build sign-module、mokutil --import)")
        default: Self.other
        }
    }

    private var identityText: LocalizedText {
        switch self {
        case .kernelUnknown:
            LocalizedText(
                english:
                    "the kernel does not tell its build ID (/sys/kernel/notes), so that it cannot be known whether the "
                    + "patch is for it",
                japanese: "カーネルのビルド ID (/sys/kernel/notes) を取得できないため、パッチが対応しているか確認できません")
        case .otherKernel(let release, let target, let running, let found):
            LocalizedText(
                english:
                    "the patch is for the kernel \(release) (build ID \(target)), and \(running) (build ID \(found)) "
                    + "runs; get the patch for that one",
                japanese: "このパッチはカーネル \(release) (ビルド ID \(target)) 用ですが、実行中のカーネルは \(running) "
                    + "(ビルド ID \(found)) です。対応するパッチを入手してください")
        case .otherModule(let name, let target, let found):
            LocalizedText(
                english: "the patch is for the module \(name) with the build ID \(target), and the loaded one has "
                    + (found.map { "\($0)" } ?? "none")
                    + "; load the one that came with the kernel, or take the module out first",
                japanese: "このパッチはビルド ID \(target) のモジュール \(name) 用ですが、読み込まれているものは "
                    + (found.map { "\($0)" } ?? "ビルド ID がありません")
                    + "。カーネルに付属のモジュールを使うか、先にこのモジュールを取り外してください")
        default: Self.other
        }
    }

    private var conflictText: LocalizedText {
        switch self {
        case .foreignPatch(let module):
            LocalizedText(
                english:
                    "the kernel has a live patch of another tool, \(module), which this one would put out of force; take "
                    + "that one out first (echo 0 > /sys/kernel/livepatch/\(module)/enabled)",
                japanese: "他のツールのライブパッチ \(module) が読み込まれており、このパッチを適用すると無効になります。先にそれを"
                    + "解除してください (echo 0 > /sys/kernel/livepatch/\(module)/enabled)")
        case .functionHeld(let function):
            LocalizedText(
                english:
                    "the function \(function) is redirected by something else, such as a probe that changes where it "
                    + "goes on; remove that first (see enabled_functions in /sys/kernel/tracing)",
                japanese: "関数 \(function) は、実行先を変更するプローブなどにより既に転送されています。先にそれを解除してください "
                    + "(/sys/kernel/tracing/enabled_functions を参照)")
        case .transitionUnderWay(let module):
            LocalizedText(
                english:
                    "tasks are still going over to the live patch \(module), or away from it; run the command again when "
                    + "/sys/kernel/livepatch/\(module)/transition is 0 or gone",
                japanese: "ライブパッチ \(module) への切り替えまたは解除が進行中です。"
                    + "/sys/kernel/livepatch/\(module)/transition が 0 になるか消えた後に再実行してください")
        case .moduleThere(let name):
            LocalizedText(
                english: "a module \(name) is loaded already and has no live patch in force; run rmmod \(name) first",
                japanese: "モジュール \(name) は読み込み済みですが、有効なライブパッチがありません。先に rmmod \(name) を実行して"
                    + "ください")
        case .moduleStuck(let name):
            LocalizedText(
                english:
                    "the module \(name) never came to the end of its start, and stays until the machine is started anew; "
                    + "see the kernel's log (dmesg), and do not load it again",
                japanese: "モジュール \(name) の初期化が完了せず、再起動するまで残ります。カーネルログ (dmesg) を確認し、"
                    + "再度読み込まないでください")
        case .holdsNewerLevel(let level, let patch):
            LocalizedText(
                english: "level \(level) is in force (patch \(patch.short)); give --allow-downgrade to go back",
                japanese: "レベル \(level) (パッチ \(patch.short)) が適用されています。戻すには --allow-downgrade を指定してください")
        case .losesFixes(let patch):
            LocalizedText(
                english:
                    "patch \(patch.short), which is in force, has fixes that this one lacks and would put out of force; get "
                    + "a patch with all of them, or give --allow-downgrade",
                japanese: "適用中のパッチ \(patch.short) には、このパッチにない修正が含まれており、適用すると失われます。"
                    + "すべてを含むパッチを入手するか、--allow-downgrade を指定してください")
        default: Self.other
        }
    }

    private var markerText: LocalizedText {
        switch self {
        case .wentDown(let patch):
            LocalizedText(
                english:
                    "the machine went down the last time patch \(patch.short) was loaded, before the kernel had lived with "
                    + "it for a while; look for the cause, and give --after-crash to load it nevertheless",
                japanese: "前回パッチ \(patch.short) を読み込んだ直後にマシンが停止しました。原因を調べ、それでも適用する場合は "
                    + "--after-crash を指定してください")
        case .failedBefore(let patch):
            LocalizedText(
                english:
                    "the kernel warned or oopsed the last time patch \(patch.short) was loaded, and it was taken out; look "
                    + "for the cause, and give --after-crash to load it nevertheless",
                japanese: "前回パッチ \(patch.short) を読み込んだときにカーネルが警告またはエラーを出したため、解除されました。"
                    + "原因を調べ、それでも適用する場合は --after-crash を指定してください")
        case .badMarker(let path):
            LocalizedText(
                english:
                    "\(path) tells whether the machine went down with this patch, and cannot be read; remove it if it did "
                    + "not, or give --after-crash",
                japanese: "\(path) はこのパッチでマシンが停止したかを示すファイルですが、読み取れません。停止していなければ"
                    + "削除するか、--after-crash を指定してください")
        case .markerNotWritten(let path, let number):
            LocalizedText(
                english:
                    "\(path), by which a patch that brings the machine down is not loaded again, cannot be written: "
                    + "\(number); make room for it",
                japanese: "マシンを停止させたパッチの再読み込みを防ぐファイル \(path) を書き込めません: \(number)。"
                    + "空き容量と権限を確認してください")
        default: Self.other
        }
    }
}
