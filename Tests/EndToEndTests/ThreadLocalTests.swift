// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// New code reaches the thread-local variables that exist, however the old code does.
@Suite(.timeLimit(.minutes(10))) struct ThreadLocalTests {
    /// A way to compile and link the file.
    struct Model: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var product: PatchProject.Product
        var flags = ""
    }

    static let models = [
        Model(testDescription: "library, general and local dynamic", product: .library),
        Model(
            testDescription: "library, initial exec", product: .library, flags: "-ftls-model=initial-exec"
        ),
        Model(testDescription: "library, descriptors", product: .library, flags: "-mtls-dialect=gnu2"),
        Model(testDescription: "library without a linkage table", product: .library, flags: "-fno-plt"),
        Model(testDescription: "program", product: .program(flags: "-O2", linking: "")),
        Model(
            testDescription: "static program",
            product: .program(flags: "-O2 -fno-pie", linking: "-no-pie -static")),
        Model(
            testDescription: "program of dynamic code, rewritten by the linker",
            product: .program(flags: "-O2 -fPIC", linking: "-s")),
        Model(
            testDescription: "program of dynamic code without a linkage table",
            product: .program(flags: "-O2 -fPIC -fno-plt", linking: "")),
        Model(
            testDescription: "program of code with descriptors",
            product: .program(flags: "-O2 -fPIC -mtls-dialect=gnu2", linking: "")),
    ]

    /// Static and shared variables, with and without an initial value, and one of another file.
    private static let original = """
        #include <pthread.h>
        extern __thread int other;
        __thread int shared = 5;
        static __thread int zeroed;
        static __thread int pair[2] = {100, 200};
        __attribute__((noinline)) static int step(int x) {
          static __thread int calls;
          zeroed += x; shared += x; pair[x & 1] += x; other += 2; calls += 3;
          return zeroed + shared * 10 + pair[0] * 100 + pair[1] * 1000 + other * 10000 + calls;
        }
        static void *elsewhere(void *x) { return (void *)(long)step((int)(long)x); }
        int f(int x) {
          pthread_t thread; void *result;
          if (x < 100) return step(x);
          if (pthread_create(&thread, 0, elsewhere, (void *)(long)(x - 100)) || pthread_join(thread, &result)) return -1;
          return (int)(long)result;
        }
        """
    private static let fixed =
        original
        .replacing("static __thread int calls;", with: "static __thread int calls; zeroed++;")
        .replacing("other += 2;", with: "other += 4; pair[1] += 2;")

    /// What a thread's variables are, and what `step` makes of them.
    private struct Thread {
        var zeroed = 0, shared = 5, pair = [100, 200], other = 1, calls = 0

        mutating func step(_ x: Int, isFixed: Bool) -> Int {
            if isFixed {
                zeroed += 1
                pair[1] += 2
            }
            zeroed += x
            shared += x
            pair[x & 1] += x
            other += isFixed ? 4 : 2
            calls += 3
            return zeroed + shared * 10 + pair[0] * 100 + pair[1] * 1000 + other * 10000 + calls
        }
    }

    @Test(arguments: models)
    func `existing variables are used in every thread`(model: Model) throws {
        let project = try PatchProject(
            Self.original, as: model.product, flags: model.flags, program: "__thread int other = 1;")
        let patch = try project.patch(Self.fixed)
        let target = try project.start()
        var main = Thread()
        for isFixed in [false, true, false, true] {
            let command = isFixed ? "apply" : "revert"
            if isFixed || main.calls > 0 {
                let switched = try Tools.host(command, patch, "--pid", target.pid)
                #expect(switched.status == 0, "\(switched.errors)\(switched.output)")
            }
            for x in [3, 4] {
                #expect(try target.call(x) == main.step(x, isFixed: isFixed))
                var other = Thread()
                #expect(try target.call(100 + x) == other.step(x, isFixed: isFixed))
            }
        }
    }

    /// Loads the library by itself, as a plug-in, and obeys `c N`.
    private static let loader = """
        #include <dlfcn.h>
        #include <stdio.h>
        __thread int other = 1;
        int main(int count, char **arguments) {
          char line[64]; int number;
          void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
          int (*f)(int) = library ? (int (*)(int))dlsym(library, "f") : 0;
          setvbuf(stdout, 0, _IOLBF, 0);
          if (!f) { puts(dlerror()); return 1; }
          puts("ready");
          while (fgets(line, sizeof line, stdin)) if (sscanf(line, "c %d", &number) == 1) printf("%d\\n", f(number));
          return 0;
        }
        """

    @Test(arguments: models.prefix(4))
    func `existing variables of a library that is loaded later are used in every thread`(model: Model) throws {
        let project = try PatchProject(
            Self.original, as: model.product, flags: model.flags, program: "__thread int other = 1;")
        let patch = try project.patch(Self.fixed)
        try project.directory.write(Self.loader, to: "loader.c")
        let made = try Command("gcc", ["-O2", "-rdynamic", "loader.c", "-o", "loader"], in: project.directory.url)
        #expect(made.status == 0, "\(made.errors)")
        let target = try TargetProcess(
            program: project.directory.path("loader"), [project.directory.path("project/libtarget.so")])
        var main = Thread()
        for isFixed in [false, true] {
            if isFixed {
                let apply = try Tools.host("apply", patch, "--pid", target.pid)
                #expect(apply.status == 0, "\(apply.errors)\(apply.output)")
            }
            for x in [3, 4] {
                #expect(try target.call(x) == main.step(x, isFixed: isFixed))
                var other = Thread()
                #expect(try target.call(100 + x) == other.step(x, isFixed: isFixed))
            }
        }
    }

    @Test func `a new variable is refused with a way out`() throws {
        let project = try PatchProject("static __thread int n; int f(int x) { return n += x; }")
        let build = try project.build(
            "static __thread int n, m; int f(int x) { m += 2; return n += x + m; }",
            options: ["--waive", "changed-thread-local=tried in a test"])
        #expect(build.status == 3)
        #expect(build.errors.contains("thread-local variable m"), "\(build.errors)")
        #expect(build.errors.contains("side table"), "\(build.errors)")
    }
}
