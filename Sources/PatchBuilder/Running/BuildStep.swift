// SPDX-License-Identifier: Apache-2.0

/// Something that takes the builder a noticeable time.
package enum BuildStep: Sendable, Equatable, CustomStringConvertible {
    case waiting(for: String)
    case updatingArchive
    case downloading([String])
    case unpacking(String)
    case configuring(String)
    case generatingHeaders(String)
    case copyingSource(String)
    case building(String)
    case proving(String)
    case givingUp(String)
    case makingSystem(String)
    case searchingInclusions
    /// A kernel is started in a virtual machine.
    case bootingKernel(String)
    /// The module of a kernel's live patch is linked.
    case linkingModule(String)
    case searchingSymbols([String])
    case preprocessing(String, number: Int, of: Int)
    case compiling(String, fixed: Bool, number: Int, of: Int)

    package var description: String {
        switch self {
        case .waiting(let what): "waiting for another run that uses \(what)"
        case .updatingArchive: "reading the archive's index"
        case .downloading(let names): "downloading \(names.joined(separator: ", "))"
        case .unpacking(let name): "unpacking \(name)"
        case .configuring(let name): "configuring \(name)"
        case .generatingHeaders(let name): "generating the headers of \(name)"
        case .copyingSource(let path): "copying \(path)"
        case .building(let command): "building with ‘\(command)’"
        case .proving(let name): "building all of \(name), to compare it with what is shipped"
        case .givingUp(let name): "removing the build root of \(name), to keep the cache within its limit"
        case .makingSystem(let release): "making a system of Debian \(release) with what the build needs"
        case .bootingKernel(let release): "starting \(release) in a virtual machine"
        case .linkingModule(let name): "linking the module \(name)"
        case .searchingInclusions: "searching what includes the changed files"
        case .searchingSymbols(let names): "searching the source for who defines \(names.joined(separator: ", "))"
        case .preprocessing(let source, let number, let count): "\(number) of \(count): preprocessing \(source)"
        case .compiling(let source, let fixed, let number, let count):
            "\(number) of \(count): compiling \(source) \(fixed ? "with" : "without") the fix"
        }
    }
}

/// Told of each step as it begins; how, and whether, it is shown is the caller's affair.
package typealias BuildProgress = @Sendable (BuildStep) -> Void
