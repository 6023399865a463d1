// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

extension PatchError {
    /// Why a process does not go from one level to another.
    var levelText: LocalizedText {
        switch self {
        case .holdsNewerLevel(let level, let patch):
            LocalizedText(
                english: "holds level \(level) (patch \(patch.short)), which has more fixes; "
                    + "--allow-downgrade goes back to the older level",
                japanese: "より新しいレベル \(level) (パッチ \(patch.short)) が適用されています。"
                    + "古いレベルへ戻すには --allow-downgrade を付けてください")
        case .levelHasHooks(let patch):
            LocalizedText(
                english: "patch \(patch.short) has hooks, which cannot tell one level from the other; "
                    + "revert the level that is in force first, then apply this one",
                japanese: "パッチ \(patch.short) にはフックがあり、レベル間の直接の切り替えには対応していません。"
                    + "適用中のレベルを解除してから適用してください")
        case .variableResized(let name, let from, let to):
            LocalizedText(
                english: "the variable \(name), which both levels add, has \(from) bytes in the process and \(to) in "
                    + "this level; revert the level that is in force first, and its value is lost",
                japanese: "両レベルが追加する変数 \(name) の大きさが異なります (プロセス内 \(from) バイト、このレベル \(to) バイト)。"
                    + "適用中のレベルを先に解除してください (値は失われます)")
        case .variableAmbiguous(let name):
            LocalizedText(
                english: "which variable of the level in force is \(name) of this level cannot be told; "
                    + "revert the level that is in force first, and its value is lost",
                japanese: "このレベルの変数 \(name) が適用中のレベルのどの変数に当たるか判断できません。"
                    + "適用中のレベルを先に解除してください (値は失われます)")
        case .variableLeads(let name):
            LocalizedText(
                english: "the variable \(name), which both levels add, begins with an address of its own level; "
                    + "revert the level that is in force first, and its value is lost",
                japanese: "両レベルが追加する変数 \(name) の初期値はそのレベル自身のアドレスを含みます。"
                    + "適用中のレベルを先に解除してください (値は失われます)")
        case .variableGone(let name, let address):
            LocalizedText(
                english: "the variable \(name) of the level in force is not at \(address), where the process says that "
                    + "it is; restart the process",
                japanese: "適用中のレベルの変数 \(name) が記録された \(address) にありません。プロセスを再起動してください")
        default: LocalizedText(english: "", japanese: nil)
        }
    }
}
