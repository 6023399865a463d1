// SPDX-License-Identifier: Apache-2.0

import TestSupport

@testable import PatchBuilder

/// A small project whose units share headers, and fixes of it.
struct HeaderProject {
    let directory: TemporaryDirectory
    let cache: BuildCache

    static let limit = """
        #ifndef LIMIT_H
        #define LIMIT_H
        #define STEP 4
        #define HERE() __LINE__
        static inline int limit(int size) {
            return size > 64 ? 64 : size;
        }
        static inline int place(void) { return __LINE__; }
        #endif

        """

    /// The files of the project beside its header and its makefile.
    static let sources = [
        "first.c": "#include \"limit.h\"\nint first(int size) { return limit(size) + HERE() + place(); }\n",
        "second.c": "#include <limit.h>\nint second(int size) { return limit(size) * 3; }\n",
        "third.c": "#include \"limit.h\"\nint third(int size) { return size + STEP; }\n",
        "macro.c": "#define NAME \"limit.h\"\n#include NAME\nint macro(int size) { return limit(size) - 9; }\n",
        "alone.c": "int alone(int size) { return size; }\n",
        "whole.c": "#include \"part.c\"\nint whole(int size) { return part(size) * 5; }\n",
        "part.c": "static int part(int size) { return size / 7; }\n",
        "table.c": "int values[] = {\n#include \"values.txt\"\n};\nint table(int i) { return values[i]; }\n",
        "values.txt": "1, 2, 3\n",
    ]

    /// Makes the project; `command` compiles `$<` into `$@`.
    init(command: String = "$(CC) -O2 -fPIC -Iinclude -c -o $@ $<") throws {
        directory = try TemporaryDirectory()
        cache = try BuildCache(path: directory.path + "/cache")
        try directory.write(Self.limit, to: "project/include/limit.h")
        for (name, text) in Self.sources { try directory.write(text, to: "project/\(name)") }
        try directory.write(
            """
            units = first second third macro alone whole table
            libunits.so: $(units:=.o)
            \t$(CC) -shared -Wl,--build-id=sha1 -o $@ $^
            %.o: %.c
            \t\(command)

            """, to: "project/Makefile")
    }

    /// A fix that gives files other texts; those that are not there are new.
    func fix(_ texts: [String: String]) throws -> Fix {
        let project = directory.path("project")
        try directory.write("", to: "fixed/.keep")
        var output = ""
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
            try directory.write(text, to: "fixed/\(name)")
            let isNew = !directory.exists("project/\(name)")
            output += try Command(
                "diff",
                [
                    "-u", "--label", isNew ? "/dev/null" : "a/\(name)", "--label", "b/\(name)",
                    isNew ? "/dev/null" : "\(project)/\(name)", directory.path("fixed/\(name)"),
                ]
            ).output
        }
        return try Fix(parsing: Array(output.utf8))
    }

    func build(_ fix: Fix, progress: @escaping BuildProgress = { _ in }) async throws -> BuiltFix {
        let project = Project(
            directory: directory.path("project"), buildCommand: "make -s", targets: ["libunits.so"])
        return try await buildFix(from: .project(project), fix: fix, cache: cache, progress: progress)
    }

    func build(_ texts: [String: String], progress: @escaping BuildProgress = { _ in }) async throws -> BuiltFix {
        try await build(try fix(texts), progress: progress)
    }

    /// The one build root's folder.
    func root() throws -> String {
        let roots = cache.path + "/roots"
        return roots + "/" + (try Files.names(in: roots).first ?? "") + "/1"
    }
}
