// SPDX-License-Identifier: Apache-2.0

extension Finding.Rule {
    /// What a rule is called in a few words, without its symbols.
    package var title: LocalizedText {
        switch self {
        case .noUnwindTables:
            LocalizedText("The replacement code has no unwind tables", "置換コードにアンワインド情報がありません")
        case .removedFunction: LocalizedText("The fix removes a function", "修正により関数が削除されます")
        case .changedConstant: LocalizedText("A private constant differs", "ユニット内の定数が変わります")
        case .outsideTarget:
            LocalizedText("Changed units are in no target", "変更されたユニットが対象ファイルに含まれていません")
        case .boundDirectly:
            LocalizedText("A symbol is bound to the target's own definition", "シンボルを対象自身の定義に結び付けます")
        case .addedImport:
            LocalizedText("A symbol of another library is used anew", "別のライブラリのシンボルを新たに使います")
        case .changedLayout: LocalizedText("The layout of a type differs", "型のメモリ配置が変わります")
        case .changedMeaning:
            LocalizedText("A type has another meaning in the same layout", "型の配置は同じですが意味が変わります")
        case .changedType: LocalizedText("A type is another one of the same layout", "型が同じ配置の別の型になります")
        case .typesNotCompared: LocalizedText("Types could not be compared", "型を比較できませんでした")
        case .changedVariable:
            LocalizedText("The initial value of a variable differs", "変数の初期値が変わります")
        case .changedSharedConstant:
            LocalizedText("A constant that other units read differs", "他のユニットも読む定数が変わります")
        case .grownDatum: LocalizedText("A datum grows", "データが大きくなります")
        case .changedConstructor:
            LocalizedText("What runs at load or unload differs", "読み込み・解放時に動く関数が変わります")
        case .changedThreadLocal: LocalizedText("A thread-local variable differs", "スレッドローカル変数が変わります")
        case .changedExport: LocalizedText("What the target exports differs", "外部に公開するシンボルが変わります")
        case .changedInlineAssembly: LocalizedText("Inline assembly differs", "インラインアセンブリが変わります")
        case .changedAssembler: LocalizedText("Assembler source differs", "アセンブラーのソースが変わります")
        case .differentCalls:
            LocalizedText(
                "Locks, references or memory are taken or given back otherwise",
                "ロック・参照・メモリの取得または解放が変わります")
        case .readsUnsetField:
            LocalizedText("New code reads a field that older objects lack", "以前のオブジェクトにない値を新コードが読みます")
        case .misreadAfterRevert:
            LocalizedText("Old code misreads state after a revert", "解除後に旧コードが状態を誤読します")
        case .fieldsNotCompared:
            LocalizedText("Uses of fields could not be compared", "フィールドの使い方を比較できませんでした")
        case .staysOnStack:
            LocalizedText("A thread does not leave the function", "スレッドが関数から戻りません")
        case .branchIntoEntry:
            LocalizedText("Code leads into the function's first instructions", "関数の先頭命令の途中に分岐するコードがあります")
        }
    }

