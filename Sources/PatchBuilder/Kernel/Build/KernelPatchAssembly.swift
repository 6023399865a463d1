// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// Makes a kernel's live patch of compiled units: proof that they are the kernel's own, what differs, the review, the
/// module.
struct KernelPatchAssembly {
    private let kernel: ShippedKernel
    private let units: [KernelUnitBuild]
    private let unchanged: [String]
    private let fix: Fix
    private let touched: [String]
    private let options: KernelPatchOptions
    private var evidence: [Manifest.Evidence] = []
    private var parts: [String: KernelPart] = [:]
    /// The sources of units that are no part of this kernel.
    private var elsewhere: [String] = []

    init(of built: BuiltKernelFix, kernel: ShippedKernel, options: KernelPatchOptions) {
        units = built.units
        unchanged = built.unchanged
        self.kernel = kernel
        fix = built.fix
        touched = built.touched
        self.options = options
    }

    /// The live patch; without its module if findings block it.
    ///
    /// - Throws: ``BuildError``.
    mutating func patch() async throws(BuildError) -> KernelPatch {
        var chosen: [KernelPatchUnit] = []
        var same = unchanged
        for unit in units {
            do throws(BuildError) {
                guard let one = try await patchUnit(of: unit) else {
                    same.append(unit.source)
                    continue
                }
                chosen.append(one)
            } catch .kernel(.notInKernel) {
                elsewhere.append(unit.source)
            }
        }
        guard !chosen.isEmpty else {
            guard same.isEmpty else { throw .kernel(.noChange(units: (same + elsewhere).sorted())) }
            throw .kernel(.notInKernel(units: elsewhere.sorted(), kernel: kernel.root.record.release))
        }
        let object: KernelPatchObject
        let code: [UInt8]
        let reviewed: (findings: [Finding], needless: [Waiver])
        let blocking: [Finding]
        do throws(KernelRefusal) {
            let sources = Set(chosen.map(\.unit.name))
            reviewed = try KernelReview(
                vmlinux: kernel.vmlinux.object, waivers: options.waivers, declaresRevertHazard: !revertHazards.isEmpty
            ).findings(in: Array(zip(units.filter { sources.contains($0.source) }, chosen)))
            blocking = reviewed.findings.filter(\.isBlocking)
            object = try patchObject(of: chosen, isBlocked: !blocking.isEmpty)
            guard !object.replacements.isEmpty || !blocking.isEmpty else {
                // What is new and what nothing old calls never runs.
                guard object.callbacks.isEmpty else { throw .nothingReplaced(units: chosen.map(\.unit.name)) }
                throw .noChange(units: (same + sources).sorted())
            }
            code = try object.write()
        } catch {
            throw .kernel(error)
        }
        let digest = Digest([kernel.root.record.release, "\(options.level)"] + code.map { String($0) }).hexadecimal
        let name = "kaketsugi_\(options.level)_\(digest.prefix(12))"
        let isWhole = blocking.isEmpty && reviewed.needless.isEmpty
        let module = isWhole ? try await KernelModuleBuilder(root: kernel.root).module(named: name, of: code) : []
        let artefact = Artefact(
            manifest: try manifest(object, named: name, findings: reviewed.findings), image: Image(parts: []),
            relocations: [], original: [], review: try review(of: chosen, same), module: module)
        return KernelPatch(
            reviewed: ReviewedPatch(
                artefact: artefact, isWhole: isWhole, blocking: blocking, needless: reviewed.needless),
            unchanged: same.sorted(), elsewhere: elsewhere.sorted())
    }

    /// What must be known before the patch is taken out, in the words of the fixes and of whoever builds.
    private var revertHazards: [LocalizedText] { fix.levels.flatMap(\.revertHazards) + options.revertHazards }

    /// What a reviewer is shown beside the manifest: the units, and the fix.
    private func review(of chosen: [KernelPatchUnit], _ unchanged: [String]) throws(BuildError) -> [UInt8] {
        let units =
            chosen.map { ReviewDocument.Unit(source: $0.unit.name, verdict: .changed) }
            + unchanged.map { ReviewDocument.Unit(source: $0, verdict: .unchanged) }
        let document = ReviewDocument(
            functions: [], units: units.sorted { $0.source < $1.source }, targetNames: [], imageNames: [],
            fix: fix.levels.map(\.text).joined(separator: "\n"))
        do throws(ArtefactError) {
            return try document.encoded()
        } catch {
            throw .kernel(.unreviewable(unit: touched.joined(separator: ", "), reason: "\(error)"))
        }
    }

