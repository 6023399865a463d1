// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// Tells differences between two builds of a function that are lines of source only: what `__LINE__` puts into code.
///
/// Adding a line to a file changes each such number behind it. A function whose code differs in nothing else is the
/// same function.
struct LineNumberChange {
    let original: KernelUnit
    let patched: KernelUnit

    /// Whether the code of two pieces, which is of one size and refers to the same, differs in lines only.
    func explains(_ old: Int, _ new: Int) -> Bool {
        let (before, after) = (original.plainBytes(of: old), patched.plainBytes(of: new))
        guard before.count == after.count, var masked = Optional(before) else { return false }
        let part = patched.pieces[new]
        for relocation in patched.relocations(in: part.section, part.range) {
            let start = Int(clamping: relocation.offset - part.range.lowerBound)
            for position in start..<min(start + (FieldShape(relocation.type)?.width ?? 0), after.count) {
                masked[position] = after[position]
            }
        }
        var offset = 0
        while offset < after.count {
            guard let instruction = EncodedInstruction(at: offset, of: after) else {
                return masked[offset...] == after[offset...]
            }
            if masked[offset..<instruction.end] != after[offset..<instruction.end] {
                guard let register = Self.loadedRegister(masked[offset..<instruction.end]),
                    register == Self.loadedRegister(after[offset..<instruction.end]),
                    takesLine(in: register, behind: instruction.end, of: new)
                else { return false }
            }
            offset = instruction.end
        }
        return true
    }

    /// The register of `mov $imm32, %r32`.
    private static func loadedRegister(_ bytes: ArraySlice<UInt8>) -> Register? {
        var bytes = bytes
        let isHigh = bytes.first == 0x41
        if isHigh { bytes.removeFirst() }
        guard bytes.count == 5, let opcode = bytes.first, opcode & 0xf8 == 0xb8 else { return nil }
        return Register(rawValue: Int(opcode & 7) + (isHigh ? 8 : 0))
    }

    /// The registers of arguments by their number in instructions.
    private enum Register: Int {
        case first = 7
        case second = 6
        case third = 2
        case fourth = 1
        case fifth = 8
        case sixth = 9
    }

    /// Whether what is called next takes the line in a register.
    private func takesLine(in register: Register, behind offset: Int, of piece: Int) -> Bool {
        let part = patched.pieces[piece]
        let start = part.range.lowerBound + UInt64(offset)
        guard start <= part.range.upperBound else { return false }
        for relocation in patched.relocations(in: part.section, start..<part.range.upperBound)
        where relocation.type != .none {
            guard let reference = try? patched.reference(of: relocation, in: part.section) else { return false }
            switch reference.target {
            case .constant: continue
            case .piece(let used) where patched.isCopied(used): continue
            case .external(let name):
                if Self.places[name]?.contains(register) == true { return true }
                return Self.messages.contains(name) && namesFile(before: start, in: part)
            case .piece, .replacement: return false
            }
        }
        return false
    }

    /// Whether one of the constants around a call is the name of a source file, as `__FILE__` makes it.
    private func namesFile(before start: UInt64, in part: KernelPiece) -> Bool {
        let window = max(part.range.lowerBound, start &- min(start, 48))..<min(part.range.upperBound, start &+ 48)
        return patched.relocations(in: part.section, window).contains { relocation in
            guard let reference = try? patched.reference(of: relocation, in: part.section),
                case .constant(let bytes, _) = reference.target
            else { return false }
            let text = bytes.prefix { $0 != 0 }
            return text.suffix(2).elementsEqual(Array(".c".utf8)) || text.suffix(2).elementsEqual(Array(".h".utf8))
        }
    }

    /// Functions that print whatever they are given: a line if a file's name is there as well.
    private static let messages: Set<String> = ["printk", "_printk", "__warn_printk", "panic"]

    /// Functions of the kernel that are given a line, and in which register.
    private static let places: [String: Set<Register>] = {
        let second = [
            "warn_slowpath_null", "warn_slowpath_fmt", "warn_slowpath_fmt_taint", "__might_sleep", "___might_sleep",
            "__might_fault", "__might_resched", "__cant_sleep", "__cant_migrate", "lockdep_rcu_suspicious",
            "__ext4_journal_stop", "__ext4_journal_get_write_access", "__ext4_journal_get_create_access",
            "__ext4_handle_dirty_metadata", "__ext4_handle_dirty_super", "__ext4_forget", "__ext4_grp_locked_error",
        ]
        let third = [
            "__btrfs_abort_transaction", "__btrfs_handle_fs_error", "__btrfs_panic", "btrfs_assertfail", "assertfail",
            "__ext4_error", "__ext4_error_inode", "__ext4_error_file", "__ext4_std_error", "__ext4_warning",
            "__ext4_warning_inode", "__ext4_abort", "__ext4_journal_start_sb", "__snd_printk",
        ]
        var places: [String: Set<Register>] = [:]
        for name in second { places[name, default: []].insert(.second) }
        for name in third { places[name, default: []].insert(.third) }
        places["__ext4_journal_start_sb"] = [.second, .third]
        places["__jbd2_debug"] = [.fourth]
        places["assfail"] = [.third, .fourth]
        places["xfs_error_report"] = [.fifth]
        return places
    }()
}
