// SPDX-License-Identifier: Apache-2.0

import Director
import Foundation
import HostProtocol
import PatchCatalogue
import Service
import ServicePolicy
import ServiceStore
import TestSupport
import Testing
import UpdateFramework

/// The repository, as the server hands it out.
struct RepositoryTests {
    private static let tomorrow = Moment(seconds: Int64(Date().timeIntervalSince1970) + 86_400)

    /// A token of the server's.
    private func token(
        _ site: Site, until expiry: Moment = tomorrow, for products: [String] = ["openssl"]
    ) async throws -> String {
        let store = try await ServiceStore(at: .folder(site.directory.path))
        let secret = SharedSecret(try await store.write { try $0.secret("director.tokens") })
        let token = AccessToken(host: HostKey().host, expires: expiry, products: products).sealed(by: secret)
        await store.close()
        return token
    }

    @Test func `metadata is for everybody, with tags by which it is not sent twice`() async throws {
        let site = try Site()
        let timestamp: [UInt8] = try site.directory.read("repository/metadata/timestamp.json")
        try await Server.with(site.configuration) { server in
            let connection = try await server.connect()
            let path = "/repository/metadata/timestamp.json"
            let first = try await connection.request("GET", path)
            #expect(first.status == 200 && first.body == timestamp)
            #expect(first["cache-control"] == "public, no-cache" && first["date"]?.hasSuffix("GMT") == true)
            let tag = try #require(first["etag"])
            let second = try await connection.request("GET", path, [("If-None-Match", "\"other\", W/\(tag)")])
            #expect(second.status == 304 && second.body.isEmpty && second["etag"] == tag)
            #expect(try await connection.request("GET", path, [("If-None-Match", "\"other\"")]).status == 200)
            let head = try await connection.request("HEAD", path)
            #expect(head.status == 200 && head["content-length"] == "\(timestamp.count)")
            let root = try await connection.request("GET", "/repository/metadata/1.root.json?x=1")
            #expect(root.status == 200 && root["cache-control"]?.contains("immutable") == true)
            #expect(try await connection.request("GET", "/repository/metadata/2.root.json").status == 404)
            #expect(try await connection.request("DELETE", path).status == 405)
            await connection.close()
        }
    }

    @Test func `what is published while the server runs is served`() async throws {
        let site = try Site()
        try await Server.with(site.configuration) { server in
            try site.add([Patch()])
            let new: [UInt8] = try site.directory.read("repository/metadata/timestamp.json")
            var found: [UInt8] = []
            for _ in 0..<200 where found != new {
                found = try await server.request("GET", "/repository/metadata/timestamp.json").body
                if found != new { try await Task.sleep(for: .milliseconds(100)) }
            }
            #expect(found == new)
            let names = try FileManager.default.contentsOfDirectory(atPath: site.tree.metadata)
            for name in names {
                let reply = try await server.request("GET", "/repository/metadata/\(name)")
                #expect(reply.status == 200, "\(name)")
            }
        }
    }

    @Test func `a patch is for those with a token`() async throws {
        let site = try Site()
        let patch = Patch()
        try site.add([patch])
        let (path, file) = (try patch.path(), try patch.file())
        let good = try await token(site)
        let old = try await token(site, until: Moment(seconds: 1000))
        let other = try await token(site, for: ["glibc"])
        try await Server.with(site.configuration) { server in
            func status(_ field: String?) async throws -> Int {
                try await server.request("GET", path, field.map { [("Authorization", $0)] } ?? []).status
            }
            let reply = try await server.request("GET", path, [("Authorization", "Bearer \(good)")])
            #expect(reply.status == 200 && reply.body == file)
            let again = try await server.request("GET", path, [("authorization", "bearer \(good)")])
            #expect(again.status == 200 && again.body == file)
            #expect(try await status(nil) == 401)
            #expect(try await status("Bearer") == 401)
            #expect(try await status("Basic \(good)") == 401)
            #expect(try await status("Bearer \(old)") == 401)
            #expect(try await status("Bearer \(other)") == 401)
            for place in [0, 10, good.count / 2, good.count - 1] {
                var forged = Array(good)
                forged[place] = forged[place] == "0" ? "1" : "0"
                #expect(try await status("Bearer \(String(forged))") == 401, "\(place)")
            }
            #expect(try await status("Bearer " + String(repeating: "a", count: 5000)) == 401)
            // Whether a patch is there is not told to strangers.
            let missing = path.replacingOccurrences(of: "1.mend", with: "9.mend")
            #expect(try await server.request("GET", missing).status == 401)
            let known = try await server.request("GET", missing, [("Authorization", "Bearer \(good)")])
            #expect(known.status == 404)
        }
    }

