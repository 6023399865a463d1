// SPDX-License-Identifier: Apache-2.0

internal import CLinux

/// The registers beside the general ones (x87, SSE, AVX and what came later), as the processor saves them all at once.
package enum ExtendedState {
    /// The bytes that `XSAVE` writes, or nil if the system does not use it, so that there is only what `FXSAVE` saves.
    package static let size: UInt64? = {
        let size = clinux_extended_state_size()
        return size == 0 ? nil : UInt64(size)
    }()
}
