// SPDX-License-Identifier: Apache-2.0

import Foundation
import UpdateFramework

/// A signer that is a command: what speaks for a token, a security module or a service.
///
/// The command gets the canonical bytes on standard input, and writes the signature to standard output. Its standard error
/// and the terminal are the operator's, so that it can ask for a PIN.
struct CommandSigner: Signer {
    let publicKey: PublicKey
    let command: String

    /// The longest signature of a key that is supported, RSA with 16,384 bits.
    private static let limit = 2048

    func sign(_ message: [UInt8]) throws(RepositoryError) -> [UInt8] {
        let output: (status: Int32, bytes: [UInt8])
        do {
            output = try run(message)
        } catch {
            throw .signing(key: publicKey.id, reason: error.localizedDescription)
        }
        guard output.bytes.count <= Self.limit else {
            throw .signing(
                key: publicKey.id,
                reason: "the signer command gave more than \(Self.limit) bytes, which is no signature")
        }
        guard output.status == 0 else {
            throw .signing(key: publicKey.id, reason: "the signer command ended with status \(output.status)")
        }
        guard !output.bytes.isEmpty else {
            throw .signing(key: publicKey.id, reason: "the signer command gave no signature")
        }
        return output.bytes
    }

    private func run(_ message: [UInt8]) throws -> (Int32, [UInt8]) {
        // A file, since a pipe would have to be filled while the other one is emptied.
        let input = FileManager.default.temporaryDirectory.appending(path: "kaketsugi-signed-\(UUID().uuidString)")
        try Data(message).write(to: input, options: .withoutOverwriting)
        defer { try? FileManager.default.removeItem(at: input) }
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", command]
        process.standardInput = try FileHandle(forReadingFrom: input)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = try output.fileHandleForReading.read(upToCount: Self.limit + 1) ?? Data()
        // Whatever comes beyond is not kept; the command ends when nobody reads on.
        try output.fileHandleForReading.close()
        process.waitUntilExit()
        return (process.terminationReason == .exit ? process.terminationStatus : 128, Array(bytes))
    }
}
