// SPDX-License-Identifier: Apache-2.0

extension Manifest {
    /// A function of the patch that runs in the process when the patch is applied or reverted.
    ///
    /// It is `int name(void)` in C, and runs while every other thread of the process is stopped. In a patch of a kernel it is a
    /// callback of the livepatch core.
    package struct Hook: Hashable, Sendable, Encodable {
        /// When a hook runs.
        package enum Moment: String, Hashable, Sendable, Encodable, CaseIterable {
            /// Before the first entry is written; a result other than 0 refuses the patch.
            case beforeApply = "before-apply"
            /// After the last entry is written.
            case afterApply = "after-apply"
            /// Before the first entry is restored; a result other than 0 refuses the way back.
            case beforeRevert = "before-revert"
            /// After the last entry is restored.
            case afterRevert = "after-revert"
        }

        /// When it runs.
        package var moment: Moment
        /// The function's name.
        package var function: String
        /// Where the function begins in the image; 0 in a patch of a kernel.
        package var offset: UInt64

        /// A function and its moment.
        package init(moment: Moment, function: String, offset: UInt64) {
            self.moment = moment
            self.function = function
            self.offset = offset
        }
    }
}
