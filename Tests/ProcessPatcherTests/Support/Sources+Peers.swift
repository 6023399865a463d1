// SPDX-License-Identifier: Apache-2.0

extension Sources {
    /// A library for cases that other engines' tests name, see docs/peer-cases.md.
    static let peerLibrary = """
        /* In here, and in nothing that it calls, for as long as it is told. */
        __attribute__((noipa)) int spinning(volatile int *go) {
            int rounds = 0;
            while (*go) rounds++;
            return rounds | 1;
        }
        /* Calls back, perhaps to where the stack is changed. */
        __attribute__((noipa)) int through(void (*call)(void)) {
            call();
            return 5;
        }
        /* More arguments than there are registers for. */
        __attribute__((noipa)) int many(int a, int b, int c, int d, int e, int f, int g, double h, double i, double j,
            double k, double l, double m, double n, double o, double p) {
            return a + b + c + d + e + f + g + (int)(h + i + j + k + l + m + n + o + p);
        }
        /* Calls itself; each level has a frame. */
        __attribute__((noipa)) int nested(int depth, int (*bottom)(void)) {
            volatile int kept = depth;
            int below = depth > 0 ? nested(depth - 1, bottom) : bottom();
            return below + (kept == depth);
        }
        /* Its first bytes lie in two pages. */
        __asm__(".text\\n.p2align 12\\n.skip 4093, 0x90\\n.globl crossing\\n.type crossing, @function\\n"
            "crossing: movl $1, %eax\\ntestl %edi, %edi\\nje 1f\\nmovl $3, %eax\\n1: ret\\n.size crossing, .-crossing\\n");
        """

    /// The program for it.
    static let peerProgram = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <pthread.h>
        #include <signal.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/wait.h>
        #include <ucontext.h>
        #include <unistd.h>
        extern int spinning(volatile int *), through(void (*)(void)), crossing(int), nested(int, int (*)(void));
        extern int many(int, int, int, int, int, int, int, double, double, double, double, double, double, double,
            double, double);
        static volatile int go, told, wrong, result;
        static int gate[2];
        static ucontext_t outside, inside;
        /* Large enough for the jump, and in the program itself. */
        __attribute__((noipa)) int own(int x) { return x ? x * 7 + told : 1; }

        static void *spin(void *unused) { for (;;) { spinning(&go); usleep(500); } }
        static void *allocate(void *unused) {
            for (unsigned n = 1;; n = n * 1103515245 + 12345) {
                void *memory[16];
                for (int i = 0; i < 16; i++) memset(memory[i] = malloc((n >> i) % 300000 + 1), i, 1);
                for (int i = 0; i < 16; i++) { if (*(char *)memory[i] != i) wrong++; free(memory[i]); }
            }
        }
        static void *load(void *path) {
            for (;;) {
                void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
                int (*function)(int) = library ? dlsym(library, "value") : NULL;
                if (function == NULL || function(0) != 1) wrong++;
                if (library) dlclose(library);
            }
        }
        static int at_bottom(void) { char byte; return read(gate[0], &byte, 1) == 1 ? 1 : -1000; }
        static void *recurse(void *unused) { for (;;) if (nested(20, at_bottom) != 22) wrong++; }
        static void leave(void) { swapcontext(&inside, &outside); }
        /* Never returns: behind it is nothing, and the process would end. */
        static void coroutine(void) { for (;;) { result = through(leave); swapcontext(&inside, &outside); } }
        static void count(int signal) { told++; }

        int main(int argc, char **arguments) {
            pthread_t thread;
            struct sigaction action = {.sa_handler = count, .sa_flags = SA_RESTART};
            setvbuf(stdout, NULL, _IOLBF, 0);
            if (pipe(gate) < 0) return 1;
            for (int i = 1; i < argc; i++) {
                if (!strcmp(arguments[i], "spin")) pthread_create(&thread, NULL, spin, NULL);
                else if (!strcmp(arguments[i], "allocate")) pthread_create(&thread, NULL, allocate, NULL);
                else if (!strcmp(arguments[i], "recurse")) pthread_create(&thread, NULL, recurse, NULL);
                else pthread_create(&thread, NULL, load, arguments[i]);
            }
            usleep(20000);
            puts("ready");
            for (char line[64]; fgets(line, sizeof line, stdin);) {
                if (!strcmp(line, "spin\\n")) { go = 1; usleep(20000); puts("spinning"); }
                else if (!strcmp(line, "calm\\n")) { go = 0; puts("calm"); }
                else if (!strcmp(line, "own\\n")) printf("%d\\n", own(0));
                else if (!strcmp(line, "crossing\\n")) printf("%d\\n", crossing(0));
                else if (!strcmp(line, "up\\n")) printf("%d\\n", (int)write(gate[1], "", 1));
                else if (!strcmp(line, "wrong\\n")) printf("%d\\n", wrong);
                else if (!strcmp(line, "many\\n"))
                    printf("%d\\n", many(1, 2, 3, 4, 5, 6, 7, 1, 2, 3, 4, 5, 6, 7, 8, 9));
                else if (!strcmp(line, "enter\\n")) {
                    static char stack[65536];
                    getcontext(&inside);
                    inside.uc_stack.ss_sp = stack;
                    inside.uc_stack.ss_size = sizeof stack;
                    makecontext(&inside, coroutine, 0);
                    swapcontext(&outside, &inside);
                    puts("suspended");
                } else if (!strcmp(line, "resume\\n")) { swapcontext(&outside, &inside); printf("%d\\n", result); }
                else if (!strcmp(line, "child\\n")) {
                    sigaction(SIGCHLD, &action, NULL);
                    pid_t child = fork();
                    if (child == 0) for (;;) { own(0); usleep(1000); }
                    printf("%d\\n", child);
                } else if (!strcmp(line, "stops\\n")) {
                    int stops = 0, status;
                    while (waitpid(-1, &status, WNOHANG | WUNTRACED | WCONTINUED) > 0) stops++;
                    printf("%d %d\\n", stops, told);
                } else puts("?");
            }
            _exit(0);
        }
        """
}
