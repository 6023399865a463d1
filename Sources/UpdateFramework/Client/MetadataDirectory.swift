// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem

/// The folder in which a client keeps the metadata that it trusts, each file as it came, byte by byte.
package struct MetadataDirectory: Sendable {
    /// The folder.
    package let path: String

    /// A folder, which need not exist yet.
    package init(path: String) { self.path = path }

    /// Begins with a trusted root, which is not looked at before the first update.
    ///
    /// - Throws: `SystemError`.
    package func initialize(trustedRoot bytes: [UInt8]) throws(SystemError) {
        try makeDirectory(path)
        try replaceFile(path + "/root.json", with: bytes)
    }

    /// The metadata of a role; nil if there is none, or more than a client takes.
    func metadata(of role: RoleName, limit: Int) throws(UpdateError) -> [UInt8]? {
        let file = try file(of: role)
        do throws(SystemError) {
            return try contents(ofFile: file, limit: limit)
        } catch {
            guard error.number == .noSuchFile || error.number == .fileTooLarge else { throw .storage(error) }
            return nil
        }
    }

    /// Replaces the metadata of a role.
    func store(_ bytes: [UInt8], as role: RoleName) throws(UpdateError) {
        let file = try file(of: role)
        do throws(SystemError) { try replaceFile(file, with: bytes) } catch { throw .storage(error) }
    }

    /// Removes the metadata of a role.
    func forget(_ role: RoleName) throws(UpdateError) {
        let file = try file(of: role)
        do throws(SystemError) { try removeFile(file) } catch { throw .storage(error) }
    }

    private func file(of role: RoleName) throws(UpdateError) -> String {
        guard let name = FileNaming.local(role.text, suffix: ".json") else { throw .unusableName(role.text) }
        return path + "/" + name
    }
}
