// SPDX-License-Identifier: Apache-2.0

package import LivePatch

/// The words of a review beside those of the findings' rules.
package enum ReviewTexts: Hashable, Sendable {
    case heading, refusedHeading
    case target, package, buildID, level, vulnerabilities, identity, size, builder, compiler, origin, author
    case clear, blocked(Int), waived(Int), notes(Int), functionsReplaced(Int), functionsAdded(Int)
    case findings, noFindings, blocks, isWaived, note, whatToDo, waivedBy(String)
    case functions, replaced, added, removed, address, was, isNow, bytes, before, after
    case callers, noCallers, notSearched, dataTouched, inlinedInto, equalInstructions(Int), moreCallers(Int)
    case calls, jumps, takesAddress, holdsAddress, unnamed
    case reads, writes, readsAndWrites
    case evidence, units, changed, unchanged, goingBack, hazards, hooks, noHazards, theFix, data
    case dataTarget, dataAdded, dataCopied
    case notBuilt, noDocument, inMemory(UInt64)
    case inModule([String])
    case proof(Manifest.Evidence.Kind), moment(Manifest.Hook.Moment)

    /// The words in a language.
    package func text(in language: ReviewLanguage) -> String {
        switch language {
        case .english: english
        case .japanese: japanese
        }
    }
}

extension ReviewTexts {
    private var english: String {
        switch self {
        case .heading: "Safety review of a live patch"
        case .refusedHeading: "Safety review of a refused fix"
        case .target: "Target"
        case .package: "Package"
        case .buildID: "Build ID"
        case .level: "Level"
        case .vulnerabilities: "Fixes"
        case .identity: "Patch"
        case .size: "Size"
        case .builder: "Builder"
        case .compiler: "Compiler"
        case .origin: "Origin"
        case .author: "Author"
        case .clear: "Nothing blocks this patch"
        case .blocked(let count): count == 1 ? "1 finding blocks this patch" : "\(count) findings block this patch"
        case .waived(let count): "\(count) waived"
        case .notes(let count): count == 1 ? "1 note" : "\(count) notes"
        case .functionsReplaced(let count): count == 1 ? "1 function replaced" : "\(count) functions replaced"
        case .functionsAdded(let count): count == 1 ? "1 added" : "\(count) added"
        case .findings: "Findings"
        case .noFindings: "The review found nothing."
        case .blocks: "blocks"
        case .isWaived: "waived"
        case .note: "note"
        case .whatToDo: "What to do"
        case .waivedBy(let name): "Waived by \(name)"
        case .functions: "Functions"
        case .replaced: "replaced"
        case .added: "added"
        case .removed: "removed"
        case .address: "at"
        case .was: "was"
        case .isNow: "is now"
        case .bytes: "bytes"
        case .before: "Before"
        case .after: "After"
        case .callers: "Referred to by"
        case .noCallers: "nothing in the target; it may be called from other files, or through a pointer"
        case .notSearched: "not searched"
        case .dataTouched: "Data"
        case .inlinedInto: "Inlined into"
        case .equalInstructions(let count): "\(count) equal instructions"
        case .moreCallers(let count): "and \(count) more"
        case .calls: "calls"
        case .jumps: "jumps"
        case .takesAddress: "takes its address"
        case .holdsAddress: "holds its address"
        case .unnamed: "without a symbol"
        case .reads: "reads"
        case .writes: "writes"
        case .readsAndWrites: "reads and writes"
        case .evidence: "Evidence"
        case .units: "Units"
        case .changed: "code differs"
        case .unchanged: "code is the same"
        case .goingBack: "Going back"
        case .hazards: "Before a revert"
        case .hooks: "Hooks"
        case .noHazards: "The author states no hazard of a revert."
        case .theFix: "The fix"
        case .data: "Data of the patch"
        case .dataTarget: "the target's own"
        case .dataAdded: "new in the patch"
        case .dataCopied: "a copy in the patch"
        case .inMemory(let bytes): "\(bytes) in memory"
        case .proof(.code): "Machine code"
        case .proof(.compiler): "Compiler of the target"
        case .proof(.rebuild): "Full rebuild"
        case .moment(.beforeApply): "before it is applied"
        case .moment(.afterApply): "after it is applied"
        case .moment(.beforeRevert): "before it is reverted"
        case .moment(.afterRevert): "after it is reverted"
        case .notBuilt: "No code is shown: the patch was not linked."
        case .inModule(let functions):
            "Functions of the kernel are replaced: \(functions.joined(separator: ", ")). Their code is in the module of the patch, "
                + "its section .kaketsugi.module."
        case .noDocument: "This patch carries no review document: callers, names and the fix are not known."
        }
    }

