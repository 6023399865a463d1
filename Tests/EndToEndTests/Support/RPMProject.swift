// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// A source RPM, and the binary RPM that rpmbuild makes of it: a library of two units, one of them patched by the spec.
final class RPMProject: Sendable {
    let directory: TemporaryDirectory

    /// Builds both packages, where the builders of distributions do; the compiler is named as the spec calls it.
    init(compiler: String = "%{__cc}") throws {
        directory = try TemporaryDirectory()
        try directory.write(Self.limit, to: "greeting-1.0/src/limit.c")
        try directory.write("int other(int x) { return x / 3; }\n", to: "greeting-1.0/src/other.c")
        try directory.write(Self.makefile, to: "greeting-1.0/Makefile")
        try directory.write(Self.packagePatch, to: "rpm/SOURCES/greeting-limit.patch")
        try directory.write(Self.spec.replacing("COMPILER", with: compiler), to: "rpm/SPECS/greeting.spec")
        try run("tar", ["-czf", "rpm/SOURCES/greeting-1.0.tar.gz", "greeting-1.0"])
        let machine =
            ["--tmpfs", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--tmpfs", "/var/tmp"]
            + ["--ro-bind", "/usr", "/usr", "--ro-bind", "/etc", "/etc", "--symlink", "usr/bin", "/bin"]
            + ["--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64"]
        let place = "/builddir/build"
        try run(
            "bwrap",
            machine + ["--bind", directory.path("rpm"), place, "--", "rpmbuild", "-ba", "--nodeps"]
                + ["--define", "_topdir \(place)", place + "/SPECS/greeting.spec"])
    }

    var source: String { directory.path("rpm/SRPMS/greeting-1.0-1.src.rpm") }
    var binary: String { directory.path("rpm/RPMS/x86_64/greeting-1.0-1.x86_64.rpm") }

    /// Builds a patch of the limit in the file as the spec's own patch leaves it.
    func patch(_ target: [String]) throws -> Command {
        let fix = try directory.write(Self.fix, to: "fix.patch")
        return try Tools.author(
            [
                "patch", "--package", source, "--fix", fix, "--output", directory.path("fix.mend"), "--cache",
                directory.path("cache"),
            ]
                + target)
    }

    /// Unpacks the library of the binary package, and gives its path.
    func library() throws -> String {
        try run("rpm2archive", [binary])
        try run("tar", ["-xzf", binary + ".tgz"])
        return directory.path("usr/lib64/libgreeting.so.1")
    }

    private func run(_ program: String, _ arguments: [String]) throws {
        let command = try Command("env", ["HOME=\(directory.path)", program] + arguments, in: directory.url)
        guard command.status == 0 else { throw CommandFailure(description: command.errors) }
    }

    private static let limit = """
        #include <stdlib.h>

        static int calls;

        int limit(int size) {
            calls++;
            if (size > 100) abort();
            return size * 7 + calls;
        }

        """

    private static let packagePatch = """
        --- greeting-1.0/src/limit.c
        +++ greeting-1.0/src/limit.c
        @@ -5,5 +5,5 @@
         int limit(int size) {
             calls++;
        -    if (size > 100) abort();
        +    if (size > 4096) abort();
             return size * 7 + calls;
         }

        """

    private static let fix = """
        --- a/src/limit.c
        +++ b/src/limit.c
        @@ -5,5 +5,5 @@
         int limit(int size) {
             calls++;
        -    if (size > 4096) abort();
        +    if (size > 4096) return -1;
             return size * 7 + calls;
         }

        """

    private static let makefile = """
        libgreeting.so.1: limit.o other.o
        \t$(CC) -shared -Wl,--build-id -Wl,-soname,$@ -o $@ limit.o other.o
        %.o: src/%.c
        \t$(CC) $(CFLAGS) -fPIC -c -o $@ $<
        install: libgreeting.so.1
        \tmkdir -p $(DESTDIR)/usr/lib64
        \tcp libgreeting.so.1 $(DESTDIR)/usr/lib64

        """

    private static let spec = """
        Name: greeting
        Version: 1.0
        Release: 1
        Summary: A library for a test
        License: MIT
        Source0: greeting-1.0.tar.gz
        Patch0: greeting-limit.patch
        %description
        A library for a test.
        %prep
        %setup -q
        %patch0 -p1
        %build
        make CC=COMPILER CFLAGS="%{optflags}"
        %install
        make install CC=COMPILER DESTDIR=%{buildroot}
        %files
        /usr/lib64/libgreeting.so.1

        """
}
