// SPDX-License-Identifier: Apache-2.0
// meter SLEEPERS: one thread calls answer() and reads the clock in a loop, others sleep. The largest gap between two
// readings, less the time in which the thread could run but another had the processor, is how long it was stopped.
// Commands on standard input: r forgets what was measured, p prints a line of JSON, q ends.

#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

extern int answer(int);

static const uint64_t worth_a_look = 20000; // nanoseconds; reading the run delay costs more than a usual gap

static _Atomic uint64_t longest_stop, changed_at;
static _Atomic int value, forget = 1;

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

// The second number of schedstat: nanoseconds spent waiting on a run queue (Documentation/scheduler/sched-stats.rst).
static uint64_t run_delay(int schedstat) {
    char text[128] = "";
    uint64_t running, waiting = 0;
    if (pread(schedstat, text, sizeof text - 1, 0) > 0)
        sscanf(text, "%" SCNu64 " %" SCNu64, &running, &waiting);
    return waiting;
}

static void *busy(void *unused) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%ld/schedstat", syscall(SYS_gettid));
    int schedstat = open(path, O_RDONLY);
    uint64_t last = now(), delay = run_delay(schedstat);
    for (;;) {
        int current = answer(0);
        uint64_t time = now(), gap = time - last;
        if (current != value) {
            value = current;
            changed_at = time;
        }
        if (gap > worth_a_look) {
            uint64_t waited = run_delay(schedstat) - delay;
            delay += waited;
            uint64_t stop = gap > waited ? gap - waited : 0;
            if (stop > longest_stop)
                longest_stop = stop;
            time = now();
        }
        if (forget) {
            forget = 0;
            longest_stop = changed_at = 0;
            delay = run_delay(schedstat);
            time = now();
        }
        last = time;
    }
    return unused;
}

static void *sleeper(void *unused) {
    for (;;)
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, 0);
    return unused;
}

int main(int count, char **arguments) {
    pthread_t thread;
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 256 << 10);
    pthread_create(&thread, &small, busy, 0);
    for (int left = count > 1 ? atoi(arguments[1]) : 0; left > 0; left--)
        pthread_create(&thread, &small, sleeper, 0);
    while (forget)
        usleep(1000);
    setvbuf(stdout, 0, _IOLBF, 0);
    printf("ready\n");
    for (int command; (command = getchar()) != EOF && command != 'q';) {
        if (command == 'r') {
            forget = 1;
            while (forget)
                usleep(1000);
            printf("ok\n");
        } else if (command == 'p') {
            printf("{\"stop\": %" PRIu64 ", \"changed\": %" PRIu64 ", \"value\": %d}\n", longest_stop, changed_at, value);
        }
    }
    _exit(0);
}
