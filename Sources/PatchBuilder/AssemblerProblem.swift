// SPDX-License-Identifier: Apache-2.0

/// What in assembler source stands in the way of a patch.
package enum AssemblerProblem: Hashable, Sendable {
    /// Bytes that are no instruction, or in the middle of another one: data in code, or code that overlaps.
    case unknownInstruction
    /// Code that reads from its own section, or has an address of a place there that is no function: data in code.
    case ownAddress
    /// A branch to a place in another section that is no function, or a table that may lead there.
    case branchIntoSection
    /// Code before the first function of a section, or in a section without any.
    case codeOutsideFunctions
    /// A function that chooses another one when the file is loaded.
    case indirectFunction(String)
    /// Two names of one function of the target that are two functions of the fixed source.
    case dividedFunction(String, String)
    /// A table of data that stays and leads into the middle of a function.
    case tableOfPlaces
    /// Data that differ: assembler does not say which of them is which.
    case changedData
}

extension AssemblerProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownInstruction:
            "bytes that are no instruction, or that a branch enters in the middle: data in code cannot be told from code"
        case .ownAddress:
            "the code reads from its own section, or takes the address of a place in it that is no function: a table or a "
                + "constant in code cannot be told from code"
        case .branchIntoSection:
            "the code goes to a place in another section that is no function, or reads a table of such places"
        case .codeOutsideFunctions: "code that belongs to no function"
        case .indirectFunction(let name): "\(name) chooses a function when the file is loaded, and has done so"
        case .dividedFunction(let first, let second):
            "\(first) and \(second) are one function of the target, and two of the fixed source"
        case .tableOfPlaces: "a table that stays leads into the middle of code that the fix changes"
        case .changedData: "data differ, and assembler does not tell which of them is which"
        }
    }
}
