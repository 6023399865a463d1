// SPDX-License-Identifier: Apache-2.0

/// What runs a virtual machine's instructions.
package enum Accelerator: String, CaseIterable, Sendable {
    /// Translation by QEMU itself, which is everywhere and needs no rights.
    case tcg
    /// The kernel's virtual machines. On some hosts `/dev/kvm` opens and a machine then hangs, so that one is tried first.
    case kvm
}
