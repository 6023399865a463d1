// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Files that the C compiler of this machine makes from the sources below, each once per run.
enum CompiledFixture {
    /// A relocatable object with a symbol of every kind.
    case object
    /// A shared library with versions, whose functions call each other and the C library.
    case library
    /// The same with packed relative relocations.
    case packedLibrary
    /// A library that is bound to its own definitions.
    case symbolicLibrary
    /// A program with fixed addresses.
    case executable

    /// The file's bytes.
    func bytes() throws -> [UInt8] {
        switch self {
        case .object: try Self.compiledObject.get()
        case .library: try Self.compiledLibrary.get()
        case .packedLibrary: try Self.compiledPackedLibrary.get()
        case .symbolicLibrary: try Self.compiledSymbolicLibrary.get()
        case .executable: try Self.compiledExecutable.get()
        }
    }

    private static let compiledObject = Result { try compile(source, "-c", "-fcommon", "-ffunction-sections") }
    private static let compiledLibrary = Result {
        try compile(source, "-shared", "-fPIC", versionScript: versionScript)
    }
    private static let compiledPackedLibrary = Result {
        try compile(source, "-shared", "-fPIC", "-Wl,-z,pack-relative-relocs", versionScript: versionScript)
    }
    private static let compiledSymbolicLibrary = Result { try compile(source, "-shared", "-fPIC", "-Wl,-Bsymbolic") }
    private static let compiledExecutable = Result {
        try compile(source + "\nint main(void) { return call(); }\n", "-no-pie")
    }

    private static let source = """
        #include <stdio.h>
        static int counter;
        int initialised = 7;
        int tentative[4];
        const char *const names[] = { "one", "two", "three" };
        __thread int perThread = 3;
        __attribute__((weak)) int weakFunction(int x) { return x + 1; }
        __attribute__((visibility("hidden"))) int hiddenFunction(int x) { return x * 3; }
        __attribute__((visibility("protected"))) int protectedFunction(int x) { return x * 5; }
        __attribute__((noinline)) static int localFunction(int x) { counter += x; return counter; }
        static int chosen(int x) { return x; }
        static int (*choose(void))(int) { return chosen; }
        int indirect(int x) __attribute__((ifunc("choose")));
        int call(void) {
            puts(names[initialised % 3]);
            tentative[1] = weakFunction(perThread) + hiddenFunction(2) + protectedFunction(3);
            return localFunction(indirect(tentative[1]));
        }
        int versionedOld(void) { return 1; }
        int versionedNew(void) { return 2; }
        #ifdef __PIC__
        #ifdef VERSIONED
        __asm__(".symver versionedOld, versioned@FIRST");
        __asm__(".symver versionedNew, versioned@@SECOND");
        #endif
        #endif
        """

    private static let versionScript = """
        FIRST { global: versioned; };
        SECOND { global: versioned; call; initialised; weakFunction; names; local: *; } FIRST;
        """

    private static func compile(
        _ source: String, _ options: String..., versionScript: String? = nil
    ) throws -> [UInt8] {
        try withTemporaryDirectory { directory in
            let input = directory.appending(path: "fixture.c")
            let output = directory.appending(path: "fixture")
            try Data(source.utf8).write(to: input)
            var command = ["gcc", "-O1", "-Wl,--build-id=sha1", "-Wl,-soname,libfixture.so.1"]
            if let versionScript {
                let script = directory.appending(path: "fixture.map")
                try Data(versionScript.utf8).write(to: script)
                command += ["-DVERSIONED", "-Wl,--version-script=" + script.path]
            }
            try run(command + options + [input.path, "-o", output.path])
            return try contents(of: output.path)
        }
    }
}