    private var japanese: String {
        switch self {
        case .heading: "ライブパッチの安全審査"
        case .refusedHeading: "見送られた修正の安全審査"
        case .target: "対象"
        case .package: "パッケージ"
        case .buildID: "ビルド ID"
        case .level: "レベル"
        case .vulnerabilities: "修正内容"
        case .identity: "パッチ"
        case .size: "サイズ"
        case .builder: "作成プログラム"
        case .compiler: "コンパイラー"
        case .origin: "出典"
        case .author: "作成者"
        case .clear: "このパッチを妨げる指摘はありません"
        case .blocked(let count): "未解決の指摘が \(count) 件あります"
        case .waived(let count): "許可済み \(count) 件"
        case .notes(let count): "注記 \(count) 件"
        case .functionsReplaced(let count): "置換 \(count) 関数"
        case .functionsAdded(let count): "追加 \(count) 関数"
        case .findings: "指摘"
        case .noFindings: "指摘はありません。"
        case .blocks: "未解決"
        case .isWaived: "許可済み"
        case .note: "注記"
        case .whatToDo: "対処"
        case .waivedBy(let name): "許可: \(name)"
        case .functions: "関数"
        case .replaced: "置換"
        case .added: "追加"
        case .removed: "削除"
        case .address: "アドレス"
        case .was: "変更前"
        case .isNow: "変更後"
        case .bytes: "バイト"
        case .before: "変更前"
        case .after: "変更後"
        case .callers: "参照元"
        case .noCallers: "対象の中にはありません。ほかのファイルから、またはポインター経由で呼ばれる可能性があります"
        case .notSearched: "未調査"
        case .dataTouched: "データ"
        case .inlinedInto: "インライン展開先"
        case .equalInstructions(let count): "同一の命令 \(count) 個"
        case .moreCallers(let count): "ほか \(count) か所"
        case .calls: "呼び出し"
        case .jumps: "ジャンプ"
        case .takesAddress: "アドレスを取得"
        case .holdsAddress: "アドレスを保持"
        case .unnamed: "シンボルなし"
        case .reads: "読み取り"
        case .writes: "書き込み"
        case .readsAndWrites: "読み書き"
        case .evidence: "根拠"
        case .units: "ユニット"
        case .changed: "コードが変わります"
        case .unchanged: "コードは同じです"
        case .goingBack: "解除"
        case .hazards: "解除の前に"
        case .hooks: "フック"
        case .noHazards: "解除時の注意は示されていません。"
        case .theFix: "修正の差分"
        case .data: "パッチが使うデータ"
        case .dataTarget: "対象のものを使用"
        case .dataAdded: "パッチで追加"
        case .dataCopied: "パッチ内の複製"
        case .inMemory(let bytes): "メモリ上 \(bytes)"
        case .proof(.code): "機械語"
        case .proof(.compiler): "対象のコンパイラー"
        case .proof(.rebuild): "全体の再ビルド"
        case .moment(.beforeApply): "適用の前"
        case .moment(.afterApply): "適用の後"
        case .moment(.beforeRevert): "解除の前"
        case .moment(.afterRevert): "解除の後"
        case .notBuilt: "パッチはリンクされていないため、コードは表示できません。"
        case .inModule(let functions):
            "置き換えるカーネル関数: \(functions.joined(separator: "、"))。コードはパッチのモジュール（セクション .kaketsugi.module）にあります。"
        case .noDocument: "このパッチには審査資料がないため、参照元・名前・修正の差分は分かりません。"
        }
    }
}
