// SPDX-License-Identifier: Apache-2.0

extension UnsupportedFile {
    private static let unitSuffixes: Set<String> = ["c", "cc", "cp", "cpp", "cxx", "c++", "C", "CPP"]
    private static let headerSuffixes: Set<String> = ["h", "hh", "hpp", "hxx", "h++", "H", "inc", "def", "ipp", "tcc"]

    private static let assemblerSuffixes: Set<String> = ["s", "S", "sx"]

    /// Whether a file's suffix says that it is assembler, as GCC takes it.
    static func isAssembler(_ path: String) -> Bool { assemblerSuffixes.contains(RelativePath.suffix(of: path)) }

    /// Whether a file's suffix says that compilers are called with it.
    static func isUnit(_ path: String) -> Bool { unitSuffixes.contains(RelativePath.suffix(of: path)) }

    /// The kind of a file that is neither a C, C++ or assembler unit nor a header, told by its suffix; nil for those.
    init?(path: String) {
        switch RelativePath.suffix(of: path) {
        case let suffix where Self.unitSuffixes.contains(suffix) || Self.headerSuffixes.contains(suffix): return nil
        case let suffix where Self.assemblerSuffixes.contains(suffix): return nil
        case "asm", "pl": self = .assembler
        case "in", "tmpl", "y", "l": self = .template
        default: self = .other
        }
    }
}
