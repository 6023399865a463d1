// SPDX-License-Identifier: Apache-2.0

package import ELF

/// What a live patch says about itself: its target, what it fixes, what it replaces, and what was found in review.
///
/// The manifest is the section `.kaketsugi` of an artefact, as JSON, and is mapped into every patched process, so that
/// the process alone tells what is in it. It is foreign input to whoever reads it: see ``Artefact/init(parsing:)``.
package struct Manifest: Hashable, Sendable, Encodable {
    /// The only manifest layout that this version reads and writes.
    package static let currentSchemaVersion = 3

    /// The layout of this manifest, ``currentSchemaVersion``.
    package var schemaVersion: Int
    /// The one build that the patch is for.
    package var target: Target
    /// The cumulative level, from 1: a level holds every fix of the levels below it.
    package var level: Int
    /// What was fixed, one entry for each file of the fix.
    package var fixes: [Fix]
    /// The functions of the target that are replaced, all of them at one instant.
    package var functions: [ReplacedFunction]
    /// Functions that the patch adds and that replace nothing.
    package var addedFunctions: [AddedFunction]
    /// Functions of the unfixed source that the fixed one no longer has.
    package var removedFunctions: [String]
    /// Data that the replacement code refers to, and where each datum lives.
    package var data: [Datum]
    /// What of the patch's memory its code hands the addresses of out, so that the process may keep them; nil if that is
    /// not known.
    package var heldMemory: [HeldMemory]?
    /// What proves that the patch was made from the target's own source, compiler and options.
    package var evidence: [Evidence]
    /// What the safety review found, and what a person waived.
    package var findings: [Finding]
    /// The functions that run in the process when the patch is applied or reverted.
    package var hooks: [Hook]
    /// How stacks are unwound through the replacement code; nil if the compiler has not told.
    package var unwindTables: UnwindTables?
    /// What must be known, and confirmed, before the patch is taken out of a running process.
    package var revertHazards: [LocalizedText]
    /// The program that made the artefact.
    package var builder: Builder
    /// The compiler that made the replacement code, in its own words.
    package var compiler: String
    /// What a patch of a kernel says beside; nil for one of processes.
    package var kernel: Kernel?

    /// A manifest of the current layout.
    package init(
        target: Target, level: Int, fixes: [Fix], functions: [ReplacedFunction], addedFunctions: [AddedFunction],
        removedFunctions: [String], data: [Datum], heldMemory: [HeldMemory]? = nil, evidence: [Evidence] = [],
        findings: [Finding], hooks: [Hook] = [], unwindTables: UnwindTables? = nil, revertHazards: [LocalizedText],
        builder: Builder, compiler: String, kernel: Kernel? = nil
    ) {
        schemaVersion = Self.currentSchemaVersion
        self.target = target
        self.level = level
        self.fixes = fixes
        self.functions = functions
        self.addedFunctions = addedFunctions
        self.removedFunctions = removedFunctions
        self.data = data
        self.heldMemory = heldMemory
        self.evidence = evidence
        self.findings = findings
        self.hooks = hooks
        self.unwindTables = unwindTables
        self.revertHazards = revertHazards
        self.builder = builder
        self.compiler = compiler
        self.kernel = kernel
    }
}

extension Manifest {
    /// The one build that a patch is for.
    package struct Target: Hashable, Sendable, Encodable {
        /// The file's name, such as `libssl.so.3`, for people.
        ///
        /// Identity is the build ID.
        package var name: String
        /// The GNU build ID of the target.
        package var buildID: BuildID
        /// The binary package and version that ships the file, `libssl3=3.0.20-1~deb12u2`, if it came from one.
        package var package: String?

        /// A target by its build ID.
        package init(name: String, buildID: BuildID, package: String?) {
            self.name = name
            self.buildID = buildID
            self.package = package
        }
    }

    /// The program that made an artefact.
    package struct Builder: Hashable, Sendable, Encodable {
        /// The program's name.
        package var name: String
        /// The program's version.
        package var version: String

        /// A builder's name and version.
        package init(name: String, version: String) {
            self.name = name
            self.version = version
        }
    }
}
