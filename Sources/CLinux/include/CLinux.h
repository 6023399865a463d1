// SPDX-License-Identifier: Apache-2.0
//
// What Swift cannot call itself: variadic functions, calls whose constants are enums of another type, calls without a
// wrapper in libc, and structs with unions. Each function returns a value of 0 or more, or -errno.
#ifndef CLINUX_H
#define CLINUX_H

#include <dirent.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/user.h>
#include <time.h>

/// ptrace(2), which is variadic and takes an enum. Not for the PEEK requests, whose result is not a status.
int clinux_ptrace(int request, pid_t thread, uintptr_t address, uintptr_t data);

/// PTRACE_GETREGSET of NT_PRSTATUS; the length that the kernel filled in, shorter for a thread in 32-bit mode.
int clinux_get_registers(pid_t thread, struct user_regs_struct *_Nonnull registers);

/// PTRACE_SETREGSET of NT_PRSTATUS.
int clinux_set_registers(pid_t thread, const struct user_regs_struct *_Nonnull registers);

/// PTRACE_GETEVENTMSG: for a clone event the identifier of the new thread.
int clinux_get_event_message(pid_t thread, unsigned long *_Nonnull message);

/// PTRACE_GET_RSEQ_CONFIGURATION (Linux 5.13): where the thread's `struct rseq` lies, 0 if it has none.
int clinux_get_rseq_address(pid_t thread, uint64_t *_Nonnull address);

/// PTRACE_GETSIGMASK: the signals that the thread blocks; where a call such as ppoll(2) has replaced them for a while, the
/// ones that it will block afterwards.
int clinux_get_signal_mask(pid_t thread, uint64_t *_Nonnull mask);

/// PTRACE_SETSIGMASK.
int clinux_set_signal_mask(pid_t thread, uint64_t mask);

/// The bytes that XSAVE writes for the components that the system has enabled (CPUID 0DH), 0 if it has not enabled XSAVE.
uint32_t clinux_extended_state_size(void);

/// waitpid(2) with __WALL for one thread. Unlike other calls it does return -EINTR, for the alarm below.
pid_t clinux_wait(pid_t thread, int *_Nonnull status, int without_blocking);

/// gettid(2), which the module map does not show.
pid_t clinux_thread(void);

/// open(2), which is variadic; always with O_CLOEXEC.
int clinux_open_at(int directory, const char *_Nonnull path, int flags);

/// mkostemp(3), which only _GNU_SOURCE declares; always with O_CLOEXEC. Replaces the last six bytes, which are "XXXXXX".
int clinux_make_temporary(char *_Nonnull template);

/// The next entry of a directory whose name is a decimal number, or 0 at its end.
pid_t clinux_next_number(DIR *_Nonnull directory);

/// A timer that signals the calling thread only, so that a blocked waitpid(2) returns -EINTR.
int clinux_create_thread_alarm(timer_t _Nullable *_Nonnull timer);

/// Lets the timer fire after some nanoseconds and then every 5 ms, so that none is lost; 0 stops it.
int clinux_set_thread_alarm(timer_t _Nullable timer, long nanoseconds);

/// timer_delete(2).
int clinux_delete_thread_alarm(timer_t _Nullable timer);

/// perf_event_open(2) of a dummy event on one processor: a record for every executable mapping (PERF_RECORD_MMAP2, with
/// build IDs from Linux 5.12 on) and for every process that begins or ends, of all processes; its attributes are bit-fields.
int clinux_open_mapping_events(int processor, int with_build_id);

/// The field data_head of a perf ring's first page, read with acquire order.
uint64_t clinux_ring_head(const void *_Nonnull page);

/// Writes the field data_tail of a perf ring's first page with release order.
void clinux_ring_set_tail(void *_Nonnull page, uint64_t tail);

/// A socket(2) of the process connector (NETLINK_CONNECTOR, CN_IDX_PROC), which does not block, and a request for its events,
/// which the kernel answers by an event. The length that the kernel keeps is in bytes.
int clinux_open_process_events(int buffer_size);

/// A socket(2) of what the kernel tells of devices (NETLINK_KOBJECT_UEVENT), which does not block.
int clinux_open_device_events(void);

/// The next message of a netlink(7) socket, its length, or 0 for one that is not the kernel's.
int clinux_next_kernel_message(int descriptor, void *_Nullable buffer, size_t size);

/// Tells the kernel that nobody wants the events any more; older ones count who listens and do not notice a close(2).
void clinux_end_process_events(int descriptor);

/// eventfd(2) that counts as a semaphore and does not block.
int clinux_open_semaphore(void);

/// ppoll(2) of one descriptor for reading; an interruption ends it early.
int clinux_wait_readable(int descriptor, const struct timespec *_Nonnull limit);

/// ppoll(2) of up to 16 descriptors for reading, for ever without a limit: a bit for each that can be read; an interruption
/// ends it early, with none. A number below 0 stands for no descriptor.
int clinux_wait_for_any(const int *_Nonnull descriptors, size_t count, const struct timespec *_Nullable limit);

/// inotify(7) for names of a folder that a rename(2) gives to another file; does not block.
int clinux_watch_names(const char *_Nonnull folder);

/// Takes up what inotify(7) has told: 1 if it may concern a name, 0 if not.
int clinux_take_names(int descriptor, const char *_Nonnull name);

/// Ends this program at once; other threads do not finish what they do.
_Noreturn void clinux_end_at_once(int status);

/// Makes this program the first of a session of its own, without a terminal (setsid(2)).
int clinux_leave_session(void);

/// Blocks SIGTERM, SIGINT and SIGHUP for the calling thread and those that it starts, and makes a signalfd(2) of them.
/// SIGPIPE is blocked, too, so that a write tells that nobody reads any more.
int clinux_open_termination(void);

/// Waits for the next signal of a signalfd(2); its number.
int clinux_next_signal(int descriptor);

/// Gives memory that is free back to the system, and lets few threads have pools of their own from now on (mallopt(3)).
void clinux_release_memory(void);

/// posix_spawn(3) of a program with the environment of this one: no input, output and errors to descriptors, signals as a
/// program expects them, and as descriptor 3 what tells by being closed that the program has ended; its number.
pid_t clinux_spawn(
    const char *_Nonnull path, char *_Nullable const *_Nonnull arguments, int output, int errors, int life);

/// pipe2(2), which only _GNU_SOURCE declares: the end to read and the end to write, both with O_CLOEXEC.
int clinux_open_pipe(int *_Nonnull ends);

/// memfd_create(2).
int clinux_memory_file(void);

/// Lets a program that is one static file look names up in files and by DNS alone (nsswitch.conf(5)): modules of the host
/// belong to the host's own C library, and loading one ends the program.
void clinux_use_plain_names(void);

/// Sends a state to the manager of services whose socket the environment names (sd_notify(3)); 0 without one.
int clinux_notify(const char *_Nonnull socket_path, const char *_Nonnull state);

/// finit_module(2) without parameters for the module; the call has no wrapper.
int clinux_load_module(int descriptor);

/// delete_module(2), which does not wait for a module that is in use.
int clinux_unload_module(const char *_Nonnull name);

/// open(2) for reading a file whose end is EAGAIN, such as /dev/kmsg.
int clinux_open_without_blocking(const char *_Nonnull path);

#endif
