// SPDX-License-Identifier: Apache-2.0

internal import CCapstone

/// Takes x86-64 machine code apart.
///
/// Code is foreign: any bytes give instructions, and a byte that begins none gives `.byte`. Nothing is executed.
package struct Disassembler: ~Copyable {
    private var handle: csh = 0

    /// Starts the disassembler.
    ///
    /// - Throws: ``DisassemblyError/unavailable(code:)``.
    package init() throws(DisassemblyError) {
        // Safety: the handle is a number that Capstone writes before it returns; it does not keep the pointer.
        let error = unsafe cs_open(CS_ARCH_X86, CS_MODE_64, &handle)
        guard error == CS_ERR_OK else { throw .unavailable(code: UInt32(error.rawValue)) }
        _ = cs_option(handle, CS_OPT_DETAIL, Int(CS_OPT_ON.rawValue))
    }

    deinit {
        var handle = handle
        // Safety: the handle is open, as nothing else closes it.
        _ = unsafe cs_close(&handle)
    }

    /// The instructions of some code, which together have all of its bytes.
    ///
    /// - Parameters:
    ///   - code: the bytes.
    ///   - address: the address of the first one.
    /// - Returns: The instructions in order.
    package borrowing func instructions(of code: [UInt8], at address: UInt64) -> [Instruction] {
        var instructions: [Instruction] = []
        // Safety: Capstone allocates the record, and fills it by every call that returns true; it is freed once.
        guard let record = unsafe cs_malloc(handle) else { return [] }
        defer { unsafe cs_free(record, 1) }
        unsafe code.withUnsafeBufferPointer { buffer in
            var next = buffer.baseAddress
            var rest = buffer.count
            var place = address
            while rest > 0 {
                // Safety: `next` and `rest` stay within the buffer: Capstone moves both by the length of what it read.
                if unsafe cs_disasm_iter(handle, &next, &rest, &place, record) {
                    unsafe instructions.append(Instruction(record))
                } else {
                    let byte = unsafe buffer[buffer.count - rest]
                    instructions.append(Instruction(byte: byte, at: place))
                    unsafe next = next?.successor()
                    rest -= 1
                    place &+= 1
                }
            }
        }
        return instructions
    }
}

extension Instruction {
    /// A byte that begins no instruction.
    fileprivate init(byte: UInt8, at address: UInt64) {
        self.init(
            address: address, bytes: [byte], mnemonic: ".byte", operands: "0x" + String(byte, radix: 16), flow: .next)
    }

    /// What Capstone wrote into a record.
    @unsafe fileprivate init(_ record: UnsafeMutablePointer<cs_insn>) {
        // Safety: the record was filled by a call that succeeded with details switched on, so that the detail is there.
        let address = unsafe record.pointee.address
        let bytes = unsafe withUnsafeBytes(of: &record.pointee.bytes) { unsafe Array($0) }
        let size = unsafe Int(record.pointee.size)
        let mnemonic = unsafe withUnsafeBytes(of: &record.pointee.mnemonic) { unsafe Self.text(Array($0)) }
        let operands = unsafe withUnsafeBytes(of: &record.pointee.op_str) { unsafe Self.text(Array($0)) }
        // Safety: the union holds what the machine that was opened has, x86.
        let x86 = unsafe record.pointee.detail.pointee.x86
        let number: Int64? = x86.operands.0.type == X86_OP_IMM ? x86.operands.0.imm : nil
        self.init(
            address: address, bytes: Array(bytes.prefix(size)), mnemonic: mnemonic, operands: operands,
            flow: Flow(mnemonic: mnemonic, target: number.map { UInt64(bitPattern: $0) }))
        // An instruction has at most one memory operand with a ModRM byte, and it is the first or the second operand.
        for operand in [x86.operands.0, x86.operands.1] where operand.type == X86_OP_MEM && mnemonic != "lea" {
            memoryAccess = Access(rawValue: operand.access & 3)
        }
        if x86.encoding.disp_offset != 0 {
            // Intel SDM volume 2, 2.2.1.6: mod 00 with r/m 101 counts from the next instruction.
            let target = x86.modrm & 0xc7 == 0x05 ? end &+ UInt64(bitPattern: x86.disp) : nil
            displacement = Field(
                offset: Int(x86.encoding.disp_offset), size: Int(x86.encoding.disp_size), target: target)
        }
        if x86.encoding.imm_offset != 0 {
            immediate = Field(
                offset: Int(x86.encoding.imm_offset), size: Int(x86.encoding.imm_size), target: flow.target)
        }
    }

    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
