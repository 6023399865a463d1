// SPDX-License-Identifier: Apache-2.0

package import ELF

extension Manifest {
    /// What a live patch of a kernel says beside what all say; its code is a module, in a section of its own.
    package struct Kernel: Hashable, Sendable, Encodable {
        /// What the kernel itself is called, as a part and as the target of a patch.
        package static let name = "vmlinux"

        /// The kernel's release, as `uname -r` prints it.
        package var release: String
        /// The release that the kernel is as safe as with this patch, if the author has named one.
        package var safeRelease: String?
        /// The name of the module that holds the patch.
        package var module: String
        /// The parts of the kernel that the patch changes: vmlinux first, if it is one of them.
        package var parts: [Part]
        /// The functions that are replaced, all of a task's at one instant.
        package var functions: [Function]
        /// Functions and data that come with the patch.
        package var added: [String]

        package init(
            release: String, safeRelease: String? = nil, module: String, parts: [Part], functions: [Function],
            added: [String]
        ) {
            self.release = release
            self.safeRelease = safeRelease
            self.module = module
            self.parts = parts
            self.functions = functions
            self.added = added
        }
    }

    /// A part of a kernel that a patch changes.
    package struct KernelPart: Hashable, Sendable, Encodable {
        /// `vmlinux`, or the name of a module as the running kernel has it.
        package var name: String
        /// The build ID of its file.
        package var buildID: BuildID

        package init(name: String, buildID: BuildID) {
            self.name = name
            self.buildID = buildID
        }
    }

    /// A function of a kernel that a patch replaces.
    package struct KernelFunction: Hashable, Sendable, Encodable {
        /// The part that has it.
        package var part: String
        /// Its name.
        package var name: String
        /// Which of those of its name it is, from 1; 0 if it is the only one.
        package var position: Int
        /// The source file.
        package var unit: String
        /// The size of its replacement.
        package var size: UInt64

        package init(part: String, name: String, position: Int, unit: String, size: UInt64) {
            self.part = part
            self.name = name
            self.position = position
            self.unit = unit
            self.size = size
        }
    }
}

extension Manifest.Kernel {
    package typealias Part = Manifest.KernelPart
    package typealias Function = Manifest.KernelFunction
}

extension Artefact {
    /// Whether the patch is for a kernel, and not for processes.
    package var isForKernel: Bool { manifest.kernel != nil }

    /// Checks what a patch of a kernel must have, and what it may not.
    func validate(_ kernel: Manifest.Kernel) throws(ArtefactError) {
        guard image.parts.isEmpty, relocations.isEmpty, original.isEmpty, manifest.functions.isEmpty,
            manifest.addedFunctions.isEmpty, manifest.data.isEmpty, manifest.unwindTables == nil
        else { throw .badField(name: "kernel", value: "a patch of a kernel and of a file at once") }
        guard !module.isEmpty else { throw .badField(name: "kernel", value: "no section \(SectionName.module)") }
        try Self.require("module", UInt64(module.count), atMost: Limit.imageSize)
        try Self.require("proof", UInt64(proof.count), atMost: UInt64(Limit.reviewSize))
        try Self.require("review", UInt64(review.count), atMost: UInt64(Limit.reviewSize))
        try Self.require("hooks", UInt64(manifest.hooks.count), atMost: UInt64(Limit.hooks))
        // The livepatch core calls them; where they are is the module's business.
        for hook in manifest.hooks where hook.offset != 0 || hook.function.isEmpty {
            throw .badField(name: "hooks", value: hook.function)
        }
        guard !kernel.functions.isEmpty else { throw .badField(name: "kernel.functions", value: "[]") }
        try Self.require("functions", UInt64(kernel.functions.count), atMost: UInt64(Limit.functions))
        guard !kernel.parts.isEmpty else { throw .badField(name: "kernel.parts", value: "[]") }
        // Both become file names on the host.
        guard Self.isName(kernel.module) else { throw .badField(name: "kernel.module", value: kernel.module) }
        for part in kernel.parts where !Self.isName(part.name) || part.buildID.bytes.isEmpty {
            throw .badField(name: "kernel.parts", value: part.name)
        }
        let parts = Set(kernel.parts.map(\.name))
        for function in kernel.functions where !parts.contains(function.part) || function.name.isEmpty {
            throw .badField(name: "kernel.functions", value: "\(function.part):\(function.name)")
        }
    }

    private static func isName(_ text: String) -> Bool {
        // The kernel's MODULE_NAME_LEN, with its terminating zero.
        1...55 ~= text.utf8.count
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
