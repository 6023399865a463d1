// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinux.h"

#include <cpuid.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <linux/ptrace.h>
#include <malloc.h>
#include <nss.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

// The raw system call: the library's ptrace() differs from it only for PEEK.
static long trace(int request, pid_t thread, uintptr_t address, uintptr_t data) {
    long result = syscall(SYS_ptrace, request, thread, address, data);
    return result < 0 ? -errno : result;
}

int clinux_ptrace(int request, pid_t thread, uintptr_t address, uintptr_t data) {
    return (int)trace(request, thread, address, data);
}

int clinux_get_registers(pid_t thread, struct user_regs_struct *registers) {
    struct iovec vector = {registers, sizeof *registers};
    long result = trace(PTRACE_GETREGSET, thread, NT_PRSTATUS, (uintptr_t)&vector);
    return result < 0 ? (int)result : (int)vector.iov_len;
}

int clinux_set_registers(pid_t thread, const struct user_regs_struct *registers) {
    struct iovec vector = {(void *)registers, sizeof *registers};
    return (int)trace(PTRACE_SETREGSET, thread, NT_PRSTATUS, (uintptr_t)&vector);
}

int clinux_get_event_message(pid_t thread, unsigned long *message) {
    return (int)trace(PTRACE_GETEVENTMSG, thread, 0, (uintptr_t)message);
}

int clinux_get_rseq_address(pid_t thread, uint64_t *address) {
    struct ptrace_rseq_configuration configuration = {0};
    long result =
        trace(PTRACE_GET_RSEQ_CONFIGURATION, thread, sizeof configuration, (uintptr_t)&configuration);
    *address = configuration.rseq_abi_pointer;
    return result < 0 ? (int)result : 0;
}

int clinux_get_signal_mask(pid_t thread, uint64_t *mask) {
    return (int)trace(PTRACE_GETSIGMASK, thread, sizeof *mask, (uintptr_t)mask);
}

int clinux_set_signal_mask(pid_t thread, uint64_t mask) {
    return (int)trace(PTRACE_SETSIGMASK, thread, sizeof mask, (uintptr_t)&mask);
}

uint32_t clinux_extended_state_size(void) {
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE)) return 0;
    return __get_cpuid_count(13, 0, &a, &b, &c, &d) ? b : 0;
}

pid_t clinux_wait(pid_t thread, int *status, int without_blocking) {
    pid_t result = waitpid(thread, status, __WALL | (without_blocking ? WNOHANG : 0));
    return result < 0 ? -errno : result;
}

pid_t clinux_thread(void) { return (pid_t)syscall(SYS_gettid); }

int clinux_open_at(int directory, const char *path, int flags) {
    int descriptor = openat(directory, path, flags | O_CLOEXEC);
    return descriptor < 0 ? -errno : descriptor;
}

int clinux_make_temporary(char *template) {
    int descriptor = mkostemp(template, O_CLOEXEC);
    return descriptor < 0 ? -errno : descriptor;
}

pid_t clinux_next_number(DIR *directory) {
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        char *end;
        long number = strtol(entry->d_name, &end, 10);
        if (*end == '\0' && number > 0 && number <= INT32_MAX) return (pid_t)number;
    }
    return 0;
}

static void wake_only(int signal) { (void)signal; }

int clinux_create_thread_alarm(timer_t *timer) {
    // No SA_RESTART: to interrupt waitpid() is all that the signal is for.
    struct sigaction action = {.sa_handler = wake_only};
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMAX - 1};
    event._sigev_un._tid = (pid_t)syscall(SYS_gettid);
    if (sigaction(event.sigev_signo, &action, NULL) < 0) return -errno;
    // A thread of a pool may have been started with all signals blocked.
    sigset_t own;
    sigemptyset(&own);
    sigaddset(&own, event.sigev_signo);
    pthread_sigmask(SIG_UNBLOCK, &own, NULL);
    return timer_create(CLOCK_MONOTONIC, &event, timer) < 0 ? -errno : 0;
}

int clinux_set_thread_alarm(timer_t timer, long nanoseconds) {
    struct itimerspec times = {.it_value = {nanoseconds / 1000000000, nanoseconds % 1000000000}};
    times.it_interval.tv_nsec = nanoseconds == 0 ? 0 : 5000000;
    return timer_settime(timer, 0, &times, NULL) < 0 ? -errno : 0;
}

