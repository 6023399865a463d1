// SPDX-License-Identifier: Apache-2.0

import ELF
import LivePatch
import TestSupport
import Testing

@testable import KernelPatcher

struct KernelPatchTests {
    @Test func `a patch is read from its file`() throws {
        let file = try SamplePatch.file(safeRelease: "6.1.0-56-cloud-amd64")
        let patch = try KernelPatch(parsing: file)
        #expect(patch.id == ArtefactID(of: file) && patch.functionNames == ["cmdline_proc_show"])
        #expect(patch.kernel.safeRelease == "6.1.0-56-cloud-amd64" && !patch.module.isSigned)
        #expect(patch.module.buildID != nil)
    }

    @Test(arguments: [
        ("another", ["livepatch=Y"], "its name is not kaketsugi_1_a"),
        ("kaketsugi_1_a", [], "it is no live patch (no livepatch=Y)"),
    ])
    func `a module that is not what the patch says is refused`(name: String, information: [String], reason: String)
        throws
    {
        let file = try SamplePatch.file(module: try SamplePatch.module(name, information: information))
        #expect(throws: KernelPatchError.badModule(reason: reason)) { try KernelPatch(parsing: file) }
    }

    @Test func `what is no module is refused`() throws {
        for module in [Array("text".utf8), try ObjectWriter(type: .relocatable).write()] {
            let file = try SamplePatch.file(module: module)
            do throws(KernelPatchError) {
                _ = try KernelPatch(parsing: file)
                #expect(Bool(false), "it was read")
            } catch {
                guard case .badModule = error else { return #expect(Bool(false), "\(error)") }
            }
        }
    }

    @Test func `what is no patch at all is refused`() {
        do throws(KernelPatchError) {
            _ = try KernelPatch(parsing: Array("text".utf8))
            #expect(Bool(false), "it was read")
        } catch {
            guard case .artefact = error else { return #expect(Bool(false), "\(error)") }
            #expect(error.text.english.hasPrefix("not a live patch"))
        }
    }
}
