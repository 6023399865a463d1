// SPDX-License-Identifier: Apache-2.0

internal import Disassembly
internal import ELF

/// Tells whether two builds of a function differ only in what they report of their own source: the line of a call, and
/// the text of an assertion that ends the program.
///
/// A fix that moves or reformats code gives other line numbers to functions that are otherwise the same, and a reworded
/// assertion another text; neither is a change of what a program does. The test is strict: the differing number or text
/// must go into the argument of a call to a function that is known to take it for that, in the same run of
/// instructions, and nothing else there may look at it.
struct SourcePositions {
    /// The function without the fix: its section's contents, and the unit.
    let original: SectionContents
    /// The function with the fix.
    let fixed: SectionContents

    /// Whether nothing else differs.
    ///
    /// - Throws: ``PatchRefusal/disassembly(_:)``.
    func areAllThatDiffers() throws(PatchRefusal) -> Bool {
        guard original.size == fixed.size, original.bytes.count == fixed.bytes.count,
            Set(original.references.keys) == Set(fixed.references.keys)
        else { return false }
        let bytes = Set(original.bytes.indices.filter { original.bytes[$0] != fixed.bytes[$0] })
        let texts = Set(original.references.keys.filter { original.references[$0] != fixed.references[$0] })
        guard texts.allSatisfy(isText) else { return false }
        let old = try Self.instructions(of: original.bytes)
        let new = try Self.instructions(of: fixed.bytes)
        guard old.map(\.bytes.count) == new.map(\.bytes.count) else { return false }
        var explained: (bytes: Set<Int>, texts: Set<UInt64>) = ([], [])
        for position in new.indices {
            let start = Int(new[position].address)
            let range = start..<start + new[position].bytes.count
            let differing = bytes.filter(range.contains)
            if !differing.isEmpty {
                guard let field = new[position].immediate, field.size == 4,
                    differing.allSatisfy({ (start + field.offset..<start + field.offset + 4).contains($0) }),
                    reports(old, position, .line), reports(new, position, .line)
                else { return false }
                explained.bytes.formUnion(differing)
            }
            for text in texts where range.contains(Int(clamping: text)) {
                guard reports(old, position, .text), reports(new, position, .text) else { return false }
                explained.texts.insert(text)
            }
        }
        return explained.bytes == bytes && explained.texts == texts
    }

    private func isText(_ offset: UInt64) -> Bool {
        guard let before = original.references[offset], let after = fixed.references[offset],
            before.type == after.type, before.addend == after.addend,
            case .constant = before.target, case .constant = after.target
        else { return false }
        return true
    }

    private static func instructions(of code: [UInt8]) throws(PatchRefusal) -> [Disassembly.Instruction] {
        do throws(DisassemblyError) {
            return try Disassembler().instructions(of: code, at: 0)
        } catch {
            throw .disassembly(error)
        }
    }

    /// What an argument is taken for.
    private enum Argument {
        /// A line number.
        case line
        /// The text of an assertion.
        case text
    }

    /// Whether an instruction loads an argument that the next call takes for a line, or for an assertion's text.
    private func reports(
        _ instructions: [Disassembly.Instruction], _ position: Int, _ argument: Argument
    ) -> Bool {
        let load = instructions[position]
        guard load.mnemonic == "mov" || load.mnemonic == "lea",
            let register = Register(rawValue: String(load.operands.prefix { $0 != "," }))
        else { return false }
        var following = position + 1
        // A path that only jumps within itself ends here, too.
        for _ in instructions.indices where following < instructions.count {
            let next = instructions[following]
            switch next.flow {
            case .next:
                guard !register.occurs(in: next.operands) else { return false }
                following += 1
            case .call, .jump:
                let field = next.immediate.map { next.address &+ UInt64($0.offset) }
                if let field, let reference = fixed.references[field] {
                    guard case .global(let name) = reference.target else { return false }
                    return switch argument {
                    case .line: Self.lineArguments[name] == register.argument
                    case .text: Self.assertions.contains(name) && register.argument == 0
                    }
                }
                // Paths with one end in common jump to it, each with what it has loaded.
                guard case .jump(let target?) = next.flow,
                    let end = instructions.firstIndex(where: { $0.address == target })
                else { return false }
                following = end
            case .conditionalJump, .end: return false
            }
        }
        return false
    }

    /// Functions that end the program with a text, their first argument.
    private static let assertions: Set<String> = ["__assert_fail", "__libc_assert_fail", "OPENSSL_die"]

    /// Functions that take a line number to report it: the position of that argument.
    private static let lineArguments: [String: Int] = [
        "__assert_fail": 2, "__assert_perror_fail": 2, "__libc_assert_fail": 2, "OPENSSL_die": 2,
        "ossl_cmp_print_log": 4, "ossl_engine_table_select": 3,
        "ERR_set_debug": 1, "ERR_put_error": 4,
        "CRYPTO_malloc": 2, "CRYPTO_zalloc": 2, "CRYPTO_free": 2, "CRYPTO_strdup": 2, "CRYPTO_secure_malloc": 2,
        "CRYPTO_secure_zalloc": 2, "CRYPTO_secure_free": 2, "CRYPTO_clear_free": 3, "CRYPTO_realloc": 3,
        "CRYPTO_strndup": 3, "CRYPTO_memdup": 3, "CRYPTO_secure_clear_free": 3, "CRYPTO_clear_realloc": 4,
    ]

    /// The registers of integer arguments (x86-64 psABI 3.2.3): a line is an `int`, and an address has 64 bits.
    private enum Register: String {
        case rdi, edi, rsi, esi, rdx, edx, rcx, ecx, r8, r8d

        var argument: Int {
            switch self {
            case .rdi, .edi: 0
            case .rsi, .esi: 1
            case .rdx, .edx: 2
            case .rcx, .ecx: 3
            case .r8, .r8d: 4
            }
        }

        /// Whether an instruction names the register or a part of it.
        func occurs(in operands: String) -> Bool {
            let names: Set<String> =
                switch argument {
                case 0: ["rdi", "edi", "di", "dil"]
                case 1: ["rsi", "esi", "si", "sil"]
                case 2: ["rdx", "edx", "dx", "dl", "dh"]
                case 3: ["rcx", "ecx", "cx", "cl", "ch"]
                default: ["r8", "r8d", "r8w", "r8b"]
                }
            return operands.split { !($0.isLetter || $0.isNumber) }.contains { names.contains(String($0)) }
        }
    }
}
