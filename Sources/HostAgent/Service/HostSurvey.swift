// SPDX-License-Identifier: Apache-2.0

internal import Crypto
package import HostProtocol
internal import LinuxSystem
package import ServicePolicy
internal import UpdateFramework

extension HostFacts {
    /// What this host says of itself.
    package init(
        of places: Places, hardware: SystemFacts.Hardware, origin: SystemFacts.InstallOrigin, tags: [String],
        tool: String
    ) {
        let identity = HostIdentity()
        func text(_ path: String, limit: Int) -> String? {
            guard let bytes = try? contents(ofFile: places.prefix + path, limit: limit) else { return nil }
            return String(validating: bytes, as: UTF8.self)
        }
        func line(_ path: String, limit: Int) -> String? {
            text(path, limit: 4096).map { String($0.prefix { $0 != "\n" }) }.flatMap {
                $0.isEmpty || $0.utf8.count > limit ? nil : $0
            }
        }
        let machineID = line("/etc/machine-id", limit: 128) ?? ""
        let maker = line("/sys/class/dmi/id/sys_vendor", limit: 100)
        let product = line("/sys/class/dmi/id/product_name", limit: 100)
        let platform = [maker, product].compactMap { $0 }.joined(separator: " ")
        self.init(
            hostname: identity.hostname,
            // The ID itself is confidential (machine-id(5)); a keyed hash tells copies as well.
            machineID: Hexadecimal.text(of: SHA256.hash(data: Array("kaketsugi machine \(machineID)".utf8))),
            osRelease: text("/etc/os-release", limit: 4096),
            systemRelease: line("/etc/system-release", limit: 255), kernel: identity.kernel,
            machine: identity.machine, platform: platform.isEmpty ? nil : platform, hardware: hardware,
            origin: origin, tool: tool, tags: tags)
    }
}

extension Places {
    /// The kernel's boot ID, which tells restarts of the host.
    package var bootID: String {
        guard let bytes = try? contents(ofFile: "/proc/sys/kernel/random/boot_id", limit: 256) else { return "" }
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }.prefix(64), as: UTF8.self)
    }

    /// Where it is written that nothing is to be done; nil if it is not.
    package var off: Situation.Switch? {
        if (try? OwnedDescriptor(opening: switchedOff, for: .read)) != nil { return .file(switchedOff) }
        guard let line = try? contents(ofFile: kernelCommandLine, limit: 64 << 10) else { return nil }
        let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        return words.contains("kaketsugi=off") ? .kernelCommandLine : nil
    }
}
