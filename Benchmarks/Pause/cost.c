// SPDX-License-Identifier: Apache-2.0
// cost: for each line of input, prints the nanoseconds that a call of answer() takes, the least of nine rounds.

#include <stdio.h>
#include <time.h>

extern int answer(int);

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

int main(void) {
    enum { calls = 2000000 };
    setvbuf(stdout, 0, _IOLBF, 0);
    puts("ready");
    while (getchar() != EOF) {
        double least = 1e18;
        volatile int sink = 0;
        for (int round = 0; round < 9; round++) {
            double begin = now();
            for (int i = 0; i < calls; i++)
                sink = answer(0);
            double time = (now() - begin) / calls;
            if (time < least)
                least = time;
        }
        printf("%.3f\n", least + sink * 0);
    }
    return 0;
}
