// SPDX-License-Identifier: Apache-2.0

/// What the author's tool saw of a target and a fix, and what cannot be told from the patch alone.
///
/// It is the section `.kaketsugi.review` of an artefact, as JSON. It is for people who judge a patch: a host neither
/// reads it nor maps it into processes. All lists are in a fixed order, so that equal patches have equal documents.
package struct ReviewDocument: Hashable, Sendable, Codable {
    /// The only layout that this version reads and writes.
    package static let currentSchemaVersion = 1

    /// The layout of this document, ``currentSchemaVersion``.
    package var schemaVersion: Int
    /// The replaced functions, in the manifest's order.
    package var functions: [Function]
    /// The translation units that the fix reaches, by their source.
    package var units: [Unit]
    /// What lies at addresses of the target that the original code refers to, by address.
    package var targetNames: [Name]
    /// What lies in the patch's image where the manifest does not say it, by offset.
    package var imageNames: [Name]
    /// The fix as it was applied, a unified diff.
    package var fix: String

    /// A document of the current layout.
    package init(functions: [Function], units: [Unit], targetNames: [Name], imageNames: [Name], fix: String) {
        schemaVersion = Self.currentSchemaVersion
        self.functions = functions
        self.units = units
        self.targetNames = targetNames
        self.imageNames = imageNames
        self.fix = fix
    }
}

extension ReviewDocument {
    /// A replaced function, seen from the rest of the target.
    package struct Function: Hashable, Sendable, Codable {
        /// The symbol's name in the object file.
        package var name: String
        /// The source file of its unit.
        package var unit: String
        /// The places of the target that call it, jump to it or take its address, by address; nil if nobody looked.
        package var callers: [Caller]?
        /// The functions of the unit that hold a copy of it; nil if nobody looked.
        package var inlinedInto: [String]?

        /// A function and who uses it.
        package init(name: String, unit: String, callers: [Caller]?, inlinedInto: [String]? = nil) {
            self.name = name
            self.unit = unit
            self.callers = callers
            self.inlinedInto = inlinedInto
        }
    }

    /// A place of the target that refers to a replaced function.
    package struct Caller: Hashable, Sendable, Codable {
        /// How it refers to the function.
        package enum Kind: String, Hashable, Sendable, Codable {
            /// A call, direct or through the linkage table.
            case call
            /// A jump, which is how a compiler calls at the end of a function.
            case jump
            /// Code that takes the function's address.
            case address
            /// A datum that holds the function's address.
            case pointer
        }

        /// The link-time address of the instruction's operand, or of the datum.
        package var address: UInt64
        /// How it refers to the function.
        package var kind: Kind
        /// The function or datum that has the place; nil where the target's symbols do not tell.
        package var symbol: String?

        /// A place of the target.
        package init(address: UInt64, kind: Kind, symbol: String?) {
            self.address = address
            self.kind = kind
            self.symbol = symbol
        }
    }

    /// A translation unit that the fix reaches.
    package struct Unit: Hashable, Sendable, Codable {
        /// What the fix does to it.
        package enum Verdict: String, Hashable, Sendable, Codable {
            /// Its code differs.
            case changed
            /// Its code is the same.
            case unchanged
        }

        /// The source file.
        package var source: String
        /// What the fix does to it.
        package var verdict: Verdict

        /// A unit and what the fix does to it.
        package init(source: String, verdict: Verdict) {
            self.source = source
            self.verdict = verdict
        }
    }

    /// What lies at an address.
    package struct Name: Hashable, Sendable, Codable {
        /// What kind of thing it is.
        package enum Kind: String, Hashable, Sendable, Codable {
            /// A function, or its entry in the linkage table.
            case function
            /// A variable or a constant with a name.
            case datum
            /// Text; the name is the text itself.
            case text
            /// A slot that holds the address of what is named.
            case slot
            /// A table without a name, such as that of a switch.
            case table
        }

        /// The address, or the offset in the image.
        package var address: UInt64
        /// What kind of thing it is.
        package var kind: Kind
        /// What it is called.
        package var name: String

        /// A name for an address.
        package init(address: UInt64, kind: Kind, name: String) {
            self.address = address
            self.kind = kind
            self.name = name
        }
    }
}