    /// What may happen in a process that runs.
    package var meaning: LocalizedText {
        switch self {
        case .noUnwindTables:
            LocalizedText(
                "An exception that would pass through the new code ends the process, and a thread that is cancelled in "
                    + "it skips the cleanups of its callers. Debuggers show no frames above it.",
                "新しいコードを例外が通過するとプロセスが終了し、その中で取り消されたスレッドは呼び出し元の後始末を飛ばします。"
                    + "デバッガーはその先のフレームを表示できません。")
        case .removedFunction:
            LocalizedText(
                "The old code of the function stays in the process. Nothing of the patch calls it; what kept a pointer "
                    + "to it still does.",
                "古い関数のコードはプロセスに残ります。パッチからは呼ばれませんが、保存済みのポインターからは呼ばれます。")
        case .changedConstant:
            LocalizedText(
                "Replaced functions see the new constant, all other code of the unit goes on with the old one.",
                "置換した関数だけが新しい定数を使い、ユニットのほかのコードは古い定数を使い続けます。")
        case .outsideTarget:
            LocalizedText(
                "These units are part of other files, or of none that is shipped; this patch does not change them.",
                "これらのユニットはほかのファイルの一部であるか、配布されていません。このパッチでは変わりません。")
        case .boundDirectly:
            LocalizedText(
                "The patch calls the target's own function even where a preloaded library stands in for it.",
                "プリロードされたライブラリが関数を差し替えていても、パッチは対象自身の関数を呼びます。")
        case .addedImport:
            LocalizedText(
                "The target does not import it. Each process is searched for it when the patch is applied, as the dynamic "
                    + "linker would, and a process that does not have it is refused.",
                "対象はこのシンボルをインポートしていません。適用時に動的リンカーと同じ順序で各プロセスを検索し、"
                    + "見つからないプロセスには適用しません。")
        case .changedLayout:
            LocalizedText(
                "Objects that exist were made with the old layout. New code would read and write them in the wrong "
                    + "places, and old code those that the new code makes.",
                "既存のオブジェクトは古い配置で作られています。新しいコードはそれらの誤った位置を読み書きし、"
                    + "新しいコードが作ったものは古いコードが誤って扱います。")
        case .changedMeaning:
            LocalizedText(
                "Old and new code take the same bytes for different things. Whatever one of them stored, the other "
                    + "misunderstands.",
                "同じバイト列を新旧のコードが別の意味に取ります。一方が書いた値を他方が誤解します。")
        case .changedType:
            LocalizedText(
                "The bytes lie where they did. Check that both types mean the same by them.",
                "バイトの位置は同じです。両方の型で意味も同じことを確認してください。")
        case .typesNotCompared:
            LocalizedText(
                "Nobody has checked whether the fix changes the layout of a type. If it does, memory is corrupted.",
                "修正が型の配置を変えるかどうかを確認できていません。変わる場合、メモリが壊れます。")
        case .changedVariable:
            LocalizedText(
                "Processes that run have the variable already, with the old value or what became of it. Waived, it stays "
                    + "as it is.",
                "実行中のプロセスは変数をすでに持ち、その値は古い初期値か、その後に変わった値です。"
                    + "許可した場合、変数はそのまま残ります。")
        case .changedSharedConstant:
            LocalizedText(
                "The constant is read by code that the patch does not replace. Waived, all code goes on with the old "
                    + "one, the replaced functions too.",
                "この定数はパッチが置換しないコードからも読まれます。許可した場合、置換した関数も含め、"
                    + "すべてのコードが古い定数を使い続けます。")
        case .grownDatum:
            LocalizedText(
                "The process has the shorter one. New code that takes it to be longer would run over its end.",
                "プロセスにあるのは短いデータです。長いものとして扱う新しいコードは末尾を越えてアクセスします。")
        case .changedConstructor:
            LocalizedText(
                "Processes that run have run the old functions when the file was loaded, and run the old ones when it "
                    + "is unloaded. A patch comes too late for the first and does not reach the second.",
                "実行中のプロセスでは、読み込み時の古い関数はすでに実行済みで、解放時にも古い関数が動きます。"
                    + "パッチはどちらにも間に合いません。")
        case .changedThreadLocal:
            LocalizedText(
                "Every thread has its block of the old size and contents. Waived, all of them stay as they are.",
                "どのスレッドも古い大きさと内容の領域を持っています。許可した場合、すべてそのまま残ります。")
        case .changedExport:
            LocalizedText(
                "A patch changes no symbol table: other files do not find what is new, and go on to find what is gone.",
                "パッチはシンボル表を変えません。ほかのファイルは新しいシンボルを見つけられず、なくなるシンボルは見つけ続けます。")
        case .changedInlineAssembly:
            LocalizedText(
                "The compiler does not know what the statement does, and so neither does this review.",
                "この文が何をするかはコンパイラーにも分からず、この審査でも判断できません。")
        case .changedAssembler:
            LocalizedText(
                "What these functions expect in registers and on the stack, which fields they use and what they lock is not "
                    + "written down anywhere. This review has compared their code, and nothing of that.",
                "これらの関数がレジスターとスタックに何を期待し、どのフィールドを使い、何をロックするかは、どこにも"
                    + "書かれていません。この審査が比較したのはコードだけです。")
        case .differentCalls:
            LocalizedText(
                "A thread may have taken something in the old code and give it back in the new one, or the other way. "
                    + "Then a lock stays held, an object is freed twice, or memory is lost.",
                "旧コードで取得したものを新コードで返す、またはその逆が起こり得ます。ロックの残留、二重解放、"
                    + "メモリリークにつながります。")
        case .readsUnsetField:
            LocalizedText(
                "Objects that were made before the patch have whatever the old code left in the field.",
                "パッチ適用前に作られたオブジェクトでは、このフィールドに旧コードが残した値が入っています。")
        case .misreadAfterRevert:
            LocalizedText(
                "State that the new code made outlives a revert, and the old code takes it for something else.",
                "新しいコードが作った状態は解除後も残り、旧コードはそれを別のものとして扱います。")
        case .fieldsNotCompared:
            LocalizedText(
                "Nobody has checked whether new code relies on state that old code never made.",
                "旧コードが作らない状態に新コードが頼っていないかを確認できていません。")
        case .staysOnStack:
            LocalizedText(
                "A function is replaced only while no thread is in it. Where one is in this one, the patch is refused again "
                    + "and again, and the process stays as it is.",
                "関数は、どのスレッドも実行していないときにのみ置換されます。実行中のスレッドがある限りパッチは拒否され続け、"
                    + "プロセスは元のままです。")
        case .branchIntoEntry:
            LocalizedText(
                "The jump to the replacement lies over these instructions. Code that goes there would run the middle of it.",
                "置換先へのジャンプがこれらの命令を上書きします。そこに分岐するコードはジャンプの途中を実行してしまいます。")
        }
    }

