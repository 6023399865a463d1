// SPDX-License-Identifier: Apache-2.0

/// What an object file may hold and a live patch cannot carry.
package enum UnsupportedContent: Hashable, Sendable {
    /// Thread-local variables.
    case threadLocal
    /// Functions that run when the file is loaded or unloaded.
    case constructors
    /// Tables by which exceptions find their handlers.
    case exceptionTable
    /// Sections that the linker keeps once for several files (COMDAT).
    case group
    /// A section whose meaning is unknown.
    case other
}
