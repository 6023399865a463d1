// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

extension KernelRefusal: CustomStringConvertible {
    /// What was refused, and what to do.
    package var description: String {
        switch self {
        case .malformedObject(let unit, let error): "\(unit): \(error)"
        case .notRelocatable(let unit): "\(unit): not an object file as a compiler writes it (ET_REL)"
        case .unusualSection(let unit, let section, let size, let alignment):
            "\(unit): section \(section) of \(size) bytes, aligned to \(alignment), is none that a kernel's compiler makes: "
                + "the file is damaged"
        case .unsupportedRelocation(let unit, let section, let offset, let type):
            "\(unit): relocation \(type) at \(hexadecimal(offset)) of section \(section) is of a kind that a live patch of "
                + "a kernel cannot have"
        case .unsupportedSymbol(let unit, let symbol, let section, let offset):
            "\(unit): the field at \(hexadecimal(offset)) of section \(section) refers to \(symbol), which cannot be carried "
                + "into a live patch"
        case .unevenSection(let unit, let section, let size, let record):
            "\(unit): section \(section) has \(size) bytes, which are no records of \(record); "
                + "state their size with --record-size \(section)=SIZE"
        case .ownerlessRecord(let unit, let section, let offset):
            "\(unit): the record at \(hexadecimal(offset)) of section \(section) does not tell what code it is about; "
                + "if its records have another size, state it with --record-size \(section)=SIZE"
        case .obstacles(let obstacles): obstacles.map(\.description).joined(separator: "\n")
        case .noChange(let units): "the fix changes no code of this kernel in " + units.joined(separator: ", ")
        case .otherConfiguration(let options):
            "the kernel's build changes its configuration, since a tool is missing or is another one (pahole of the package "
                + "dwarves, the compiler): " + options.joined(separator: ", ")
        case .nothingReplaced(let units):
            "the fix replaces no function in \(units.joined(separator: ", ")); what only hooks do is done by a module of your "
                + "own"
        case .malformedSymbols(let line, let text):
            "line \(line) of the symbols cannot be read: ‘\(text)’; give the text of readelf -sW, of /proc/kallsyms, or "
                + "an ELF file"
        case .malformedExports(let line, let text):
            "line \(line) of the exported symbols cannot be read: ‘\(text)’; give the kernel's Module.symvers"
        case .ambiguousSymbol(let unit, let symbol, let parent, let count):
            "\(unit): \(parent) has \(count) symbols \(symbol), and which one the unit has cannot be told; "
                + "give symbols with the names of source files (readelf -sW of the debug package's file)"
        case .unknownSymbol(let unit, let symbol, let function, let parent):
            "\(unit): \(function) needs \(symbol), which neither \(parent) has nor any other part of the kernel exports"
        case .unwritable(let error): "the live patch cannot be written: \(error)"
        case .malformedModule(let reason): "the module that the kernel's build made is not as it must be: \(reason)"
        case .unfaithful(let unit, let facts):
            "\(unit): what was built is not what is shipped: \(facts.joined(separator: "; ")); "
                + "source, configuration or compiler are not those of the kernel"
        case .notInKernel(let units, let kernel):
            "\(units.joined(separator: ", ")): not part of \(kernel); the kernel is not affected"
        case .notConfigured(let units, let lines):
            "\(units.joined(separator: ", ")) does not compile in the configuration of this kernel, even without the fix; most likely "
                + "it is no part of it, and can be left out of the fix:"
                + lines.map { "\n  | " + $0 }.joined()
        case .severalParts(let unit, let parts):
            "\(unit): part of the modules \(parts.joined(separator: ", ")), and a live patch replaces a function in one; make the "
                + "change in the functions that call it"
        case .unreviewable(let unit, let reason): "\(unit): the safety review cannot read it: \(reason)"
        case .impossibleWaiver(let rule):
            "findings of \(rule.rawValue) cannot be waived; leave the waiver out"
        case .farReachingHeader(let names, let units, let limit):
            (units > limit ? "more than \(limit)" : "too many")
                + " units use \(names.joined(separator: ", ")) of the changed headers, "
                + "and a live patch is made of \(limit) at most; make the change in the functions that matter"
        case .notForKernel: "the live patch is for processes; only those of kernels are tried in a virtual machine"
        case .malformedKernel(let file, let reason): "\(file): \(reason)"
        }
    }
}
