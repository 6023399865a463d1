// SPDX-License-Identifier: Apache-2.0

/// The C sources of the programs that are patched.
enum Sources {
    /// The library whose functions are replaced.
    static let library = """
        #include <signal.h>
        #include <unistd.h>
        int answer = 40;
        /* What hooks write, and what threads count. */
        static int hooked[16];
        static volatile unsigned long ticks;
        int *hook_results(void) { return hooked; }
        void tick(void) { ticks++; }
        /* Long enough for the jump, and not to be inlined or merged. */
        __attribute__((noipa)) int value(int x) {
            answer += x;
            if (x) return x * 3 + answer;
            return 1;
        }
        __attribute__((noipa)) int other(int x) {
            answer -= x;
            if (x) return x * 5 + answer;
            return 10;
        }
        /* Somebody is in here until a byte comes. */
        __attribute__((noipa)) int waiting(int descriptor) {
            char byte = 0;
            if (descriptor == -2) raise(SIGUSR1);
            int result = (int)read(descriptor, &byte, 1);
            return result + byte;
        }
        """

    /// A program that prints what the library's functions return, with as many idle threads as it is told.
    static let program = """
        #define _GNU_SOURCE
        #include <errno.h>
        #include <fenv.h>
        #include <poll.h>
        #include <pthread.h>
        #include <signal.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/epoll.h>
        #include <sys/prctl.h>
        #include <sys/wait.h>
        #include <time.h>
        #include <unistd.h>
        extern int value(int), other(int), waiting(int), *hook_results(void);
        extern void tick(void);
        static volatile int interrupted, early, wrong, rounds, slept, handled;
        static int gate[2], busy;
        volatile unsigned long kept;

        static void *in_epoll(void *unused) {
            int set = epoll_create1(0);
            struct epoll_event event;
            for (;;) {
                if (epoll_wait(set, &event, 1, 20) < 0 && errno == EINTR) __sync_fetch_and_add(&interrupted, 1);
                __sync_fetch_and_add(&rounds, 1);
            }
        }
        static void *in_sleep(void *unused) {
            for (;;) {
                struct timespec before, after, time = {0, 20000000};
                clock_gettime(CLOCK_MONOTONIC, &before);
                if (nanosleep(&time, NULL) < 0) __sync_fetch_and_add(&interrupted, 1);
                clock_gettime(CLOCK_MONOTONIC, &after);
                long passed = (after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec;
                if (passed < 20000000) __sync_fetch_and_add(&early, 1);
                __sync_fetch_and_add(&rounds, 1);
                __sync_fetch_and_add(&slept, 1);
            }
        }
        static void *in_sum(void *unused) {
            double expected = 0;
            for (;;) {
                double sum = 0;
                for (int i = 1; i < 20000; i++) sum += 1.0 / ((double)i * i);
                if (expected == 0) expected = sum;
                if (sum != expected) __sync_fetch_and_add(&wrong, 1);
                __sync_fetch_and_add(&rounds, 1);
            }
        }
        typedef double numbers __attribute__((vector_size(64)));
        static inline __attribute__((always_inline)) double vector_sum(void) {
            numbers a = {1, 2, 3, 4, 5, 6, 7, 8}, b = a + 8, c = a * 3, d = a / 7;
            for (int i = 1; i < 5000; i++) { a += b / i; b += c / i; c += d / i; d += a / i; }
            a += b + c + d;
            return a[0] + a[1] + a[2] + a[3] + a[4] + a[5] + a[6] + a[7];
        }
        static __attribute__((target("avx512f"))) double sum_512(void) { return vector_sum(); }
        static __attribute__((target("avx"))) double sum_256(void) { return vector_sum(); }
        static double sum_128(void) { return vector_sum(); }
        static void check_vectors(void) {
            static __thread double expected;
            double sum = __builtin_cpu_supports("avx512f") ? sum_512()
                : __builtin_cpu_supports("avx") ? sum_256() : sum_128();
            if (expected == 0) expected = sum;
            if (sum != expected) __sync_fetch_and_add(&wrong, 1);
            __sync_fetch_and_add(&rounds, 1);
        }
        static void *in_vectors(void *unused) { for (;;) check_vectors(); }
        /* With all eight x87 registers, rounding up, which is not the rule. */
        static void *in_x87(void *unused) {
            long double expected = 0;
            fesetround(FE_UPWARD);
            for (;;) {
                long double a = 0, b = 1, c = 2, d = 3, e = 4, f = 5;
                for (int i = 1; i < 5000; i++) { a += b / i; b += c / i; c += d / i; d += e / i; e += f / i; f += a / i; }
                if (expected == 0) expected = a;
                if (a != expected || fegetround() != FE_UPWARD) __sync_fetch_and_add(&wrong, 1);
                __sync_fetch_and_add(&rounds, 1);
            }
        }
        static void *in_ticks(void *unused) { for (;;) tick(); }
        static void *in_wait(void *unused) {
            /* Once the gate is open it is outside most of the time. */
            for (;;) if (waiting(gate[0]) == 0) usleep(1000);
        }
        static void *calling(void *unused) {
            for (;;) {
                int now = value(0);
                if (now != 1 && now != 2) __sync_fetch_and_add(&wrong, 1);
            }
        }
        static void *starting(void *unused) {
            for (;;) {
                pthread_t thread;
                void *nothing(void *);
                if (pthread_create(&thread, NULL, nothing, NULL) == 0) pthread_join(thread, NULL);
                __sync_fetch_and_add(&rounds, 1);
            }
        }
        void *nothing(void *unused) { value(0); return NULL; }
        static void *in_vfork(void *unused) {
            for (;;) {
                pid_t child = vfork();
                if (child == 0) { usleep(150000); _exit(0); }
                waitpid(child, NULL, 0);
                __sync_fetch_and_add(&rounds, 1);
                usleep(20000);
            }
        }
        static void handle(int signal) { __sync_fetch_and_add(&handled, 1); }

        /* Within value(0)'s neighbour for as long as a byte does not come, and that in a handler on another stack. */
        static void linger(int signal) { char byte; if (read(gate[0], &byte, 1) < 0) wrong++; }
        static void *in_handler(void *unused) {
            stack_t other = {.ss_sp = malloc(65536), .ss_size = 65536};
            sigaltstack(&other, NULL);
            struct sigaction action = {.sa_handler = linger, .sa_flags = SA_ONSTACK};
            sigaction(SIGUSR1, &action, NULL);
            for (;;) { waiting(-2); usleep(1000); }
        }
        /* Leaves the address of an instruction of waiting() where a later frame has room that it does not use. */
        static __attribute__((noipa)) int leave_word(void) {
            char room[512];
            __asm__ volatile("" : : "r"(room) : "memory");
            return waiting(-1) + 1;
        }
        static __attribute__((noipa)) int keep_word(void) {
            char room[4096];
            __asm__ volatile("" : : "r"(room) : "memory");
            return (int)read(gate[0], room, 1) + 1;
        }
        static void *in_stale(void *unused) {
            for (;;) { if (leave_word() != 0) wrong++; if (keep_word() < 1) wrong++; }
        }
        static void *obey(void *unused);

        int main(int count, char **arguments) {
            int leaves = 0;
            sigset_t none;
            sigemptyset(&none);
            sigprocmask(SIG_SETMASK, &none, NULL);
            struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
            sigaction(SIGRTMIN, &action, NULL); /* 34 with this C library */
            if (pipe(gate) < 0) return 1;
            setvbuf(stdout, NULL, _IOLBF, 0);
            for (int i = 1; i < count; i++) {
                pthread_t thread;
                if (!strcmp(arguments[i], "leave")) { leaves = 1; continue; }
                if (!strcmp(arguments[i], "busy")) { busy = 1; continue; }
                void *(*work)(void *) = !strcmp(arguments[i], "epoll") ? in_epoll
                    : !strcmp(arguments[i], "sleep") ? in_sleep
                    : !strcmp(arguments[i], "sum") ? in_sum
                    : !strcmp(arguments[i], "vectors") ? in_vectors
                    : !strcmp(arguments[i], "x87") ? in_x87
                    : !strcmp(arguments[i], "ticks") ? in_ticks
                    : !strcmp(arguments[i], "wait") ? in_wait
                    : !strcmp(arguments[i], "call") ? calling
                    : !strcmp(arguments[i], "handler") ? in_handler
                    : !strcmp(arguments[i], "stale") ? in_stale
                    : !strcmp(arguments[i], "vfork") ? in_vfork
                    : !strcmp(arguments[i], "start") ? starting : NULL;
                if (work == NULL || pthread_create(&thread, NULL, work, NULL) != 0) return 1;
            }
            usleep(20000);
            pthread_t thread;
            if (leaves && pthread_create(&thread, NULL, obey, NULL) == 0) pthread_exit(NULL);
            obey(NULL);
            return 0;
        }
        static void *obey(void *unused) {
            puts("ready");
            char line[64];
            for (;;) {
                /* Not even this thread waits in the kernel. */
                struct pollfd input = {0, POLLIN};
                while (busy && poll(&input, 1, 0) == 0) check_vectors();
                if (!fgets(line, sizeof line, stdin)) break;
                if (!strcmp(line, "value\\n")) printf("%d\\n", value(0));
                else if (!strcmp(line, "other\\n")) printf("%d\\n", other(0));
                else if (!strcmp(line, "leave\\n")) { printf("%d\\n", (int)write(gate[1], "", 1)); }
                else if (!strcmp(line, "open\\n")) { printf("%d\\n", close(gate[1])); }
                else if (!strcmp(line, "state\\n"))
                    printf("interrupted %d early %d wrong %d\\n", interrupted, early, wrong);
                else if (!strcmp(line, "hooked\\n")) {
                    for (int i = 0; i < 16; i++) printf("%d ", hook_results()[i]);
                    puts("");
                }
                else if (!strcmp(line, "rounds\\n")) printf("%d\\n", rounds);
                else if (!strcmp(line, "slept\\n")) printf("%d\\n", slept);
                else if (!strcmp(line, "handled\\n")) printf("%d\\n", handled);
                else if (!strcmp(line, "stay\\n")) {
                    pid_t child = fork();
                    if (child == 0) { prctl(PR_SET_PDEATHSIG, SIGKILL); for (;;) { usleep(1000); value(0); } }
                    printf("%d\\n", (int)child);
                } else if (!strncmp(line, "keep ", 5)) {
                    kept = strtoul(line + 5, NULL, 0);
                    puts("kept");
                } else if (!strcmp(line, "fork\\n")) {
                    pid_t child = fork();
                    if (child == 0) { printf("%d\\n", value(0)); fflush(stdout); _exit(0); }
                    waitpid(child, NULL, 0);
                } else puts("?");
            }
            _exit(0);
        }
        """

