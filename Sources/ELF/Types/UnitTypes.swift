// SPDX-License-Identifier: Apache-2.0

/// The types of a program or of one of its units, and what uses them.
package struct UnitTypes: Sendable {
    /// The types.
    package var graph = TypeGraph()
    /// The records, enumerations and aliases that were read, named or not, each once.
    package var declared: [TypeID] = []
    /// The functions whose code is there.
    package var functions: [TypedFunction] = []
    /// Variables with static storage outside of functions, by name.
    package var variables: [String: TypeID] = [:]
}

/// A function and what it works with.
package struct TypedFunction: Hashable, Sendable {
    /// The function's name in the source, and where it is declared.
    package var name: TypeName
    /// The name that the linker sees, if it is another one.
    package var linkageName: String?
    /// Its code: one piece, or several.
    package var code: [DebugCodeRange]
    /// What it takes and returns.
    package var signature: FunctionType
    /// Its parameters and local variables, those of functions inlined into it included.
    package var variables: [Variable]
    /// The functions that are inlined into it, each as often as it is.
    package var inlined: [InlinedFunction]

    /// A parameter or a local variable.
    package struct Variable: Hashable, Sendable {
        /// Its name.
        package var name: String
        /// Its type.
        package var type: TypeID
    }
}

/// A copy of a function within another one.
package struct InlinedFunction: Hashable, Sendable {
    /// The function that was inlined.
    package var name: TypeName
    /// Its name for the linker, if it is another one.
    package var linkageName: String?
    /// The function that the copy was made for: the one whose code it is in, or another one that was inlined there.
    package var caller: TypeName
    /// The line of the call, if it is known.
    package var line: UInt64?
}
