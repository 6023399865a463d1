// SPDX-License-Identifier: Apache-2.0

/// The objects of one unit.
package struct UnitObjects: Sendable {
    /// The source relative to the source tree.
    package var source: String
    /// The unit's own command, as it is compiled unfixed, without the name of the object.
    package var compileCommand: [String]
    /// Unfixed, with the unit's own options.
    package var plain: [UInt8]
    /// Unfixed, each function and datum in its own section.
    package var sectioned: [UInt8]
    /// With the fix, each function and datum in its own section.
    package var fixed: [UInt8]
    /// What the compiler read out of the two sources.
    package var statements: Statements
    /// Whether the source is assembler: then the unfixed objects are one and the same, and functions share sections.
    package var isAssembler: Bool

    /// The statements of the two sectioned builds as the compiler wrote them down; nil from one that does not.
    package struct Statements: Sendable {
        package var unfixed: [UInt8]?
        package var fixed: [UInt8]?

        /// What the compiler wrote down.
        package init(unfixed: [UInt8]? = nil, fixed: [UInt8]? = nil) {
            self.unfixed = unfixed
            self.fixed = fixed
        }
    }

    /// The objects of a unit.
    package init(
        source: String, compileCommand: [String], plain: [UInt8], sectioned: [UInt8], fixed: [UInt8],
        statements: Statements = Statements(), isAssembler: Bool = false
    ) {
        self.source = source
        self.compileCommand = compileCommand
        self.plain = plain
        self.sectioned = sectioned
        self.fixed = fixed
        self.statements = statements
        self.isAssembler = isAssembler
    }
}