    /// A program that may not map memory, open files or block signals: a seccomp filter kills it for that.
    static let filtered = """
        #include <linux/filter.h>
        #include <linux/seccomp.h>
        #include <stddef.h>
        #include <stdio.h>
        #include <string.h>
        #include <sys/prctl.h>
        #include <sys/syscall.h>
        extern int value(int);
        int main(void) {
            char line[64];
            setvbuf(stdout, NULL, _IOLBF, 0);
            puts("ready");
            if (!fgets(line, sizeof line, stdin)) return 1;
            printf("%d\\n", value(0));
            struct sock_filter program[] = {
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 6, 0),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 5, 0),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_rt_sigprocmask, 4, 0),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 3, 0),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 2, 0),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_munmap, 1, 0),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
            };
            struct sock_fprog filter = {sizeof program / sizeof *program, program};
            if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter)) return 1;
            while (fgets(line, sizeof line, stdin)) printf("%d\\n", value(0));
            return 0;
        }
        """

    /// A program that may not make memory executable which was not: `PR_SET_MDWE`, as systemd's MemoryDenyWriteExecute=.
    ///
    /// It says whether the kernel knows that, and whether it holds.
    static let denying = """
        #include <stdio.h>
        #include <sys/mman.h>
        #include <sys/prctl.h>
        extern int value(int);
        int main(void) {
            char line[64];
            int known = prctl(65 /* PR_SET_MDWE */, 1UL /* PR_MDWE_REFUSE_EXEC_GAIN */, 0UL, 0UL, 0UL) == 0;
            setvbuf(stdout, NULL, _IOLBF, 0);
            puts("ready");
            while (fgets(line, sizeof line, stdin))
                if (line[0] == 'v') printf("%d\\n", value(0));
                else {
                    void *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                    printf("known %d holds %d\\n", known, mprotect(page, 4096, PROT_READ | PROT_EXEC) != 0);
                }
            return 0;
        }
        """

    /// Executes its arguments in a world where `/proc/PID/mem` cannot be written to, as `proc_mem.force_override=never` makes
    /// it for what is not writable: `pwrite64` fails with EIO.
    static let hardened = """
        #include <errno.h>
        #include <linux/filter.h>
        #include <linux/seccomp.h>
        #include <stddef.h>
        #include <sys/prctl.h>
        #include <sys/syscall.h>
        #include <unistd.h>
        int main(int count, char **arguments) {
            struct sock_filter program[] = {
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pwrite64, 0, 1),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EIO),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
            };
            struct sock_fprog filter = {sizeof program / sizeof *program, program};
            if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter)) return 1;
            execv(arguments[1], arguments + 1);
            return 1;
        }
        """

    /// A program that becomes itself again all the time.
    static let becoming = """
        #include <stdio.h>
        #include <unistd.h>
        extern int value(int);
        int main(int count, char **arguments) {
            if (count == 1) { puts("ready"); fflush(stdout); }
            for (int i = 0; i < 20; i++) { value(0); usleep(100); }
            execl("/proc/self/exe", arguments[0], "again", NULL);
            return 1;
        }
        """
}
