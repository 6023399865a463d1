// SPDX-License-Identifier: Apache-2.0

package import LivePatch

/// A kernel's shipped files, as a build root holds them.
package struct ShippedFiles: Sendable {
    /// The kernel as a boot loader takes it.
    package var bootImage: String
    /// The folder of its modules.
    package var modules: String
}

extension KernelSource {
    /// The kernel that a live patch is for, by the package that its manifest names.
    ///
    /// - Throws: ``KernelRefusal/notForKernel``.
    package static func package(
        of manifest: Manifest, suite: DebianRelease? = nil
    ) throws(KernelRefusal) -> KernelPackage {
        guard let kernel = manifest.kernel, let name = manifest.target.package else { throw .notForKernel }
        let parts = name.split(separator: "=", maxSplits: 1)
        let flavour = KernelPackage.flavour(ofRelease: kernel.release)
        let release = suite ?? DebianRelease(ofKernel: kernel.release)
        guard parts.count == 2, !flavour.isEmpty,
            let package = (try? KernelPackage(parsing: "linux=\(parts[1])", flavour: flavour, suite: release)) ?? nil
        else { throw .malformedKernel(file: name, reason: "it does not name a package of Debian") }
        return package
    }

    /// The kernel's shipped files, which stay while `use` runs; nobody else builds with this kernel meanwhile.
    ///
    /// - Throws: ``BuildError``.
    package func withShippedFiles<Value: Sendable>(
        _ use: (ShippedFiles) async throws(BuildError) -> Value
    ) async throws(BuildError) -> Value {
        try await withRoot { (root: KernelRoot) async throws(BuildError) -> Value in
            try await use(ShippedFiles(bootImage: root.bootImage, modules: root.modules))
        }
    }
}

extension Manifest.Kernel {
    /// A copy of the patch's module under another name, as a next level would replace it.
    ///
    /// The names are of one length, so that nothing moves.
    package func nextLevel(of module: [UInt8]) -> (name: String, contents: [UInt8]) {
        let name = String(self.module.dropLast()) + (self.module.hasSuffix("0") ? "1" : "0")
        let (old, new) = (Array(self.module.utf8), Array(name.utf8))
        var contents = module
        var position = 0
        while let place = contents[position...].firstRange(of: old) {
            contents.replaceSubrange(place, with: new)
            position = place.upperBound
        }
        return (name, contents)
    }
}