int clinux_delete_thread_alarm(timer_t timer) { return timer_delete(timer) < 0 ? -errno : 0; }

int clinux_open_mapping_events(int processor, int with_build_id) {
    struct perf_event_attr attributes = {.type = PERF_TYPE_SOFTWARE, .size = sizeof attributes};
    attributes.config = PERF_COUNT_SW_DUMMY;
    attributes.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME;
    attributes.sample_id_all = attributes.mmap = attributes.mmap2 = attributes.task = 1;
    attributes.build_id = with_build_id != 0;
    attributes.use_clockid = 1;
    attributes.clockid = CLOCK_MONOTONIC;
    // Any record wakes; a number of events would only count samples, of which there are none.
    attributes.watermark = 1;
    attributes.wakeup_watermark = 1;
    long result = syscall(SYS_perf_event_open, &attributes, -1, processor, -1, PERF_FLAG_FD_CLOEXEC);
    return result < 0 ? -errno : (int)result;
}

uint64_t clinux_ring_head(const void *page) {
    const struct perf_event_mmap_page *ring = page;
    return __atomic_load_n(&ring->data_head, __ATOMIC_ACQUIRE);
}

void clinux_ring_set_tail(void *page, uint64_t tail) {
    struct perf_event_mmap_page *ring = page;
    __atomic_store_n(&ring->data_tail, tail, __ATOMIC_RELEASE);
}

static int clinux_ask_for_process_events(int descriptor, enum proc_cn_mcast_op operation) {
    union {
        struct nlmsghdr header;
        char bytes[NLMSG_SPACE(sizeof(struct cn_msg) + sizeof operation)];
    } message = {0};
    message.header.nlmsg_len = NLMSG_LENGTH(sizeof(struct cn_msg) + sizeof operation);
    message.header.nlmsg_type = NLMSG_DONE;
    struct cn_msg *connector = NLMSG_DATA(&message.header);
    connector->id = (struct cb_id){CN_IDX_PROC, CN_VAL_PROC};
    connector->len = sizeof operation;
    memcpy(connector->data, &operation, sizeof operation);
    return send(descriptor, &message, message.header.nlmsg_len, 0) < 0 ? -errno : 0;
}

int clinux_open_process_events(int buffer_size) {
    int descriptor = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_CONNECTOR);
    if (descriptor < 0) return -errno;
    // Without the right to more than the system's limit, it is left as it is.
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &buffer_size, sizeof buffer_size);
    struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = CN_IDX_PROC};
    int result = bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0 ? -errno : 0;
    if (result == 0) result = clinux_ask_for_process_events(descriptor, PROC_CN_MCAST_LISTEN);
    if (result == 0) return descriptor;
    close(descriptor);
    return result;
}

int clinux_next_kernel_message(int descriptor, void *buffer, size_t size) {
    struct sockaddr_nl sender = {0};
    socklen_t length = sizeof sender;
    ssize_t result = recvfrom(descriptor, buffer, size, 0, (struct sockaddr *)&sender, &length);
    if (result < 0) return -errno;
    return sender.nl_pid == 0 ? (int)result : 0;
}

int clinux_open_device_events(void) {
    int descriptor = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
    if (descriptor < 0) return -errno;
    // The first group is the kernel's own, the second that of udev.
    struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = 1};
    if (bind(descriptor, (struct sockaddr *)&address, sizeof address) == 0) return descriptor;
    int number = errno;
    close(descriptor);
    return -number;
}

void clinux_end_process_events(int descriptor) { clinux_ask_for_process_events(descriptor, PROC_CN_MCAST_IGNORE); }

int clinux_open_semaphore(void) {
    int descriptor = eventfd(0, EFD_SEMAPHORE | EFD_CLOEXEC | EFD_NONBLOCK);
    return descriptor < 0 ? -errno : descriptor;
}

int clinux_wait_readable(int descriptor, const struct timespec *limit) {
    struct pollfd polled = {.fd = descriptor, .events = POLLIN};
    int result = ppoll(&polled, 1, limit, NULL);
    return result < 0 ? -errno : result;
}