    /// The patch's object; an empty one if it cannot be made and findings block it anyway, which are to be told first.
    private func patchObject(
        of chosen: [KernelPatchUnit], isBlocked: Bool
    ) throws(KernelRefusal) -> KernelPatchObject {
        do throws(KernelRefusal) {
            return try KernelPatchObject(chosen)
        } catch {
            guard isBlocked else { throw error }
            return try KernelPatchObject([])
        }
    }

    /// What a unit brings; nil if the fix changes nothing of it.
    private mutating func patchUnit(of unit: KernelUnitBuild) async throws(BuildError) -> KernelPatchUnit? {
        let part = try await part(of: unit)
        do throws(KernelRefusal) {
            return try patchUnit(of: unit, in: part)
        } catch {
            throw .kernel(error)
        }
    }

    /// The shipped part that a unit is in.
    private mutating func part(of unit: KernelUnitBuild) async throws(BuildError) -> KernelPart {
        let modules = unit.command.modules
        guard let module = modules.first else { return kernel.vmlinux }
        guard modules.count == 1 else { throw .kernel(.severalParts(unit: unit.source, parts: modules)) }
        if let known = parts[module] { return known }
        guard let part = try await kernel.module(module) else {
            throw .kernel(.notInKernel(units: [unit.source], kernel: kernel.root.record.release))
        }
        parts[module] = part
        return part
    }

    private mutating func patchUnit(
        of build: KernelUnitBuild, in part: KernelPart
    ) throws(KernelRefusal) -> KernelPatchUnit? {
        let original = try KernelUnit(name: build.source, bytes: build.objects.sectioned, sizes: kernel.sizes)
        let patched = try KernelUnit(name: build.source, bytes: build.objects.fixed, sizes: kernel.sizes)
        let diff = try KernelUnitDiff(from: original, to: patched)
        let addresses = try prove(build, diff, in: part)
        guard !diff.isEmpty else { return nil }
        let selection = try PieceSelection(diff)
        guard selection.obstacles.isEmpty else { throw .obstacles(selection.obstacles) }
        var linkage = KernelLinkage(
            parent: part.name, symbols: part.isModule ? ParentSymbols(of: part.object) : kernel.symbols,
            exports: kernel.exports)
        linkage.addresses = addresses
        return KernelPatchUnit(selection: selection, linkage: linkage)
    }

