// SPDX-License-Identifier: Apache-2.0
// start KAKETSUGI PATCH LOG PROGRAM ARGUMENT...: run a program that is patched before its first instruction, when the
// dynamic linker is done, and end as it does. What the tool said and how it ended is appended to LOG.

#define _GNU_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static void give_up(const char *what) {
    perror(what);
    exit(125);
}

static unsigned long entry_of(pid_t process) {
    char path[64];
    Elf64_auxv_t entry;
    snprintf(path, sizeof path, "/proc/%d/auxv", process);
    FILE *file = fopen(path, "r");
    while (file && fread(&entry, sizeof entry, 1, file) == 1)
        if (entry.a_type == AT_ENTRY) {
            fclose(file);
            return entry.a_un.a_val;
        }
    give_up(path);
    return 0;
}

// Lets the program run to its first instruction, and leaves it there, stopped and untraced.
static void run_to_entry(pid_t process) {
    struct user_regs_struct registers;
    int status;
    if (waitpid(process, &status, 0) != process || !WIFSTOPPED(status))
        give_up("exec");
    unsigned long entry = entry_of(process);
    long code = ptrace(PTRACE_PEEKTEXT, process, entry, 0);
    ptrace(PTRACE_POKETEXT, process, entry, (code & ~0xffL) | 0xcc);
    ptrace(PTRACE_CONT, process, 0, 0);
    if (waitpid(process, &status, 0) != process || !WIFSTOPPED(status) || WSTOPSIG(status) != SIGTRAP)
        give_up("entry");
    ptrace(PTRACE_POKETEXT, process, entry, code);
    ptrace(PTRACE_GETREGS, process, 0, &registers);
    registers.rip = entry;
    ptrace(PTRACE_SETREGS, process, 0, &registers);
    if (ptrace(PTRACE_DETACH, process, 0, SIGSTOP) || waitpid(process, &status, WUNTRACED) != process)
        give_up("stop");
}

static void patch(char **arguments, pid_t process) {
    char number[16], line[32];
    int status, log = open(arguments[3], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    snprintf(number, sizeof number, "%d", process);
    pid_t tool = fork();
    if (tool == 0) {
        dup2(log, 1);
        dup2(log, 2);
        execl(arguments[1], arguments[1], "apply", arguments[2], "--pid", number, (char *)0);
        _exit(126);
    }
    waitpid(tool, &status, 0);
    int length = snprintf(line, sizeof line, "exit %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : 255);
    if (write(log, line, (size_t)length) != length)
        give_up(arguments[3]);
}

int main(int count, char **arguments) {
    int status;
    if (count < 5)
        return 125;
    pid_t process = fork();
    if (process == 0) {
        // Who gives this up gives the program up.
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        execvp(arguments[4], arguments + 4);
        _exit(127);
    }
    run_to_entry(process);
    patch(arguments, process);
    kill(process, SIGCONT);
    waitpid(process, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
