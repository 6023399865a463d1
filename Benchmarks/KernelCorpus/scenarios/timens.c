// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
int main(void) {
    if (unshare(0x80)) { perror("unshare"); return 1; }
    int fd = open("/proc/self/timens_offsets", O_WRONLY);
    const char *line = "monotonic 5 18446744073709551615";
    long n = write(fd, line, strlen(line));
    puts(n < 0 ? strerror(errno) : "accepted");
}