    /// Requires that the unfixed unit is what the kernel was linked from.
    ///
    /// - Returns: Where the unit's functions and data are, if that is vmlinux.
    private mutating func prove(
        _ build: KernelUnitBuild, _ diff: KernelUnitDiff, in part: KernelPart
    ) throws(KernelRefusal) -> [String: UInt64] {
        let plain = try KernelUnit(name: build.source, bytes: build.linked, sizes: kernel.sizes)
        let fidelity: KernelFidelity
        if part.isModule {
            let module = try KernelUnit(name: part.name, bytes: part.object.bytes, sizes: kernel.sizes)
            fidelity = try KernelFidelity(of: plain, in: module)
        } else {
            fidelity = try KernelFidelity(of: plain, in: kernel)
        }
        guard !fidelity.isElsewhere else {
            throw .notInKernel(units: [build.source], kernel: kernel.root.record.release)
        }
        guard fidelity.different.isEmpty else {
            throw .unfaithful(
                unit: build.source,
                facts: fidelity.different.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" })
        }
        try requireSameCode(build, diff)
        let exports = kernel.exports.differences(from: plain.exported, build.command.checksums)
        guard exports.isEmpty else { throw .unfaithful(unit: build.source, facts: exports) }
        try requireCompiler(plain)
        evidence.append(
            .init(
                kind: .code, subject: build.source,
                detail: "\(fidelity.equal.count) functions as in \(part.name), \(build.command.checksums.count) "
                    + "checksums of exported symbols equal"
                    + (build.command.checksums.isEmpty || !build.changedExports.isEmpty ? "" : ", also with the fix")))
        return fidelity.addresses
    }

    /// The build that is compared is not the one that is shipped: sections of their own make jumps longer.
    private func requireSameCode(_ build: KernelUnitBuild, _ diff: KernelUnitDiff) throws(KernelRefusal) {
        let names = Set(
            diff.changed.compactMap { diff.pairing.partner[$0] }.compactMap { diff.original.pieces[$0].name })
        do throws(PatchRefusal) {
            var equivalence = BuildEquivalence(
                plain: try UnitObject(build.objects, \.plain), sectioned: try UnitObject(build.objects, \.sectioned))
            try equivalence.require()
        } catch .differentFunctions(_, let functions) {
            let changed = functions.filter(names.contains)
            guard changed.isEmpty else {
                throw .unfaithful(
                    unit: build.source, facts: changed.map { "\($0): its code depends on the sections it is put in" })
            }
        } catch {
            throw .unfaithful(unit: build.source, facts: ["\(error)"])
        }
    }

    private func requireCompiler(_ unit: KernelUnit) throws(KernelRefusal) {
        let stated = (try? kernel.root.compilerIdentity()) ?? ""
        let version = stated.firstIndex(of: "(").map { String(stated[$0...]) } ?? stated
        guard unit.object.compilers.contains(where: { $0.contains(version) }) else {
            throw .unfaithful(
                unit: unit.name,
                facts: ["compiled by \(unit.object.compilers.joined(separator: ", ")), the kernel by \(stated)"])
        }
    }

    private func manifest(
        _ object: KernelPatchObject, named name: String, findings: [Finding]
    ) throws(BuildError) -> Manifest {
        guard let buildID = kernel.vmlinux.object.buildID else {
            throw .kernel(.malformedKernel(file: kernel.root.vmlinux, reason: "it has no build ID"))
        }
        let names = Set(object.replacements.map(\.symbol.object) + object.callbacks.map(\.object))
        var list = [Manifest.KernelPart(name: kernel.vmlinux.name, buildID: buildID)]
        for part in parts.values.sorted(by: { $0.name < $1.name }) where names.contains(part.name) {
            guard let buildID = part.object.buildID else {
                throw .kernel(.malformedKernel(file: part.name, reason: "it has no build ID"))
            }
            list.append(.init(name: part.name, buildID: buildID))
        }
        let compiler = try kernel.root.compilerIdentity()
        let built = BuiltFix(units: [], touched: touched, targets: [], fix: fix, compiler: compiler)
        return Manifest(
            target: .init(name: kernel.vmlinux.name, buildID: buildID, package: kernel.root.imagePackage),
            level: options.level,
            fixes: built.manifestFixes(
                level: options.level, title: options.title, vulnerabilities: options.vulnerabilities),
            functions: [], addedFunctions: [], removedFunctions: [], data: [],
            evidence: evidence + [.init(kind: .compiler, subject: kernel.vmlinux.name, detail: compiler)],
            findings: findings, hooks: object.callbacks.compactMap(\.hook),
            revertHazards: revertHazards,
            builder: .init(name: "kaketsugi-build", version: productVersion), compiler: compiler,
            kernel: .init(
                release: kernel.root.record.release, safeRelease: options.safeRelease, module: name, parts: list,
                functions: object.replacements.map { replacement in
                    .init(
                        part: replacement.symbol.object, name: replacement.symbol.name,
                        position: replacement.symbol.position, unit: replacement.unit, size: replacement.size)
                },
                added: object.additions))
    }
}

extension KernelPatchObject.Callback {
    /// What a manifest says of it; nil for what the author's header does by itself.
    fileprivate var hook: Manifest.Hook? {
        let moment: Manifest.Hook.Moment? =
            switch self.moment {
            case .prePatch: .beforeApply
            case .postPatch: .afterApply
            case .preUnpatch: .beforeRevert
            case .postUnpatch: .afterRevert
            case .release: nil
            }
        // The function is the module's, which says itself where it is.
        return moment.map { Manifest.Hook(moment: $0, function: function, offset: 0) }
    }
}
