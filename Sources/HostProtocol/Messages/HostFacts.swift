// SPDX-License-Identifier: Apache-2.0

package import JSON
package import ServicePolicy

/// What a host says of itself.
package struct HostFacts: Hashable, Sendable {
    /// What people call it.
    package var hostname: String
    /// A hash of its machine ID (machine-id(5)), only to notice copies: 64 hexadecimal digits.
    package var machineID: String
    /// The text of `/etc/os-release`; nil where there is none.
    package var osRelease: String?
    /// The line of `/etc/system-release`; nil where there is none.
    package var systemRelease: String?
    /// `uname -r`.
    package var kernel: String
    /// `uname -m`.
    package var machine: String
    /// What the machine says that it is made of (DMI), such as `QEMU Standard PC`; nil where it does not say.
    package var platform: String?
    /// The hardware, as its owner declares it.
    package var hardware: SystemFacts.Hardware
    /// Where the installation comes from, as its owner declares it.
    package var origin: SystemFacts.InstallOrigin
    /// The version of the tool.
    package var tool: String
    /// What its administrator has put it under: `name:value`, or only a name.
    package var tags: [String]

    /// Facts.
    package init(
        hostname: String, machineID: String, osRelease: String?, systemRelease: String?, kernel: String,
        machine: String, platform: String?, hardware: SystemFacts.Hardware, origin: SystemFacts.InstallOrigin,
        tool: String, tags: [String]
    ) {
        self.hostname = hostname
        self.machineID = machineID
        self.osRelease = osRelease
        self.systemRelease = systemRelease
        self.kernel = kernel
        self.machine = machine
        self.platform = platform
        self.hardware = hardware
        self.origin = origin
        self.tool = tool
        self.tags = tags
    }

    /// The facts as the service's policy asks for them.
    package var system: SystemFacts {
        SystemFacts(
            system: OperatingSystem(osRelease.map(OSRelease.init(parsing:)), systemRelease: systemRelease),
            kernel: KernelRelease(parsing: kernel), machine: machine, hardware: hardware, origin: origin)
    }
}

extension HostFacts {
    /// Reads facts; each has a bound, since anybody with a key can send them.
    ///
    /// - Throws: `ProtocolError`.
    package init(_ fields: ProtocolFields) throws(ProtocolError) {
        hostname = try fields.string("hostname", limit: 255)
        machineID = try fields.string("machineID", limit: 64)
        osRelease = try fields.optional("osRelease") { (name) throws(ProtocolError) in
            try fields.string(name, limit: 4096)
        }
        systemRelease = try fields.optional("systemRelease") { (name) throws(ProtocolError) in
            try fields.string(name, limit: 255)
        }
        kernel = try fields.string("kernel", limit: 255)
        machine = try fields.string("machine", limit: 64)
        platform = try fields.optional("platform") { (name) throws(ProtocolError) in
            try fields.string(name, limit: 255)
        }
        hardware = try fields.word("hardware")
        origin = try fields.word("origin")
        tool = try fields.string("tool", limit: 64)
        tags = try fields.strings("tags")
        guard tags.count <= 32, tags.allSatisfy({ (1...64).contains($0.utf8.count) }) else {
            throw .badValue(field: fields.path(of: "tags"), value: "more than 32, or one of more than 64 bytes")
        }
    }

    /// The facts as they are sent and kept.
    package var value: JSONValue {
        .object([
            "hostname": .string(hostname), "machineID": .string(machineID), "osRelease": .optional(osRelease),
            "systemRelease": .optional(systemRelease), "kernel": .string(kernel), "machine": .string(machine),
            "platform": .optional(platform), "hardware": .string(hardware.rawValue),
            "origin": .string(origin.rawValue), "tool": .string(tool), "tags": .array(tags.map { .string($0) }),
        ])
    }
}
