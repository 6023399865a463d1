// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import FoundationEssentials
internal import LinuxSystem
internal import VirtualMachines

/// The modules of a kernel, in a folder such as `lib/modules/6.1.0-50-cloud-amd64` of an unpacked package.
struct KernelModules {
    /// Paths by names, with `-` for `_`.
    private let paths: [String: String]

    /// A module is some megabytes at most.
    private static let sizeLimit = 64 << 20
    private static let suffixes = [".ko", ".ko.xz"]

    /// Looks for all modules below a folder.
    ///
    /// - Throws: `ProofError.machine`.
    init(in folder: String) throws(ProofError) {
        guard let files = try? FileManager.default.subpathsOfDirectory(atPath: folder) else {
            throw .machine(.file(folder, reason: "it is no folder"))
        }
        var paths: [String: String] = [:]
        for file in files {
            for suffix in Self.suffixes where file.hasSuffix(suffix) {
                let name = file.dropLast(suffix.count).split(separator: "/").last ?? ""
                paths[Self.canonical(String(name))] = folder + "/" + file
            }
        }
        self.paths = paths
    }

    /// The contents of modules, each behind those that it depends on (`depends` in `.modinfo`).
    ///
    /// - Throws: `ProofError.noModule`, `.machine`.
    func loading(_ names: [String]) async throws(ProofError) -> [(name: String, contents: [UInt8])] {
        var loaded: [(name: String, contents: [UInt8])] = []
        var pending = names.map(Self.canonical).reversed().map { (name: $0, isOpen: false) }
        var contents: [String: [UInt8]] = [:]
        while let next = pending.popLast() {
            if let known = contents[next.name] {
                // It comes when all that it depends on has come.
                if next.isOpen { loaded.append((next.name, known)) }
                continue
            }
            let bytes = try await read(next.name)
            contents[next.name] = bytes
            pending.append((next.name, true))
            pending += try Self.dependencies(of: bytes, next.name).reversed().map { ($0, false) }
        }
        return loaded
    }

    private func read(_ name: String) async throws(ProofError) -> [UInt8] {
        guard let path = paths[name] else { throw .noModule(name) }
        guard path.hasSuffix(".xz") else {
            do throws(SystemError) {
                return try LinuxSystem.contents(ofFile: path, limit: Self.sizeLimit)
            } catch {
                throw .machine(.file(path, reason: "\(error)"))
            }
        }
        return try await Tool("xz", package: "xz-utils").output(["-dc", path], limit: Self.sizeLimit)
    }

    private static func dependencies(of module: [UInt8], _ name: String) throws(ProofError) -> [String] {
        let section: Section?
        do throws(ELFError) {
            section = try ObjectFile(parsing: module).section(named: ".modinfo")
        } catch {
            throw .machine(.file(name, reason: "\(error)"))
        }
        for text in section?.contents.split(separator: 0) ?? [] where text.starts(with: "depends=".utf8) {
            let names = String(decoding: text.dropFirst("depends=".utf8.count), as: UTF8.self)
            return names.split(separator: ",").map { canonical(String($0)) }
        }
        return []
    }

    private static func canonical(_ name: String) -> String { String(name.map { $0 == "-" ? "_" : $0 }) }
}
