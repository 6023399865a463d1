// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import LinuxSystem

/// What a host needs to come to the service: the script, the packages, and the authority of the server's certificate.
struct Installation: Sendable {
    let configuration: ServiceConfiguration
    let authority: [UInt8]?

    func addRoutes(to router: Router<PageContext>) {
        router.get("/install.sh") { request, context in
            PublicController.file(script(for: request, context), type: "text/x-shellscript; charset=utf-8", "no-cache")
        }
        router.get("/tls/ca.pem") { _, _ in
            guard let authority else { throw PageFailure.notFound }
            return PublicController.file(authority, type: "application/x-pem-file", "no-cache")
        }
        router.get("/packages/:name") { _, context in
            guard let name = context.parameters.get("name"), let bytes = package(name) else {
                throw PageFailure.notFound
            }
            return PublicController.file(bytes, type: "application/octet-stream", "no-cache")
        }
    }

    /// What stands in front of all addresses: how the client itself called the server.
    func origin(for request: Request, _ context: PageContext) -> String {
        let isPlain = configuration.transport == .plain
        let forwarded = configuration.trustsProxy ? request.headers[.xForwardedProto] : nil
        let scheme = forwarded == "https" || !isPlain ? "https" : "http"
        let host = request.head.authority ?? "localhost"
        // What a client sends is not to become part of a script that it, or somebody else, runs.
        let isHarmless = host.utf8.allSatisfy {
            ($0 >= 48 && $0 <= 57) || ($0 | 32 >= 97 && $0 | 32 <= 122) || ".-:[]".utf8.contains($0)
        }
        return "\(scheme)://\(isHarmless && host.utf8.count <= 255 ? host : "localhost")"
    }

    /// What an administrator enters on a host.
    func command(for request: Request, _ context: PageContext) -> String {
        let origin = origin(for: request, context)
        let fetch =
            authority == nil
            ? "curl -fsSO \(origin)/install.sh"
            : "curl -fsSk \(origin)/tls/ca.pem -o ca.pem\nopenssl x509 -in ca.pem -noout -fingerprint -sha256\n"
                + "curl -fsS --cacert ca.pem -O \(origin)/install.sh"
        return fetch + "\nsh install.sh"
    }

    private func script(for request: Request, _ context: PageContext) -> [UInt8] {
        let origin = origin(for: request, context)
        let text = String(decoding: PageResource.installScript, as: UTF8.self)
        let trust = authority.map { String(decoding: $0, as: UTF8.self) } ?? ""
        return Array(
            text.replacing("@ORIGIN@", with: origin)
                .replacing("@AUTHORITY@", with: trust)
                .replacing("@DEB@", with: newest("deb") ?? "")
                .replacing("@RPM@", with: newest("rpm") ?? "").utf8)
    }

    private var folder: String { configuration.data + "/packages" }

    /// The packages that the operator has put there, by names that can be nothing else.
    private var packages: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { name in
            (name.hasSuffix(".deb") || name.hasSuffix(".rpm")) && !name.hasPrefix(".") && name.utf8.count <= 128
                && name.utf8.allSatisfy {
                    ($0 >= 48 && $0 <= 57) || ($0 | 32 >= 97 && $0 | 32 <= 122) || "._+~-".utf8.contains($0)
                }
        }
    }

    /// The package of a kind that came last.
    private func newest(_ kind: String) -> String? {
        packages.filter { $0.hasSuffix("." + kind) }.max { one, other in
            let states = [one, other].map { FileState(of: folder + "/" + $0) }
            return (states[0]?.seconds ?? 0, one) < (states[1]?.seconds ?? 0, other)
        }
    }

    private func package(_ name: String) -> [UInt8]? {
        guard packages.contains(name) else { return nil }
        return try? contents(ofFile: folder + "/" + name, limit: 128 << 20)
    }
}

extension HTTPField.Name {
    /// What a proxy says of the client's address.
    static let xForwardedFor = Self("X-Forwarded-For") ?? .forwarded
    /// What a proxy says of the client's scheme.
    static let xForwardedProto = Self("X-Forwarded-Proto") ?? .forwarded

    private static var forwarded: Self { .via }
}
