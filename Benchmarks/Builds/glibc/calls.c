// SPDX-License-Identifier: Apache-2.0
// Prints its process number; then, for each line that it reads, what three functions of libc return.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void) {
    char line[16];
    setvbuf(stdout, 0, _IOLBF, 0);
    printf("%d\n", (int)getpid());
    while (fgets(line, sizeof line, stdin))
        printf("%d %ld %x\n", strverscmp("item10", "item9"), a64l("zz"), inet_addr("1.2.3.4 x"));
    return 0;
}
