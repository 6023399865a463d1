// SPDX-License-Identifier: Apache-2.0

// GCC manual, “Option Summary”; clang takes the same spellings.
extension CompilerCall.Reading {
    /// What GCC compiles or assembles by itself, told by the suffix.
    static let sourceSuffixes: Set<String> = [
        "c", "i", "cc", "cp", "cxx", "cpp", "CPP", "c++", "C", "ii", "s", "S", "sx",
    ]

    /// With these, no object is made.
    static let stoppingOptions: Set<String> = ["-E", "-S", "-M", "-MM", "-fsyntax-only"]

    /// Options whose argument is the next word, and stays.
    static let takesArgument: Set<String> = [
        "-I", "-D", "-U", "-include", "-imacros", "-isystem", "-iquote", "-idirafter", "-iprefix", "-iwithprefix",
        "-iwithprefixbefore", "-isysroot", "-A", "-B", "-G", "-Xpreprocessor",
        "-Xassembler", "-Xclang", "-mllvm", "-target", "--param", "--sysroot", "-specs", "-wrapper",
    ]

    /// Where results go, what else is written beside them, and what is for the linker only.
    static let droppedWithArgument: Set<String> = [
        "-o", "-MF", "-MT", "-MQ", "-aux-info", "-dumpbase", "-dumpdir", "-dumpbase-ext", "-auxbase",
        "-L", "-l", "-T", "-u", "-z", "-e", "-Xlinker",
    ]

    static func isDropped(_ option: String) -> Bool {
        let exact: Set<String> = ["-c", "-MD", "-MMD", "-MP", "-MG", "-save-temps", "-pipe", "-gsplit-dwarf"]
        let joined = [
            "-o", "-MF", "-MT", "-MQ", "-save-temps=", "-Wp,-MD", "-Wp,-MMD", "-Wp,-MT", "-Wp,-MF", "-Wl,", "-l", "-L",
        ]
        return exact.contains(option) || joined.contains { option.hasPrefix($0) }
    }
}
