// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

/* A short vector that says nothing of its own, and how long the kernel then takes it to be. */
int main(void) {
    unsigned long vector[4] = {6, 4096, 6, 4096};
    char text[4096];
    if (prctl(PR_SET_MM, PR_SET_MM_AUXV, vector, sizeof vector, 0)) {
        perror("prctl");
        return 1;
    }
    int file = open("/proc/self/auxv", O_RDONLY);
    long count = read(file, text, sizeof text);
    printf("%ld\n", count);
}
