// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// The header for authors of fixes, with compilers that allow little.
@Suite(.timeLimit(.minutes(10))) struct HeaderTests {
    static let source = """
        #include "kaketsugi.h"
        struct budget { int left; char name[20]; };
        KAKETSUGI_SIDE_TABLE(budgets, struct budget, 64);
        KAKETSUGI_SIDE_TABLE(counts, int, 3);
        static int nothing(void) { return 0; }
        static int full(void) { return budgets_find(0) != 0; }
        KAKETSUGI_BEFORE_APPLY(nothing);
        KAKETSUGI_AFTER_APPLY(nothing);
        KAKETSUGI_BEFORE_REVERT(full);
        KAKETSUGI_AFTER_REVERT(full);
        extern int f(int *object);
        int f(int *object) {
            struct budget *budget = budgets_get(object);
            return (budget ? budget->left : -1) + budgets_remove(object) + *counts_get(object);
        }

        """

    @Test(arguments: [
        ("gcc", "-std=c89"), ("gcc", "-std=c99"), ("gcc", "-std=c11"), ("gcc", "-std=gnu17"), ("clang", "-std=c89"),
        ("clang", "-std=c11"), ("g++", "-std=c++98"), ("g++", "-std=c++17"), ("clang++", "-std=c++17"),
    ])
    func `it compiles with every warning an error, and needs nothing`(compiler: String, standard: String) throws {
        let directory = try TemporaryDirectory()
        let header = try Tools.author(["header"])
        #expect(header.status == 0)
        try directory.write(header.output, to: "kaketsugi.h")
        try directory.write(Self.source, to: "fix.c")
        let language = compiler.hasSuffix("++") ? ["-x", "c++", "-Wold-style-cast"] : ["-Wstrict-prototypes"]
        for level in ["-O0", "-O2", "-O3"] {
            let compile = try Command(
                compiler,
                language + [
                    standard, level, "-fPIC", "-pedantic", "-Wall", "-Wextra", "-Werror", "-Wshadow", "-Wconversion",
                    "-Wcast-qual", "-Wmissing-declarations", "-Wundef", "-Wredundant-decls", "-Wpointer-arith",
                    "-ffunction-sections", "-fdata-sections", "-c", "fix.c", "-o", "fix.o",
                ], in: directory.url)
            #expect(compile.status == 0, "\(compile.errors)")
            let symbols = try Command("nm", ["-u", "fix.o"], in: directory.url)
            #expect(!symbols.output.contains("mem") && !symbols.output.contains("atomic"), "\(symbols.output)")
        }
    }

    @Test func `threads find, add and remove in a side table all at once`() throws {
        let directory = try TemporaryDirectory()
        try directory.write(try Tools.author(["header"]).output, to: "kaketsugi.h")
        try directory.write(Self.stress, to: "stress.c")
        for options in [["-O2"], ["-O1", "-fsanitize=thread"]] {
            let compile = try Command(
                "gcc", options + ["-Wall", "-Werror", "-pthread", "stress.c", "-o", "stress"], in: directory.url)
            #expect(compile.status == 0, "\(compile.errors)")
            // The sanitizer wants the addresses of a smaller randomization.
            let run = try Command("setarch", ["-R", directory.path("stress")])
            #expect(run.status == 0, "\(run.output)\(run.errors)")
        }
    }

    /// Each thread has objects of its own, and all of them share some that stay; the table is nearly full.
    private static let stress = """
        #include <pthread.h>
        #include <stdio.h>
        #include "kaketsugi.h"
        struct value { long owner; long copies[3]; };
        KAKETSUGI_SIDE_TABLE(table, struct value, 61);
        static char objects[5][64 * 16], shared[16][16];
        static long wrong;
        #define CHECK(x) do { if (!(x)) { printf("line %d\\n", __LINE__); __atomic_add_fetch(&wrong, 1, 5); } } while (0)
        static void *work(void *number) {
            long me = (long)number;
            for (int round = 0; round < 20000; round++) {
                for (int i = 0; i < 8; i++) {
                    void *object = &objects[me][16 * ((round * 7 + i * 3) % 64)];
                    struct value *value = table_get(object);
                    CHECK(value != 0);
                    if (value == 0) return 0;
                    if (value->owner == 0) {
                        CHECK(value->copies[0] == 0 && value->copies[2] == 0);
                        value->owner = me + 1;
                        value->copies[0] = value->copies[2] = (long)object;
                    }
                    CHECK(value->owner == me + 1 && value->copies[2] == (long)object);
                    CHECK(table_find(object) == value);
                    CHECK(table_find(&shared[(round + i) % 8]) != 0);
                    CHECK(table_find(&shared[8 + (round + i) % 8]) == 0);
                }
                for (int i = 0; i < 8; i++) {
                    void *object = &objects[me][16 * ((round * 7 + i * 3) % 64)];
                    CHECK(table_remove(object) == 1);
                    CHECK(table_find(object) == 0);
                    CHECK(table_remove(object) == 0);
                }
            }
            return 0;
        }
        int main(void) {
            pthread_t threads[4];
            for (int i = 0; i < 8; i++) CHECK(table_get(&shared[i]) != 0);
            CHECK(table_find(0) == 0 && table_get(0) == 0 && table_remove(0) == 0);
            for (long i = 0; i < 4; i++) pthread_create(&threads[i], 0, work, (void *)i);
            for (int i = 0; i < 4; i++) pthread_join(threads[i], 0);
            for (int i = 0; i < 8; i++) CHECK(table_remove(&shared[i]) == 1);
            /* Empty again, however many came and went: it takes as many as it can, and no more. */
            for (int i = 0; i < 61; i++) CHECK(table_get(&objects[4][i * 16]) != 0);
            CHECK(table_get(&objects[0][0]) == 0);
            CHECK(table_find(&objects[0][0]) == 0);
            for (int i = 0; i < 61; i++) CHECK(table_remove(&objects[4][i * 16]) == 1);
            for (int i = 0; i < 61; i++) CHECK(table_find(&objects[4][i * 16]) == 0);
            return wrong != 0;
        }

        """
}
