// SPDX-License-Identifier: Apache-2.0

package import LivePatch

/// What became of the kernel.
package struct KernelReport: Hashable, Sendable {
    /// What became of it.
    package enum Result: Hashable, Sendable {
        /// What was asked for has been done.
        case done
        /// It held before.
        case already
        /// It could not be done.
        case failed(KernelPatchError)
    }

    /// The patch.
    package var patch: ArtefactID
    /// The name of its module; nil if it is not known.
    package var module: String?
    /// What became of it.
    package var result: Result
    /// The functions that were switched, or are.
    package var functions: [String]
    /// How long the kernel took to load the module.
    package var loading: Duration = .zero
    /// How long tasks took to go over.
    package var transition: Duration = .zero
    /// How long the kernel was watched.
    package var soak: Duration = .zero
    /// The level whose place was taken.
    package var replacedLevel: Int?
    /// The modules that were removed.
    package var removed: [String] = []
    /// Modules without effect that could not be removed.
    package var leftovers: [String] = []
    /// What the kernel had to complain about before.
    var complaints: Complaints?
    /// The last message of the kernel's log before.
    var lastMessage: UInt64?

    /// A report that is still to be filled in.
    init(_ patch: KernelPatch) {
        self.patch = patch.id
        module = patch.kernel.module
        functions = patch.functionNames
        result = .done
    }

    /// A report that the kernel does not hold a patch.
    init(notLoaded patch: ArtefactID) {
        self.patch = patch
        functions = []
        result = .failed(.notLoaded(patch))
    }

    /// Does what may fail, and writes down why it did.
    mutating func attempt(_ body: (inout KernelReport) throws(KernelPatchError) -> Void) {
        do throws(KernelPatchError) {
            try body(&self)
        } catch {
            result = .failed(error)
        }
    }
}
