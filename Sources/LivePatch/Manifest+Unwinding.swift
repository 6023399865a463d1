// SPDX-License-Identifier: Apache-2.0

extension Manifest {
    /// The tables by which exceptions, `pthread_cancel` and backtraces pass through the replacement code.
    ///
    /// They are a part of the image in the form of `.eh_frame` (Linux Standard Base, 10.6), and the process's unwinder is
    /// told of them before any function is replaced.
    package struct UnwindTables: Hashable, Sendable, Encodable {
        /// Where the tables begin in the image.
        package var offset: UInt64
        /// Whether exceptions do pass through the code, so that a process is refused whose unwinder cannot be told.
        package var areRequired: Bool
        /// The link-time address of the target's own `__register_frame_info`, if its unwinder is linked into it.
        package var registration: UInt64?
        /// The link-time address of the target's own `__deregister_frame_info`, if it has one.
        package var deregistration: UInt64?

        /// Tables at a place of the image.
        package init(
            offset: UInt64, areRequired: Bool, registration: UInt64? = nil, deregistration: UInt64? = nil
        ) {
            self.offset = offset
            self.areRequired = areRequired
            self.registration = registration
            self.deregistration = deregistration
        }
    }
}

extension Manifest {
    /// Whether a thread of the process must run something for the patch: a hook, or what takes the unwind tables.
    package var runsCode: Bool { !hooks.isEmpty || unwindTables != nil }
}

extension Image {
    /// The part that holds the unwind tables.
    package var unwindTables: Part? { parts.first { $0.protection == .unwindTables } }
}

extension Artefact {
    /// Checks that the manifest tells where the unwind tables are, and that they are a chain of entries with an end: an
    /// unwinder follows it without looking.
    func validateUnwindTables() throws(ArtefactError) {
        guard manifest.unwindTables?.offset == image.unwindTables?.offset else {
            throw .badField(
                name: "unwindTables", value: manifest.unwindTables.map { String($0.offset) } ?? "null")
        }
        let functions = [
            ("registration", manifest.unwindTables?.registration),
            ("deregistration", manifest.unwindTables?.deregistration),
        ]
        for case (let name, let address?) in functions where address >= 1 << 47 {
            throw .badField(name: "unwindTables." + name, value: String(address))
        }
        guard let part = image.unwindTables else { return }
        var offset = 0
        while offset + 4 <= part.contents.count {
            let length = part.contents[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | UInt64($1) }
            guard length > 0 else { return }
            // The entry's own length field, its kind, and multiples of the alignment; 64-bit lengths are not written.
            guard length >= 4, length % 4 == 0, length < UInt64(part.contents.count) else { break }
            offset += 4 + Int(length)
        }
        throw .badLayout(
            part: Image.Protection.unwindTables.sectionName, offset: part.offset + UInt64(offset))
    }
}
