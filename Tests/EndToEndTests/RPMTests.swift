// SPDX-License-Identifier: Apache-2.0

import Foundation
import LivePatch
import TestSupport
import Testing

/// From a source RPM to a live patch for what its binary RPM installs.
@Suite(.timeLimit(.minutes(10))) struct RPMTests {
    @Test(arguments: ["%{__cc}", "gcc", "cc"])
    func `a fix becomes a patch for the library of the binary package`(compiler: String) throws {
        let project = try RPMProject(compiler: compiler)
        let command = try project.patch(["--target-rpm", project.binary])
        #expect(command.status == 0, "\(command.errors)")
        let artefact = try Artefact(parsing: try project.directory.read("fix.mend"))
        let target = artefact.manifest.target
        #expect(target.name == "libgreeting.so.1")
        #expect(target.package == "greeting-1.0-1.x86_64")
        #expect(artefact.manifest.functions.map(\.name) == ["limit"])
        #expect(artefact.manifest.fixes.map(\.source) == ["src/limit.c"])
        let notes = try Command("readelf", ["--notes", project.library()]).output
        #expect(notes.contains("\(target.buildID)"), "\(notes)")
    }

    @Test func `the installed file alone will do as the target`() throws {
        let project = try RPMProject()
        let command = try project.patch(["--target", project.library()])
        #expect(command.status == 0, "\(command.errors)")
        #expect(command.output.contains("limit"), "\(command.output)")
    }

    @Test func `prepare shows what the packages hold`() throws {
        let project = try RPMProject()
        let command = try Tools.author(
            [
                "prepare", "--prove-rebuild", "--package", project.source, "--target-rpm", project.binary, "--cache",
                project.directory.path("cache"),
            ])
        #expect(command.status == 0, "\(command.errors)")
        for text in ["greeting-1.0-1.src.rpm", "2 known", "libgreeting.so.1", "(greeting-1.0-1.x86_64)  rebuilt here"] {
            #expect(command.output.contains(text), "\(command.output)")
        }
    }

    @Test func `what is not a source package is refused`() throws {
        let project = try RPMProject()
        let arguments = ["--target-rpm", project.binary, "--cache", project.directory.path("cache")]
        let binary = try Tools.author(["prepare", "--package", project.binary] + arguments)
        #expect(binary.status == 3)
        #expect(binary.errors.contains("not an RPM source package"), "\(binary.errors)")
        #expect(try Tools.author(["prepare", "--package", project.source]).status == 64)
    }

    @Test func `a spec that fails shows its last lines`() throws {
        let project = try RPMProject()
        let spec = try project.directory.read("rpm/SPECS/greeting.spec").replacing(
            "make CC", with: "echo so it goes; false; make CC")
        try project.directory.write(spec, to: "rpm/SPECS/greeting.spec")
        let source = try Command(
            "env",
            [
                "HOME=\(project.directory.path)", "rpmbuild", "-bs", "--define",
                "_topdir \(project.directory.path("rpm"))",
                project.directory.path("rpm/SPECS/greeting.spec"),
            ])
        #expect(source.status == 0, "\(source.errors)")
        let command = try project.patch(["--target-rpm", project.binary])
        #expect(command.status == 3)
        #expect(command.errors.contains("so it goes"), "\(command.errors)")
    }
}
