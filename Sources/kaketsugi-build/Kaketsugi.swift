// SPDX-License-Identifier: Apache-2.0
import PatchBuilder
import LivePatch
import Foundation
@main
struct Kaketsugi {
    static func main() throws {
        func rd(_ p: String) -> [UInt8] { Array(FileManager.default.contents(atPath: p)!) }
        let u = ["statem", "statem_lib"].map { n in UnitObjects(source: "ssl/statem/\(n).c", compileCommand: [], plain: rd("/tmp/x/objs/\(n).plain.o"), sectioned: rd("/tmp/x/objs/\(n).sectioned.o"), fixed: rd("/tmp/x/objs/\(n).fixed.o")) }
        let ts = ["libcrypto.so.3", "libssl.so.3"].map { n in TargetFile(name: n, path: "", bytes: rd("/tmp/x/deb/usr/lib/x86_64-linux-gnu/\(n)"), package: nil) }
        do {
        let a = try PatchAssembly.artefact(from: u, targets: ts, options: PatchOptions(level: 1, fixes: [], revertHazards: [], compiler: "gcc"))
        let b = try a.encoded()
        _ = FileManager.default.createFile(atPath: "/tmp/x/x.mend", contents: Data(b))
        print(String(decoding: try a.manifest.encoded(), as: UTF8.self))
        print(try Artefact(parsing: b) == a, b.count)
        } catch { print("REFUSED", error) }
    }
}
