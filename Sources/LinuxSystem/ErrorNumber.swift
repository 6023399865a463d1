// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// An `errno` value: an open set, since a kernel may return any.
package struct ErrorNumber: RawRepresentable, Hashable, Sendable {
    /// The number, as in `errno.h`.
    package let rawValue: Int32

    /// The error with this number.
    package init(rawValue: Int32) { self.rawValue = rawValue }

    /// `EPERM`.
    package static let notPermitted = ErrorNumber(rawValue: EPERM)
    /// `ENOENT`.
    package static let noSuchFile = ErrorNumber(rawValue: ENOENT)
    /// `ESRCH`: no such process or thread, or for ptrace: not stopped.
    package static let noSuchProcess = ErrorNumber(rawValue: ESRCH)
    /// `EINTR`.
    package static let interrupted = ErrorNumber(rawValue: EINTR)
    /// `EIO`.
    package static let inputOutput = ErrorNumber(rawValue: EIO)
    /// `ECHILD`.
    package static let noChild = ErrorNumber(rawValue: ECHILD)
    /// `EAGAIN`.
    package static let again = ErrorNumber(rawValue: EAGAIN)
    /// `EBUSY`.
    package static let busy = ErrorNumber(rawValue: EBUSY)
    /// `ENOEXEC`: of a module, that it is not for this kernel.
    package static let notExecutable = ErrorNumber(rawValue: ENOEXEC)
    /// `EBADMSG`: of a module, that its signature is damaged.
    package static let badMessage = ErrorNumber(rawValue: EBADMSG)
    /// `ENOKEY`.
    package static let noKey = ErrorNumber(rawValue: ENOKEY)
    /// `ENOPKG`: of a module, that the kernel lacks the algorithm of its signature.
    package static let noPackage = ErrorNumber(rawValue: ENOPKG)
    /// `EKEYREJECTED`: of a module, that no key that the kernel trusts has signed it.
    package static let keyRejected = ErrorNumber(rawValue: EKEYREJECTED)
    /// `ENOMEM`.
    package static let noMemory = ErrorNumber(rawValue: ENOMEM)
    /// `EACCES`.
    package static let accessDenied = ErrorNumber(rawValue: EACCES)
    /// `EFAULT`.
    package static let badAddress = ErrorNumber(rawValue: EFAULT)
    /// `EEXIST`.
    package static let exists = ErrorNumber(rawValue: EEXIST)
    /// `ENODEV`.
    package static let noDevice = ErrorNumber(rawValue: ENODEV)
    /// `ENOTDIR`.
    package static let notDirectory = ErrorNumber(rawValue: ENOTDIR)
    /// `EINVAL`.
    package static let invalid = ErrorNumber(rawValue: EINVAL)
    /// `ENOSYS`.
    package static let noSystemCall = ErrorNumber(rawValue: ENOSYS)
    /// `EPIPE`.
    package static let brokenPipe = ErrorNumber(rawValue: EPIPE)
    /// `EFBIG`.
    package static let fileTooLarge = ErrorNumber(rawValue: EFBIG)

    /// The calling thread's `errno`.
    static var current: ErrorNumber { ErrorNumber(rawValue: errno) }
}

extension ErrorNumber: CustomStringConvertible {
    /// The number in words, with the number itself.
    package var description: String {
        // Safety: strerror() returns a string of the C library, valid until this thread calls it again.
        let words = unsafe strerror(rawValue).map { unsafe String(cString: $0) } ?? "unknown error"
        return "\(words) (errno \(rawValue))"
    }
}
