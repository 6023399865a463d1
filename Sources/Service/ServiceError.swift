// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem
package import ServicePolicy

/// Why the service could not begin.
package enum ServiceError: Error, Hashable, Sendable {
    /// A certificate or its key could not be read, or they do not belong together.
    case badCertificate(file: String, reason: String)
    /// No certificate could be made.
    case noCertificate(reason: String)
    /// A file could not be read or written.
    case storage(SystemError)
    /// The address cannot be listened on.
    case cannotListen(host: String, port: Int, reason: String)
    /// A page's template is not in order, which is a mistake in this program.
    case badTemplate(name: String, reason: String)

    /// What is to be said to the operator.
    package var text: PolicyText {
        switch self {
        case .badCertificate(let file, let reason):
            PolicyText(
                "\(file) is refused: \(reason); --certificate and --certificate-key are a chain and its key in PEM",
                "\(file) は使用できません: \(reason)。--certificate と --certificate-key には PEM 形式の証明書チェーンと鍵を指定してください")
        case .noCertificate(let reason):
            PolicyText(
                "no certificate could be made: \(reason); give one with --certificate and --certificate-key",
                "証明書を作成できません: \(reason)。--certificate と --certificate-key で指定してください")
        case .storage(let error): PolicyText("\(error)", "\(error)")
        case .cannotListen(let host, let port, let reason):
            PolicyText(
                "\(host) port \(port) cannot be listened on: \(reason); name another with --listen",
                "\(host) のポート \(port) で待ち受けできません: \(reason)。--listen で別のアドレスを指定してください")
        case .badTemplate(let name, let reason):
            PolicyText("the page \(name) is not in order: \(reason)", "ページ \(name) に誤りがあります: \(reason)")
        }
    }
}
