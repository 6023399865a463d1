// SPDX-License-Identifier: Apache-2.0
// victim: threads that wait in all kinds of calls, compute and call the library; tells on request what went wrong.

#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <time.h>
#include <unistd.h>

extern int first(int), second(int);

static _Atomic long rounds, interrupted, early, wrong;

static long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000 + time.tv_nsec;
}

static void *in_epoll(void *unused) {
    struct epoll_event event;
    for (int set = epoll_create1(0);; rounds++)
        if (epoll_wait(set, &event, 1, 7) < 0)
            interrupted++;
    return unused;
}

static void *in_sleep(void *unused) {
    for (;; rounds++) {
        long before = now();
        if (nanosleep(&(struct timespec){.tv_nsec = 5000000}, 0) < 0)
            interrupted++;
        if (now() - before < 5000000)
            early++;
    }
    return unused;
}

static void *in_semaphore(void *unused) {
    int set = semget(IPC_PRIVATE, 1, 0600);
    struct sembuf take = {0, -1, 0};
    for (;; rounds++)
        if (semtimedop(set, &take, 1, &(struct timespec){.tv_nsec = 6000000}) < 0 && errno == EINTR)
            interrupted++;
    return unused;
}

static void *in_sum(void *unused) {
    double expected = 0;
    for (;; rounds++) {
        double sum = 0;
        for (int i = 1; i < 20000; i++)
            sum += 1.0 / ((double)i * i);
        if (expected == 0)
            expected = sum;
        if (sum != expected)
            wrong++;
    }
    return unused;
}

static void *calling(void *unused) {
    for (;; rounds++) {
        int a = first(0), b = second(0);
        if (a < 1 || a > 2 || b < 1 || b > 2)
            wrong++;
    }
    return unused;
}

int main(void) {
    void *(*work[])(void *) = {in_epoll, in_sleep, in_semaphore, in_sum, calling};
    pthread_t thread;
    for (unsigned i = 0; i < sizeof work / sizeof *work; i++)
        pthread_create(&thread, 0, work[i], 0);
    setvbuf(stdout, 0, _IOLBF, 0);
    puts("ready");
    for (char line[16]; fgets(line, sizeof line, stdin);)
        printf("%d %d %ld %ld %ld %ld\n", first(0), second(0), rounds, interrupted, early, wrong);
    _exit(0);
}