    /// What the author of a fix can do.
    package var advice: LocalizedText {
        switch self {
        case .noUnwindTables, .boundDirectly, .changedType, .addedImport:
            LocalizedText("Nothing, if this cannot happen in the target.", "対象で起こり得なければ、対処は不要です。")
        case .removedFunction:
            LocalizedText("Check that nothing keeps a pointer to it.", "関数へのポインターが残らないことを確認してください。")
        case .outsideTarget:
            LocalizedText(
                "If one of them runs somewhere, build a patch for the file that holds it.",
                "どこかで動いている場合は、それを含むファイル用のパッチを作成してください。")
        case .changedConstant:
            LocalizedText(
                "Check that no other function of the unit must agree with the new one.",
                "ユニットのほかの関数と値が食い違っても問題ないことを確認してください。")
        case .changedLayout:
            LocalizedText(
                "Keep the type as it is and put what is new beside it, into a side table keyed by the object's address; "
                    + "the author's guide shows one.",
                "型はそのままにし、新しい値はオブジェクトのアドレスをキーとする別表に置いてください。"
                    + "作成者ガイドに例があります。")
        case .changedMeaning:
            LocalizedText(
                "Keep old values as they are and add new ones behind them; or translate existing objects in a hook.",
                "既存の値はそのままにし、新しい値はその後ろに追加してください。または、フックで既存のオブジェクトを変換してください。")
        case .typesNotCompared:
            LocalizedText(
                "Compile the unit with debug information, or compare the types by hand.",
                "デバッグ情報付きでコンパイルするか、型を手作業で比較してください。")
        case .changedVariable:
            LocalizedText(
                "Leave the initial value as it is and set the variable in a hook that runs when the patch is applied.",
                "初期値はそのままにし、適用時に動くフックで変数を設定してください。")
        case .changedSharedConstant:
            LocalizedText(
                "Leave the constant as it is and give the changed functions one of their own, under a new name.",
                "定数はそのままにし、変更する関数には新しい名前の定数を用意してください。")
        case .grownDatum:
            LocalizedText(
                "Leave it as it is and add a new one beside it, under a new name.",
                "そのまま残し、新しい名前の別のデータを追加してください。")
        case .changedConstructor:
            LocalizedText(
                "Do in a hook what running processes still need, and say so in the waiver.",
                "実行中のプロセスに必要な処理はフックで行い、許可の理由にその旨を書いてください。")
        case .changedThreadLocal:
            LocalizedText(
                "Keep the variable as it is; keep what is new in a table keyed by the thread.",
                "変数はそのままにし、新しい値はスレッドをキーとする表に置いてください。")
        case .changedExport:
            LocalizedText(
                "Make what is new static or hidden; keep what others may use.",
                "新しいものは static か hidden にし、ほかから使われ得るものは残してください。")
        case .changedInlineAssembly:
            LocalizedText(
                "Read the statement in the disassembly, and waive it if it is right for a program that runs.",
                "逆アセンブルでその文を読み、実行中のプログラムに対して正しければ許可してください。")
        case .changedAssembler:
            LocalizedText(
                "Read the change: the new code must take what callers that stay give it, and must cope with what the old "
                    + "code has stored. Then waive it.",
                "変更を読み、残る呼び出し元が渡すものを新コードが受け取れること、旧コードが保存したものを扱えることを"
                    + "確認したうえで許可してください。")
        case .differentCalls:
            LocalizedText(
                "Check that whatever is taken before the switch is given back after it in either code. If not, change "
                    + "taker and giver in one patch whose functions are on no stack at the switch.",
                "切り替え前に取得したものが、新旧どちらのコードでも切り替え後に返されることを確認してください。"
                    + "そうでなければ、取得側と解放側を、切り替え時にどのスタックにもない関数として一つのパッチで変更してください。")
        case .readsUnsetField:
            LocalizedText(
                "Let new code cope with the value that old objects have, or set it in a hook.",
                "以前のオブジェクトの値でも動くようにするか、フックで値を設定してください。")
        case .misreadAfterRevert:
            LocalizedText(
                "Say with --revert-hazard what must be done before the way back, or undo the state in a hook.",
                "解除の前に必要なことを --revert-hazard で示すか、フックで状態を元に戻してください。")
        case .fieldsNotCompared:
            LocalizedText(
                "Ask for each changed function what it does with objects that the old code made.",
                "変更する各関数について、旧コードが作ったオブジェクトをどう扱うかを確認してください。")
        case .staysOnStack:
            LocalizedText(
                "Leave the function with the loop as it is, and make the change in functions that it calls.",
                "ループを持つ関数はそのままにし、そこから呼ばれる関数で変更してください。")
        case .branchIntoEntry:
            LocalizedText(
                "Make the change in a function that calls this one, or that it calls.",
                "この関数の呼び出し元、または呼び出し先の関数で変更してください。")
        }
    }
}

extension LocalizedText {
    /// A text of this program, in both languages.
    fileprivate init(_ english: String, _ japanese: String) {
        self.init(english: english, japanese: japanese)
    }
}
