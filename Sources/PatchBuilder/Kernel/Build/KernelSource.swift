// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// A kernel of Debian, from which live patches are built.
package struct KernelSource: Sendable {
    package var package: KernelPackage
    package var cache: BuildCache
    package var progress: BuildProgress
    private let archive: any KernelArchive

    package init(package: KernelPackage, cache: BuildCache, progress: @escaping BuildProgress) {
        let archive = PrivateArchive(in: cache, release: package.suite ?? .ofMachine, progress: progress)
        self.init(package: package, cache: cache, archive: archive, progress: progress)
    }

    init(package: KernelPackage, cache: BuildCache, archive: any KernelArchive, progress: @escaping BuildProgress) {
        self.package = package
        self.cache = cache
        self.archive = archive
        self.progress = progress
    }

    /// Makes the build root of the kernel, or if its version has left the archive and there is no root of it, that of the
    /// nearest one that is offered, which says so (``PreparedRoot/asked``).
    ///
    /// - Throws: ``BuildError/versionNotOffered(package:version:offered:)`` if there is none of its series and flavour.
    package func prepareNearest() async throws(BuildError) -> PreparedRoot {
        var nearest = self
        var left: Set<String> = []
        while true {
            do throws(BuildError) {
                var root = try await nearest.prepare()
                if nearest.package != package { root.asked = "\(package)" }
                return root
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

    /// Compiles the units of a level's fixes, and makes the level's live patch of them if it is wanted.
    ///
    /// - Parameters:
    ///   - fix: the fixes.
    ///   - options: what the patch is to be; nil if none is wanted.
    /// - Returns: What was compiled, and the patch or why there is none: ``KernelRefusal`` in `BuildError.kernel` for what
    ///   cannot be done to a running kernel.
    /// - Throws: ``BuildError`` if the fixes do not apply or compile.
    package func level(
        of fix: Fix, options: KernelPatchOptions?
    ) async throws(BuildError) -> (built: BuiltKernelFix, patch: Result<KernelPatch, BuildError>?) {
        try await withRoot { (root: KernelRoot) async throws(BuildError) in
            let built = try await root.build(fix)
            guard let options else { return (built, nil) }
            do throws(BuildError) {
                return (built, .success(try await root.patch(of: built, options)))
            } catch {
                return (built, .failure(error))
            }
        }
    }

    /// Compiles the units of a fix, and makes a live patch of them.
    ///
    /// - Throws: ``BuildError``; ``KernelRefusal`` in `BuildError.kernel` for what cannot be done to a running kernel.
    package func patch(of fix: Fix, options: KernelPatchOptions) async throws(BuildError) -> KernelPatch {
        try await withRoot { (root: KernelRoot) async throws(BuildError) in
            try await root.patch(of: try await root.build(fix), options)
        }
    }

    /// The kernel's build root while `use` runs.
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
        let key = key(of: record, in: system)
        func kernelRoot(_ root: BuildRoot) -> KernelRoot {
            KernelRoot(root: root, package: package, record: record, progress: progress, system: system)
        }
        return try await cache.withRoot(key: key, name: "\(package)", progress: progress) {
            (root: BuildRoot) async throws(BuildError) in
            let downloads = root.path + "/downloads"
            try Files.createDirectory(downloads)
            try await download(record, into: downloads)
            try await kernelRoot(root).prepare(downloads: downloads)
            try Files.remove(downloads)
        } use: { (root: BuildRoot) async throws(BuildError) -> Value in
            try await use(kernelRoot(root))
        }
    }

    /// The key of a kernel's build root.
    func key(of record: KernelRecord, in system: String) -> String {
        let digests = record.packages.flatMap { [$0.name, $0.version, $0.digest] }
        let place = system == "/" ? [] : [system]
        return Digest(
            ["kernel", package.flavour] + place + digests + ["\(KernelRoot.version)", "\(BuildRoot.version)"]
        ).hexadecimal
    }

    private func download(_ record: KernelRecord, into downloads: String) async throws(BuildError) {
        let packages = record.packages.map { DebianPackage(name: $0.name, version: $0.version) }
        try await FileLock.held(at: archive.lock, for: "the index", progress: progress) {
            () async throws(BuildError) in
            try archive.prepare()
            do throws(BuildError) {
                try await archive.downloadBinaries(packages, into: downloads)
            } catch .toolFailed {
                try await archive.update()
                try await requireOffered()
                try await archive.downloadBinaries(packages, into: downloads)
            }
        }
    }

    /// Requires that the archive still has the kernel; if not, what was kept about it is forgotten.
    private func requireOffered() async throws(BuildError) {
        do throws(BuildError) {
            _ = try await archive.record(of: package)
        } catch .versionNotOffered(let package, let version, let offered) {
            try Files.remove(recordFile)
            throw .versionNotOffered(package: package, version: version, offered: offered)
        }
    }

    /// Where is kept what the archive has said about the kernel.
    var recordFile: String {
        cache.path + "/packages/" + Digest(["kernel", "\(package)"]).hexadecimal.prefix(32) + ".json"
    }

    private func record() async throws(BuildError) -> KernelRecord {
        let file = recordFile
        if Files.exists(file), let record = try? Files.readJSON(KernelRecord.self, from: file) { return record }
        return try await FileLock.held(at: archive.lock, for: "the index", progress: progress) {
            () async throws(BuildError) -> KernelRecord in
            try archive.prepare()
            try await archive.update()
            let record = try await archive.record(of: package)
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