int clinux_wait_for_any(const int *descriptors, size_t count, const struct timespec *limit) {
    struct pollfd polled[16];
    if (count > sizeof polled / sizeof *polled) return -EINVAL;
    for (size_t i = 0; i < count; i++) polled[i] = (struct pollfd){.fd = descriptors[i], .events = POLLIN};
    int result = ppoll(polled, count, limit, NULL);
    if (result < 0) return errno == EINTR ? 0 : -errno;
    int readable = 0;
    for (size_t i = 0; i < count; i++)
        if (polled[i].revents != 0) readable |= 1 << i;
    return readable;
}

int clinux_watch_names(const char *folder) {
    int descriptor = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (descriptor < 0) return -errno;
    if (inotify_add_watch(descriptor, folder, IN_MOVED_TO | IN_ONLYDIR) >= 0) return descriptor;
    int number = errno;
    close(descriptor);
    return -number;
}

int clinux_take_names(int descriptor, const char *name) {
    int found = 0;
    char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
    ssize_t count;
    while ((count = read(descriptor, buffer, sizeof buffer)) > 0) {
        // The kernel writes whole records only, whose names end with a zero byte.
        for (ssize_t at = 0; at < count;) {
            const struct inotify_event *event = (const struct inotify_event *)(buffer + at);
            if (event->mask & IN_Q_OVERFLOW || (event->len > 0 && strcmp(event->name, name) == 0)) found = 1;
            at += (ssize_t)(sizeof *event + event->len);
        }
    }
    return found;
}

void clinux_end_at_once(int status) { _exit(status); }

int clinux_leave_session(void) { return setsid() < 0 ? -errno : 0; }

int clinux_open_termination(void) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    sigset_t blocked = signals;
    sigaddset(&blocked, SIGPIPE);
    int result = pthread_sigmask(SIG_BLOCK, &blocked, NULL);
    if (result != 0) return -result;
    int descriptor = signalfd(-1, &signals, SFD_CLOEXEC);
    return descriptor < 0 ? -errno : descriptor;
}

int clinux_next_signal(int descriptor) {
    struct signalfd_siginfo information;
    ssize_t result = read(descriptor, &information, sizeof information);
    if (result < 0) return -errno;
    return result == sizeof information ? (int)information.ssi_signo : -EIO;
}

void clinux_release_memory(void) {
    mallopt(M_ARENA_MAX, 2);
    malloc_trim(0);
}

pid_t clinux_spawn(const char *path, char *const *arguments, int output, int errors, int life) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, output, 1);
    posix_spawn_file_actions_adddup2(&files, errors, 2);
    if (life >= 0) posix_spawn_file_actions_adddup2(&files, life, 3);
    // What this program was given by whoever started it is not for a child, which may live longer.
    posix_spawn_file_actions_addclosefrom_np(&files, life >= 0 ? 4 : 3);
    pid_t child = 0;
    int result = posix_spawn(&child, path, &files, &attributes, arguments, environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    return result != 0 ? -result : child;
}

int clinux_open_pipe(int *ends) { return pipe2(ends, O_CLOEXEC) < 0 ? -errno : 0; }

int clinux_memory_file(void) {
    int descriptor = memfd_create("kaketsugi", MFD_CLOEXEC);
    return descriptor < 0 ? -errno : descriptor;
}

void clinux_use_plain_names(void) {
    __nss_configure_lookup("hosts", "files dns");
    const char *const files[] = {"passwd", "group", "services", "protocols"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) __nss_configure_lookup(files[i], "files");
}

int clinux_notify(const char *socket_path, const char *state) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(socket_path);
    if (length == 0 || length >= sizeof address.sun_path) return -EINVAL;
    memcpy(address.sun_path, socket_path, length);
    if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    ssize_t sent = sendto(descriptor, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address, size);
    int result = sent < 0 ? -errno : 0;
    close(descriptor);
    return result;
}

int clinux_load_module(int descriptor) {
    long result = syscall(SYS_finit_module, descriptor, "", 0);
    return result < 0 ? -errno : 0;
}

int clinux_unload_module(const char *name) {
    long result = syscall(SYS_delete_module, name, O_NONBLOCK);
    return result < 0 ? -errno : 0;
}

int clinux_open_without_blocking(const char *path) {
    int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    return descriptor < 0 ? -errno : descriptor;
}
