// SPDX-License-Identifier: Apache-2.0

extension KernelPatchError {
    /// The tasks that were in the way.
    package var blockingTasks: [BlockingTask] {
        switch self {
        case .stalled(_, let tasks), .stalledLeaving(_, let tasks), .notUndone(let tasks): tasks
        default: []
        }
    }

    /// What the kernel said.
    package var kernelMessages: [String] {
        switch self {
        case .refusedByKernel(_, let said), .complained(let said), .complainedAndStays(let said): said
        default: []
        }
    }
}
