// SPDX-License-Identifier: Apache-2.0

/// What an object file may hold and a live patch cannot carry.
package enum UnsupportedContent: Hashable, Sendable {
    /// Thread-local variables.
    case threadLocal
    /// Functions that run when the file is loaded or unloaded.
    case constructors
    /// A section whose meaning is unknown.
    case other
}
