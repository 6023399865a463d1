// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Foundation
internal import LinuxSystem
internal import NIOCore
package import ServicePolicy
internal import SwiftASN1
internal import X509

/// An authority of the server's own, for where nobody gave it a certificate.
///
/// Hosts are given the authority once, by hand, and stay content when the server's certificate is made anew.
package struct OwnAuthority: Sendable {
    /// The folder of its files.
    package let folder: String

    /// An authority in a folder, which need not exist yet.
    package init(folder: String) { self.folder = folder }

    private static let authorityDays: Double = 3650
    private static let serverDays: Double = 397
    /// A certificate with less than this is made anew at the next start.
    private static let renewalDays: Double = 90

    private var authorityFile: String { folder + "/ca.pem" }
    private var authorityKeyFile: String { folder + "/ca.key" }
    private var serverFile: String { folder + "/server.pem" }
    private var serverKeyFile: String { folder + "/server.key" }

    /// Gives the server's identity; authority and certificate are made where they are missing, expire soon, or lack a name.
    ///
    /// - Parameters:
    ///   - names: what the server is called: names and addresses.
    ///   - now: the moment.
    /// - Returns: The identity.
    /// - Throws: `ServiceError`.
    package func identity(for names: [String], at now: Moment) throws(ServiceError) -> ServerIdentity {
        let now = Date(timeIntervalSince1970: TimeInterval(now.seconds))
        do {
            try makeDirectory(folder)
            let (authority, key) = try authority(at: now)
            if try !isGood(for: names, at: now, by: authority) {
                try issue(for: names, at: now, by: authority, key)
            }
            let pem = try contents(ofFile: authorityFile, limit: 1 << 16)
            return try ServerIdentity(certificateFile: serverFile, keyFile: serverKeyFile, authority: pem)
        } catch let error as ServiceError {
            throw error
        } catch let error as SystemError {
            throw .storage(error)
        } catch {
            throw .noCertificate(reason: "\(error)")
        }
    }

    /// The names by which this machine can be reached, as far as it knows.
    package static func localNames() -> [String] {
        var names = ["localhost", ProcessInfo.processInfo.hostName]
        for device in (try? System.enumerateDevices()) ?? [] {
            // A link-local address is nobody's name.
            if let address = device.address?.ipAddress, !address.hasPrefix("fe80") { names.append(address) }
        }
        var seen: Set<String> = []
        return names.filter { !$0.isEmpty && seen.insert($0).inserted }
    }

    private func authority(at now: Date) throws -> (Certificate, P256.Signing.PrivateKey) {
        if let pem = try existing(authorityFile), let keyPEM = try existing(authorityKeyFile) {
            let certificate = try Certificate(pemEncoded: pem)
            if certificate.notValidAfter > now.addingTimeInterval(Self.serverDays * 86_400) {
                return (certificate, try P256.Signing.PrivateKey(pemRepresentation: keyPEM))
            }
        }
        let key = P256.Signing.PrivateKey()
        let name = try DistinguishedName {
            CommonName("Kaketsugi authority of \(ProcessInfo.processInfo.hostName)")
        }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: .init(key.publicKey),
            notValidBefore: now.addingTimeInterval(-3600),
            notValidAfter: now.addingTimeInterval(Self.authorityDays * 86_400), issuer: name, subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: .init(key.publicKey))
            }, issuerPrivateKey: .init(key))
        try replaceFile(authorityKeyFile, with: Array(key.pemRepresentation.utf8), for: .owner)
        try replaceFile(authorityFile, with: Array(try certificate.serializeAsPEM().pemString.utf8))
        return (certificate, key)
    }

    private func isGood(for names: [String], at now: Date, by authority: Certificate) throws -> Bool {
        guard let pem = try existing(serverFile), try existing(serverKeyFile) != nil,
            let certificate = try? Certificate(pemEncoded: pem), certificate.issuer == authority.subject,
            authority.publicKey.isValidSignature(certificate.signature, for: certificate),
            certificate.notValidAfter > now.addingTimeInterval(Self.renewalDays * 86_400)
        else { return false }
        let held = try certificate.extensions.subjectAlternativeNames.map { Set($0) } ?? []
        return Set(names.map(Self.generalName)).isSubset(of: held)
    }

    private func issue(
        for names: [String], at now: Date, by authority: Certificate, _ authorityKey: P256.Signing.PrivateKey
    ) throws {
        let key = P256.Signing.PrivateKey()
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: .init(key.publicKey),
            notValidBefore: now.addingTimeInterval(-3600),
            notValidAfter: now.addingTimeInterval(Self.serverDays * 86_400), issuer: authority.subject,
            subject: try DistinguishedName { CommonName(names.first ?? "localhost") },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(names.map(Self.generalName))
                SubjectKeyIdentifier(hash: .init(key.publicKey))
            }, issuerPrivateKey: .init(authorityKey))
        let chain = try certificate.serializeAsPEM().pemString
        try replaceFile(serverKeyFile, with: Array(key.pemRepresentation.utf8), for: .owner)
        try replaceFile(serverFile, with: Array(chain.utf8))
    }

    private func existing(_ file: String) throws -> String? {
        do throws(SystemError) {
            return String(decoding: try contents(ofFile: file, limit: 1 << 16), as: UTF8.self)
        } catch {
            guard error.number == .noSuchFile else { throw error }
            return nil
        }
    }

    private static func generalName(_ name: String) -> GeneralName {
        guard let address = try? SocketAddress(ipAddress: name, port: 0) else { return .dnsName(name) }
        let bytes: [UInt8]
        switch address {
        case .v4(let address):
            // Safety: the bytes of a value that lives for the call are copied.
            bytes = unsafe withUnsafeBytes(of: address.address.sin_addr) { unsafe Array($0) }
        case .v6(let address):
            // Safety: as above.
            bytes = unsafe withUnsafeBytes(of: address.address.sin6_addr) { unsafe Array($0) }
        case .unixDomainSocket: bytes = []
        }
        return .ipAddress(ASN1OctetString(contentBytes: bytes[...]))
    }
}
