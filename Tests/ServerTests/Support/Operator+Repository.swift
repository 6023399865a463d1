// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

extension Operator {
    /// What the server's commands sign with.
    static let online = "--key keys/snapshot --key keys/timestamp --passphrase-file passphrase"

    /// An archive of a folder with a repository, which tests unpack: to make keys takes its time.
    private static let template = Result { () throws -> [UInt8] in
        let person = try Operator()
        try person.beginRepository()
        try person.succeed("tar --create --exclude template.tar --file template.tar .")
        return try person.directory.read("template.tar")
    }

    /// Makes few keys, begins a repository with them (root 2 of 2, targets 1 of 1), and signs a change with a patch.
    func beginRepository() throws {
        try directory.write(try SamplePatch().file(), to: "one.mend")
        try succeed(
            """
            mkdir keys
            echo 'a long passphrase' >passphrase
            for name in root-alice root-bob targets-alice snapshot timestamp; do
                kaketsugi-server keys create keys/$name --holder ${name#*-} --work 14 --passphrase-file passphrase
            done
            kaketsugi-server keys begin first --root keys/root-*.pub --root-threshold 2 --targets keys/targets-alice.pub \
                --targets-threshold 1 --snapshot keys/snapshot.pub --timestamp keys/timestamp.pub
            kaketsugi-server keys sign first --first --key keys/root-alice --key keys/root-bob --key keys/targets-alice \
                --passphrase-file passphrase --yes
            kaketsugi-server publish first --repository repository \(Self.online)
            cp repository/metadata/1.root.json root.json
            \(Self.add("change"))
            """)
    }

    /// Has a repository, keys, and a signed change with a patch in the folder `change`.
    func takeRepository() throws {
        try directory.write(try Self.template.get(), to: "template.tar")
        try succeed("tar --extract --preserve-permissions --file template.tar && rm template.tar")
    }

    /// The commands that begin a change with a patch, and sign it.
    static func add(_ folder: String, _ patch: String = "one.mend") -> String {
        """
        kaketsugi-server add \(folder) \(patch) --repository repository --product openssl --distribution debian-12 \
            --severity high
        kaketsugi-server keys sign \(folder) --root root.json --key keys/targets-alice --passphrase-file passphrase --yes
        """
    }

    /// All files below a folder, with their contents.
    func files(below name: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        let root = directory.url.appending(path: name)
        let paths = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
        for path in paths { files[path] = try? Data(contentsOf: root.appending(path: path)) }
        return files
    }
}
