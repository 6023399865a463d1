// SPDX-License-Identifier: Apache-2.0
// storm RATE SECONDS PROGRAM: executes a program RATE times a second, evenly, and waits for all of them. Their records go to
// standard output; how many were executed, and in how many ns, to standard error.
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

int main(int count, char **arguments) {
    if (count < 4) return 64;
    long rate = atol(arguments[1]), total = rate * atol(arguments[2]), left = 0;
    struct timespec begin, due, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    due = begin;
    for (long number = 0; number < total; number++) {
        pid_t child;
        if (posix_spawn(&child, arguments[3], 0, 0, arguments + 3, environ) != 0) return perror("posix_spawn"), 1;
        left++;
        while (waitpid(-1, 0, WNOHANG) > 0) left--;
        if ((due.tv_nsec += 1000000000 / rate) >= 1000000000) due.tv_sec++, due.tv_nsec -= 1000000000;
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, 0) == EINTR) {}
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    while (waitpid(-1, 0, 0) > 0) left--;
    fprintf(stderr, "%ld %lld\n", total, (end.tv_sec - begin.tv_sec) * 1000000000LL + end.tv_nsec - begin.tv_nsec);
    return 0;
}
