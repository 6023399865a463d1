// SPDX-License-Identifier: Apache-2.0
// Prints its process number; then, for each line that it reads, what OPENSSL_strlcat makes of no destination, tried in a
// child since it may end it, and of one.
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

size_t OPENSSL_strlcat(char *destination, const char *source, size_t size);

int main(void) {
    char line[16];
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    setvbuf(stdout, 0, _IOLBF, 0);
    printf("%d\n", (int)getpid());
    while (fgets(line, sizeof line, stdin)) {
        char text[8] = "ab";
        int status = 0;
        pid_t child = fork();
        if (child == 0) _exit((int)OPENSSL_strlcat(0, "abc", 8));
        waitpid(child, &status, 0);
        size_t length = OPENSSL_strlcat(text, "cd", sizeof text);
        printf("%s %d, %zu %s\n", WIFSIGNALED(status) ? "signal" : "exit",
               WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), length, text);
    }
    return 0;
}
