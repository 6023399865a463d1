// SPDX-License-Identifier: Apache-2.0

extension Manifest {
    /// A proof that the patch was made from the target's own source, with its compiler and options.
    package struct Evidence: Hashable, Sendable, Encodable {
        /// The ways to prove it.
        package enum Kind: String, Hashable, Sendable, Encodable {
            /// The unfixed unit's machine code, compiled again, is in the target, byte by byte but for relocated fields.
            case code
            /// The target names the compiler that made the replacement code (`.comment`, `DW_AT_producer`).
            case compiler
            /// The whole package, built again, has the target's build ID.
            case rebuild
        }

        /// How it was proved.
        package var kind: Kind
        /// What it was proved of: a source file, or the target's name.
        package var subject: String
        /// The figures, in the words of the field: bytes and fields compared, a compiler's name, a build ID.
        package var detail: String

        /// A proof.
        package init(kind: Kind, subject: String, detail: String) {
            self.kind = kind
            self.subject = subject
            self.detail = detail
        }
    }
}