    @Test func `the list of revocations is for everybody`() async throws {
        let site = try Site()
        let names = try FileManager.default.contentsOfDirectory(atPath: site.tree.targets)
        let name = try #require(names.first { $0.hasSuffix(".revocations.json") })
        try await Server.with(site.configuration) { server in
            for name in [name, name.replacingOccurrences(of: "json", with: "%6Ason")] {
                let reply = try await server.request("GET", "/repository/targets/\(name)")
                #expect(reply.status == 200 && reply.text.contains("revoked"))
            }
        }
    }

    @Test(arguments: [
        "/repository/targets/../service.sqlite", "/repository/targets/%2e%2e/service.sqlite",
        "/repository/targets/openssl/../../service.sqlite", "/repository/targets/openssl%2F..%2F..%2Fservice.sqlite",
        "/repository/targets//etc/passwd", "/repository/targets/%00", "/repository/targets/",
        "/repository/targets/openssl",
        "/repository/metadata/../service.sqlite", "/repository/metadata/%2e%2e%2fservice.sqlite",
        "/repository/metadata/",
        "/repository/../service.sqlite", "/repository/targets/%zz", "/repository/targets/.%2e/service.sqlite",
    ])
    func `no path leads out of the repository`(path: String) async throws {
        let site = try Site()
        try site.directory.write("secret", to: "service.txt")
        let token = try await token(site, for: ["..", "openssl", "", "%2e%2e", "service.sqlite"])
        try await Server.with(site.configuration) { server in
            for path in [path, path.replacingOccurrences(of: "service.sqlite", with: "service.txt")] {
                let reply = try await server.request("GET", path, [("Authorization", "Bearer \(token)")])
                #expect([400, 401, 404].contains(reply.status), "\(path) \(reply.status)")
                #expect(!reply.text.contains("secret"))
            }
        }
    }

    @Test func `a patch that is too large for memory comes whole, also to many at once`() async throws {
        let site = try Site()
        let patch = Patch(sample: SamplePatch(size: 3 << 20))
        try site.add([patch])
        let (path, file) = (try patch.path(), try patch.file())
        let token = try await token(site)
        try await Server.with(site.configuration) { server in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        let reply = try await server.request("GET", path, [("Authorization", "Bearer \(token)")])
                        return reply.status == 200 && reply.body == file
                    }
                }
                for try await isWhole in group { #expect(isWhole) }
            }
        }
    }

    @Test func `the server signs anew what is about to expire`() async throws {
        let site = try Site()
        // As of half a day and a little ago: half of a timestamp's day is over.
        let then = UpdateTime(secondsSince1970: Site.now.secondsSince1970 - 13 * 3600)
        _ = try OnlineRepository(site.tree, signers: [site.online]).resign(at: then)
        let before = try #require(try site.tree.read()?.timestamp?.payload.header)
        try await Server.with(site.configuration) { _ in
            var header = before
            for _ in 0..<200 where header.version == before.version {
                try await Task.sleep(for: .milliseconds(100))
                header = try #require(try site.tree.read()?.timestamp?.payload.header)
            }
            #expect(header.version == before.version + 1 && header.expires > before.expires)
        }
    }
}
