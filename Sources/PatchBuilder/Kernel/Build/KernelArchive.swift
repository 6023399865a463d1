// SPDX-License-Identifier: Apache-2.0

/// The archive that kernels come from, with what is asked of it.
protocol KernelArchive: Sendable {
    /// The file whose lock is held while the archive is used.
    var lock: String { get }

    /// Makes it ready to be asked.
    func prepare() throws(BuildError)

    /// Fetches the index.
    func update() async throws(BuildError)

    /// What the index says about a kernel.
    ///
    /// - Throws: ``BuildError/versionNotOffered(package:version:offered:)`` if the version has left the archive.
    func record(of kernel: KernelPackage) async throws(BuildError) -> KernelRecord

    /// Downloads binary packages into a folder.
    func downloadBinaries(_ packages: [DebianPackage], into directory: String) async throws(BuildError)
}

extension PrivateArchive: KernelArchive {
    func record(of kernel: KernelPackage) async throws(BuildError) -> KernelRecord {
        try await KernelRecord.find(kernel, in: self)
    }
}
