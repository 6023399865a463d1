// SPDX-License-Identifier: Apache-2.0

extension Sources {
    /// A program whose threads wait in system calls, one in each that it is told, and note what these should not tell.
    ///
    /// It links the library, and knows the commands `value` and `state`.
    static let calls = """
        #define _GNU_SOURCE
        #include <errno.h>
        #include <linux/futex.h>
        #include <poll.h>
        #include <pthread.h>
        #include <semaphore.h>
        #include <signal.h>
        #include <stdio.h>
        #include <string.h>
        #include <sys/epoll.h>
        #include <sys/eventfd.h>
        #include <sys/ipc.h>
        #include <sys/select.h>
        #include <sys/sem.h>
        #include <sys/socket.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <sys/timerfd.h>
        #include <sys/wait.h>
        #include <time.h>
        #include <unistd.h>
        extern int value(int);
        static volatile int interrupted, early, wrong, rounds;
        static const long limit = 20000000;
        static const struct timespec time_limit = {0, 20000000};

        static long now(void) {
            struct timespec time;
            clock_gettime(CLOCK_MONOTONIC, &time);
            return time.tv_sec * 1000000000 + time.tv_nsec;
        }
        /* Each waits for 20 ms, and returns 0 if it has ended as it should. */
        static int pair[2], set, semaphore, event, word;
        static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER, other_lock = PTHREAD_MUTEX_INITIALIZER;
        static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
        static sem_t posix;
        static int fails_with(long result, int number) {
            if (result < 0 && errno == EINTR) { __sync_fetch_and_add(&interrupted, 1); return 0; }
            return result < 0 && errno == number ? 0 : 1;
        }
        static int in_epoll_wait(void) { struct epoll_event e; return epoll_wait(set, &e, 1, 20) == 0 ? 0 : fails_with(-1, 0); }
        static int in_epoll_pwait2(void) {
            struct epoll_event e;
            return syscall(SYS_epoll_pwait2, set, &e, 1, &time_limit, NULL, 0) == 0 ? 0 : fails_with(-1, 0);
        }
        static int in_poll(void) {
            struct pollfd p = {event, POLLIN};
            return poll(&p, 1, 20) == 0 ? 0 : fails_with(-1, 0);
        }
        static int in_ppoll(void) {
            struct pollfd p = {event, POLLIN};
            sigset_t all;
            sigfillset(&all);
            return ppoll(&p, 1, &time_limit, &all) == 0 ? 0 : fails_with(-1, 0);
        }
        static int in_select(void) {
            fd_set files;
            struct timeval time = {0, 20000};
            FD_ZERO(&files);
            FD_SET(event, &files);
            return select(event + 1, &files, NULL, NULL, &time) == 0 ? 0 : fails_with(-1, 0);
        }
        static int in_semtimedop(void) { struct sembuf take = {0, -1, 0}; return fails_with(semtimedop(semaphore, &take, 1, &time_limit), EAGAIN); }
        static int in_sigtimedwait(void) {
            sigset_t one;
            sigemptyset(&one);
            sigaddset(&one, SIGUSR2);
            return fails_with(sigtimedwait(&one, NULL, &time_limit), EAGAIN);
        }
        static int in_recv(void) { char byte; return fails_with(recv(pair[0], &byte, 1, 0), EAGAIN); }
        static int in_read(void) { char byte; return fails_with(read(pair[0], &byte, 1), EAGAIN); }
        static int in_accept(void) {
            static __thread int listening = -1;
            if (listening < 0) {
                struct timeval time = {0, 20000};
                listening = socket(AF_UNIX, SOCK_STREAM, 0);
                if (bind(listening, &(struct sockaddr){AF_UNIX}, 2) || listen(listening, 1)) return 1;
                setsockopt(listening, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
            }
            return fails_with(accept(listening, NULL, NULL), EAGAIN);
        }
        static int in_nanosleep(void) { return nanosleep(&time_limit, NULL) == 0 ? 0 : fails_with(-1, 0); }
        static int in_clock_nanosleep(void) {
            long end = now() + limit;
            struct timespec time = {end / 1000000000, end % 1000000000};
            errno = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
            return errno == 0 ? 0 : fails_with(-1, 0);
        }
        static int in_futex(void) { return fails_with(syscall(SYS_futex, &word, FUTEX_WAIT, 0, &time_limit, NULL, 0), ETIMEDOUT); }
        static int in_condition(void) {
            struct timespec time;
            clock_gettime(CLOCK_REALTIME, &time);
            time.tv_nsec += limit;
            if (time.tv_nsec >= 1000000000) { time.tv_sec++; time.tv_nsec -= 1000000000; }
            pthread_mutex_lock(&lock);
            int result = pthread_cond_timedwait(&condition, &lock, &time);
            pthread_mutex_unlock(&lock);
            return result == ETIMEDOUT ? 0 : 1;
        }
        static int in_mutex(void) {
            /* Handed on between threads: what is held is held alone. */
            static int inside;
            pthread_mutex_lock(&other_lock);
            int alone = ++inside == 1;
            usleep(20500);
            inside--;
            pthread_mutex_unlock(&other_lock);
            return alone ? 0 : 1;
        }
        static int in_sem_timedwait(void) {
            struct timespec time;
            clock_gettime(CLOCK_REALTIME, &time);
            time.tv_nsec += limit;
            if (time.tv_nsec >= 1000000000) { time.tv_sec++; time.tv_nsec -= 1000000000; }
            return fails_with(sem_timedwait(&posix, &time), ETIMEDOUT);
        }
        static int in_timer(void) {
            static __thread int timer = -1;
            unsigned long count;
            if (timer < 0) timer = timerfd_create(CLOCK_MONOTONIC, 0);
            timerfd_settime(timer, 0, &(struct itimerspec){.it_value = time_limit}, NULL);
            return read(timer, &count, sizeof count) == sizeof count && count == 1 ? 0 : fails_with(-1, 0);
        }
        static int in_waitpid(void) {
            int status;
            pid_t child = fork();
            if (child == 0) { usleep(21000); _exit(7); }
            return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 7
                ? 0 : fails_with(-1, 0);
        }
        static int in_pause(void) {
            /* Ends by a signal, and by nothing else. */
            static __thread timer_t timer;
            static __thread int made;
            extern void handle(int);
            sigset_t none;
            sigemptyset(&none);
            if (!made) {
                struct sigevent to = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN};
                to._sigev_un._tid = (int)syscall(SYS_gettid);
                if (timer_create(CLOCK_MONOTONIC, &to, &timer)) return 1;
                made = 1;
            }
            extern __thread volatile int handled;
            handled = 0;
            timer_settime(timer, 0, &(struct itimerspec){.it_value = time_limit}, NULL);
            return sigsuspend(&none) == -1 && errno == EINTR && handled == 1 ? 0 : 1;
        }
        __thread volatile int handled;
        void handle(int signal) { handled++; }

        static const struct { const char *name; int (*wait)(void); } kinds[] = {
            {"epoll_wait", in_epoll_wait}, {"epoll_pwait2", in_epoll_pwait2}, {"poll", in_poll}, {"ppoll", in_ppoll},
            {"select", in_select}, {"semtimedop", in_semtimedop}, {"sigtimedwait", in_sigtimedwait}, {"recv", in_recv},
            {"read", in_read}, {"accept", in_accept}, {"nanosleep", in_nanosleep},
            {"clock_nanosleep", in_clock_nanosleep}, {"futex", in_futex}, {"condition", in_condition},
            {"mutex", in_mutex}, {"sem_timedwait", in_sem_timedwait}, {"timer", in_timer}, {"waitpid", in_waitpid},
            {"pause", in_pause},
        };
        static void *repeat(void *kind) {
            int (*wait)(void) = kinds[(long)kind].wait;
            sigset_t pausing;
            sigemptyset(&pausing);
            sigaddset(&pausing, SIGRTMIN);
            sigaddset(&pausing, SIGUSR2);
            pthread_sigmask(SIG_BLOCK, &pausing, NULL);
            for (;;) {
                long before = now();
                if (wait() != 0) __sync_fetch_and_add(&wrong, 1);
                /* Some timeouts are counted in jiffies. */
                if (now() - before < limit - 8000000) __sync_fetch_and_add(&early, 1);
                __sync_fetch_and_add(&rounds, 1);
            }
        }
        int main(int count, char **arguments) {
            struct timeval time = {0, 20000};
            struct sigaction action = {.sa_handler = handle};
            sigaction(SIGRTMIN, &action, NULL);
            set = epoll_create1(0);
            event = eventfd(0, 0);
            semaphore = semget(IPC_PRIVATE, 1, 0600);
            sem_init(&posix, 0, 0);
            if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) || semaphore < 0) return 1;
            setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
            setvbuf(stdout, NULL, _IOLBF, 0);
            for (int i = 1; i < count; i++)
                for (long kind = 0; kind < (long)(sizeof kinds / sizeof *kinds); kind++) {
                    pthread_t thread;
                    if (!strcmp(kinds[kind].name, arguments[i])) pthread_create(&thread, NULL, repeat, (void *)kind);
                }
            puts("ready");
            for (char line[64]; fgets(line, sizeof line, stdin);)
                if (!strcmp(line, "value\\n")) printf("%d\\n", value(0));
                else if (!strcmp(line, "rounds\\n")) printf("%d\\n", rounds);
                else printf("interrupted %d early %d wrong %d\\n", interrupted, early, wrong);
            semctl(semaphore, 0, IPC_RMID);
            _exit(0);
        }
        """
}
