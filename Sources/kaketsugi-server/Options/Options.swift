// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import Glibc
import LinuxSystem
import UpdateFramework

/// Which repository a command is about.
struct RepositoryOption: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("The folder of the repository.", valueName: "dir"), completion: .directory)
    var repository: String

    var tree: RepositoryTree { RepositoryTree(path: repository) }
}

/// How to print the result.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON, with a schema version.")
    var json = false

    /// Prints a result.
    func show(_ result: some Presentable) throws { print(try (json ? Output.json : Output.text).render(result)) }
}

extension UpdateTime {
    /// The clock of this machine.
    static var now: UpdateTime { UpdateTime(secondsSince1970: Int64(time(nil))) }
}

extension UpdateTime: ExpressibleByArgument {
    /// A moment as metadata writes it.
    public init?(argument: String) { self.init(argument) }
}

/// Reads a whole file of an operator's.
func read(_ path: String, limit: Int = 1 << 26) throws -> [UInt8] {
    try orRefuse { try contents(ofFile: path, limit: limit) }
}

/// Reads a public key, with who holds its other half: the file's own word, or the file's name.
func readPublicKey(_ path: String) throws -> (key: PublicKey, holder: String) {
    let bytes = try read(path)
    let file = try orRefuse { try PublicKeyFile(parsing: bytes) }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let holder = file.holder ?? String(name.split(separator: ".").first ?? Substring(name))
    return (file.publicKey, holder)
}

/// Reads a root that is trusted because of where it came from.
func readRoot(_ path: String) throws -> SignedMetadata<RootMetadata> {
    let bytes = try read(path)
    return try orRefuse {
        do throws(MetadataError) { return try SignedMetadata(parsing: bytes) } catch {
            throw RepositoryError.malformed(error)
        }
    }
}
