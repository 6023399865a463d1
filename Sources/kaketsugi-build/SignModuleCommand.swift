// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import LinuxSystem
import LivePatch
import ModuleSigning

/// `kaketsugi-build sign-module`: signs the module in a live patch of the kernel.
struct SignModuleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign-module",
        abstract: "Sign the module in a live patch of the kernel with your own key.",
        discussion: """
            Kernels under Secure Boot, and those with module.sig_enforce, load only modules that are signed by a key that they \
            trust. Enrol the certificate on each host once (mokutil --import, in DER), and sign each patch before it is \
            published: the patch's identity is another one afterwards. The signature is what the kernel's sign-file makes.

            Exit codes: 0 signed; 3 refused; 64 the command line is wrong.
            """)

    @Argument(help: "The live patch of a kernel.", completion: .file(extensions: ["mend"]))
    var file: String

    @Option(help: "The RSA key, in PEM without a passphrase.", completion: .file())
    var key: String

    @Option(help: "The key's X.509 certificate, in PEM or DER.", completion: .file())
    var certificate: String

    @Option(help: "The function by which the module is hashed: sha256 or sha512.")
    var digest = ModuleSigner.Digest.sha256

    @Option(name: .shortAndLong, help: "Where to write the signed patch.", completion: .file(extensions: ["mend"]))
    var output: String

    func run() throws {
        do {
            var artefact = try Artefact(parsing: try contents(ofFile: file, limit: Artefact.Limit.fileSize))
            guard artefact.isForKernel else {
                throw refusal("\(file): the live patch is for processes, not for the kernel")
            }
            let signer = try ModuleSigner(
                key: try contents(ofFile: key, limit: 1 << 20),
                certificate: try contents(ofFile: certificate, limit: 1 << 20))
            artefact.module = try signer.sign(artefact.module, digest: digest)
            try replaceFile(output, with: try artefact.encoded())
        } catch let code as ExitCode {
            throw code
        } catch {
            throw refusal("\(error)")
        }
    }

    private func refusal(_ reason: String) -> ExitCode {
        StandardError.write(TextLayout.wrapped("kaketsugi-build: " + reason, indent: 0) + "\n")
        return .refused
    }
}

extension ModuleSigner.Digest: ExpressibleByArgument {}
