// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// A kernel of Debian, from which live patches are built.
package struct KernelSource: Sendable {
    package var package: KernelPackage
    package var cache: BuildCache
    package var progress: BuildProgress

    package init(package: KernelPackage, cache: BuildCache, progress: @escaping BuildProgress) {
        self.package = package
        self.cache = cache
        self.progress = progress
    }

    /// The kernel itself, or if its version has left the archive, the nearest one that is offered.
    ///
    /// - Throws: ``BuildError/versionNotOffered(package:version:offered:)`` if there is none of its series and flavour.
    package func nearestOffered() async throws(BuildError) -> KernelSource {
        var nearest = self
        var left: Set<String> = []
        while true {
            do throws(BuildError) {
                _ = try await nearest.record()
                return nearest
            } catch .versionNotOffered(let package, let version, let offered) {
                // An image may be there whose source or headers are not.
                left.insert(nearest.package.version)
                guard let other = self.package.nearest(among: offered.filter { !left.contains($0) }) else {
                    throw .versionNotOffered(package: package, version: version, offered: offered)
                }
                nearest.package.version = other
            }
        }
    }

    /// Makes the build root, if it is not there.
    ///
    /// - Throws: ``BuildError``.
    package func prepare() async throws(BuildError) -> PreparedRoot {
        try await withRoot { (root: KernelRoot) async throws(BuildError) -> PreparedRoot in
            let kernel = try ShippedKernel(root)
            let target = PreparedRoot.Target(
                name: kernel.vmlinux.name, path: root.vmlinux, buildID: kernel.vmlinux.object.buildID, isRebuilt: nil,
                package: root.imagePackage)
            return PreparedRoot(
                name: "\(package)", path: root.root.path, targets: [target], commands: 0,
                compiler: try root.compilerIdentity(), size: Files.size(below: root.root.path), system: root.system)
        }
    }

    /// Compiles the units of a fix, without it and with it.
    ///
    /// - Throws: ``BuildError``.
    package func build(_ fix: Fix) async throws(BuildError) -> BuiltKernelFix {
        try await withRoot { (root: KernelRoot) async throws(BuildError) in try await root.build(fix) }
    }

    /// Makes a live patch of a compiled fix.
    ///
    /// - Throws: ``BuildError``; ``KernelRefusal`` in `BuildError.kernel` for what cannot be done to a running kernel.
    package func patch(
        of built: BuiltKernelFix, options: KernelPatchOptions
    ) async throws(BuildError) -> KernelPatch {
        try await withRoot { (root: KernelRoot) async throws(BuildError) in try await root.patch(of: built, options) }
    }

    /// Compiles the units of a fix, and makes a live patch of them.
    ///
    /// - Throws: ``BuildError``; ``KernelRefusal`` in `BuildError.kernel` for what cannot be done to a running kernel.
    package func patch(of fix: Fix, options: KernelPatchOptions) async throws(BuildError) -> KernelPatch {
        try await withRoot { (root: KernelRoot) async throws(BuildError) in
            try await root.patch(of: try await root.build(fix), options)
        }
    }

    /// The kernel as a boot loader gets it, and a place for virtual machines, while `use` runs.
    ///
    /// - Throws: ``BuildError``.
    func withRoot<Value: Sendable>(
        _ use: (KernelRoot) async throws(BuildError) -> Value
    ) async throws(BuildError) -> Value {
        let record = try await record()
        guard let suite = package.suite else { return try await withRoot(of: record, in: "/", use) }
        // The kernel's own build needs a compiler and tools of the release that it is of.
        let tools = ReleaseSystem(
            release: suite,
            contents: .packages(
                Self.tools + [record.compilerPackage ?? "gcc"], purpose: "kernels by \(record.compilerPackage ?? "gcc")"
            ),
            cache: cache, progress: progress)
        return try await tools.use { (path: String) async throws(BuildError) -> Value in
            try await withRoot(of: record, in: path, use)
        }
    }

    /// What a kernel's build runs, beside the compiler.
    private static let tools = [
        "bc", "binutils", "bison", "cpio", "dwarves", "flex", "gzip", "kmod", "libc6-dev", "libelf-dev", "libssl-dev",
        "make", "perl", "python3-minimal", "rsync", "xz-utils", "zlib1g-dev",
    ]

    private func withRoot<Value: Sendable>(
        of record: KernelRecord, in system: String,
        _ use: (KernelRoot) async throws(BuildError) -> Value
    ) async throws(BuildError) -> Value {
        let digests = record.packages.flatMap { [$0.name, $0.version, $0.digest] }
        let key = Digest(
            ["kernel", package.flavour] + (system == "/" ? [] : [system]) + digests + [
                "\(KernelRoot.version)", "\(BuildRoot.version)",
            ]
        ).hexadecimal
        func kernelRoot(_ root: BuildRoot) -> KernelRoot {
            KernelRoot(root: root, package: package, record: record, progress: progress, system: system)
        }
        return try await cache.withRoot(key: key, name: "\(package)", progress: progress) {
            (root: BuildRoot) async throws(BuildError) in
            let downloads = root.path + "/downloads"
            try Files.createDirectory(downloads)
            try await FileLock.held(at: archive.lock, for: "the index", progress: progress) {
                () async throws(BuildError) in
                try archive.prepare()
                let packages = record.packages.map { DebianPackage(name: $0.name, version: $0.version) }
                do throws(BuildError) {
                    try await archive.downloadBinaries(packages, into: downloads)
                } catch .toolFailed {
                    try await archive.update()
                    try await archive.downloadBinaries(packages, into: downloads)
                }
            }
            try await kernelRoot(root).prepare(downloads: downloads)
            try Files.remove(downloads)
        } use: { (root: BuildRoot) async throws(BuildError) -> Value in
            try await use(kernelRoot(root))
        }
    }

    private var archive: PrivateArchive {
        PrivateArchive(in: cache, release: package.suite ?? .ofMachine, progress: progress)
    }

    private func record() async throws(BuildError) -> KernelRecord {
        let key = Digest(["kernel", "\(package)"]).hexadecimal.prefix(32)
        let file = cache.path + "/packages/" + key + ".json"
        if Files.exists(file), let record = try? Files.readJSON(KernelRecord.self, from: file) { return record }
        return try await FileLock.held(at: archive.lock, for: "the index", progress: progress) {
            () async throws(BuildError) -> KernelRecord in
            try archive.prepare()
            try await archive.update()
            let record = try await KernelRecord.find(package, in: archive)
            try Files.writeJSON(record, to: file)
            return record
        }
    }
}

extension KernelRoot {
    /// Compiles the units that a fix reaches.
    func build(_ fix: Fix) async throws(BuildError) -> BuiltKernelFix {
        let touched = try fix.applied(inTree: tree)
        let reach = try await KernelUnitReach(root: self).units(of: touched, fix)
        let built = try await build(reach, fixedBy: touched)
        return BuiltKernelFix(fix: fix, units: built.units, unchanged: built.unchanged, touched: touched.map(\.path))
    }

    /// Makes a live patch of a compiled fix.
    func patch(
        of built: BuiltKernelFix, _ options: KernelPatchOptions
    ) async throws(BuildError) -> KernelPatch {
        var assembly = KernelPatchAssembly(of: built, kernel: try ShippedKernel(self), options: options)
        return try await assembly.patch()
    }

    /// The package with the shipped kernel, as manifests name it.
    var imagePackage: String? { record.packages.first.map { "\($0.name)=\($0.version)" } }
}
