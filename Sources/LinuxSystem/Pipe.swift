// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// A pipe(2): what is written to one end is read from the other.
struct Pipe: ~Copyable {
    let reading: OwnedDescriptor
    let writing: OwnedDescriptor

    /// Opens a pipe; no program that is executed keeps it.
    init() throws(SystemError) {
        var ends: [Int32] = [0, 0]
        // Safety: the call writes two numbers into the array, which has room for them.
        let result = unsafe ends.withUnsafeMutableBufferPointer { ends in
            unsafe ends.baseAddress.map { unsafe clinux_open_pipe($0) } ?? -EINVAL
        }
        try checked("pipe2", result)
        reading = OwnedDescriptor(ends[0])
        writing = OwnedDescriptor(ends[1])
    }

    /// Closes the end to write to, once a child has it: what can be read ends with the child then.
    consuming func closedForWriting() -> OwnedDescriptor { reading }
}
