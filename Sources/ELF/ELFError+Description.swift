// SPDX-License-Identifier: Apache-2.0

extension ELFError: CustomStringConvertible {
    /// What was refused, where, and what would help.
    package var description: String {
        switch self {
        case .notELF:
            "not an ELF file"
        case .unsupportedClass(let value):
            "not a 64-bit ELF file (class \(value)): only x86-64 programs and libraries are supported"
        case .unsupportedByteOrder(let value):
            "not a little-endian ELF file (data encoding \(value)): only x86-64 is supported"
        case .unsupportedVersion(let value):
            "ELF version \(value) is unknown; only version 1 exists"
        case .unsupportedMachine(let machine):
            "built for \(machine): only x86-64 is supported"
        case .truncated(let part, let offset, let needed, let available):
            "\(part) is incomplete: \(needed) bytes needed at offset \(hexadecimal(offset)) of \(available); "
                + "the file is damaged or was not copied completely"
        case .unexpectedEntrySize(let part, let found, let expected):
            "\(part) has entries of \(found) bytes, not of \(expected)"
        case .partialEntry(let part, let size, let entrySize):
            "\(part) has \(size) bytes, which is not a whole number of entries of \(entrySize) bytes"
        case .indexOutOfRange(let part, let index, let count):
            "entry \(index) of \(part) is referred to, but it has only \(count)"
        case .unexpectedSectionType(let part, let found, let expected):
            "\(part) is of type \(found), where \(expected) is needed"
        case .invalidString(let part, let offset):
            "\(part) has no zero-terminated UTF-8 text at offset \(hexadecimal(offset))"
        case .brokenChain(let part, let offset):
            "the list in \(part) is broken at offset \(hexadecimal(offset))"
        case .missingDynamicEntry(let tag, let neededBy):
            "the dynamic section has \(neededBy) but not \(tag)"
        case .addressNotInFile(let part, let address):
            "\(part) is said to be at address \(hexadecimal(address)), which no loadable segment of the file holds"
        case .missingExtendedIndex(let part, let symbol):
            "symbol \(symbol) of \(part) needs a section index table (SHT_SYMTAB_SHNDX), and the file has none"
        case .excessive(let part, let limit):
            "\(part) uses the same bytes again and again, for more than \(limit) bytes in all; no honest file does"
        case .implicitAddends(let part):
            "\(part) holds relocations without addends (SHT_REL), which x86-64 does not use"
        case .compressed(let part):
            "\(part) is compressed; compile with -gz=none, or decompress it with objcopy --decompress-debug-sections"
        case .unsupportedDWARF(let part, let offset, let version):
            "\(part) has a unit of DWARF version \(version) at offset \(hexadecimal(offset)); versions 2 to 5 are read"
        case .oversizedNumber(let part, let offset):
            "\(part) has a number of more than 64 bits at offset \(hexadecimal(offset))"
        case .unknownForm(let part, let offset, let form):
            "\(part) declares an attribute of the unknown form \(hexadecimal(form)) at offset \(hexadecimal(offset))"
        case .unknownAbbreviation(let part, let offset, let code):
            "\(part) has an entry at offset \(hexadecimal(offset)) whose layout \(code) is not declared"
        case .brokenReference(let part, let offset, let target):
            "\(part) refers at offset \(hexadecimal(offset)) to \(hexadecimal(target)), where nothing begins"
        case .unexpectedValue(let part, let offset):
            "\(part) has an attribute of a wrong kind in the entry at offset \(hexadecimal(offset))"
        case .separateDebugInformation(let part, let offset):
            "\(part) says at offset \(hexadecimal(offset)) that the rest is in another file; "
                + "compile with -gno-split-dwarf"
        case .unsupportedRelocation(let part, let offset, let type):
            "\(part) is relocated at offset \(hexadecimal(offset)) by \(type), which does not belong there"
        case .unwritableName(let name):
            "the name '\(name.split(separator: "\0").joined(separator: "\\0"))' has a zero byte in it"
        case .invalidAlignment(let section, let alignment):
            "section '\(section)' wants alignment \(alignment), which is not a power of two"
        case .unorderedSegment(let index, let section):
            "section '\(section)' cannot be in segment \(index): its address must follow the section before it, "
                + "and sections without contents come last"
        case .tooLarge(let part, let size):
            "\(part) would need \(size) bytes or entries, more than the format can express"
        }
    }
}

extension ELFError.Part: CustomStringConvertible {
    /// The place as a person would name it.
    package var description: String {
        switch self {
        case .fileHeader: "the file header"
        case .sectionHeaders: "the section header table"
        case .programHeaders: "the program header table"
        case .section(let index, nil): "section [\(index)]"
        case .section(let index, let name?): "section [\(index)] '\(name)'"
        case .segment(let index): "segment \(index)"
        case .dynamic(let tag): "the table of \(tag)"
        case .notes: "the note area"
        case .symbols: "the symbol table"
        case .strings: "the string table"
        }
    }
}

/// A number as addresses and offsets are written: `0x1c8`.
func hexadecimal(_ value: some BinaryInteger) -> String {
    "0x" + String(value, radix: 16)
}
