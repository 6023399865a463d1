// SPDX-License-Identifier: Apache-2.0
// Uses glibc widely, and says for each area what came of it.
//
// Reads lines from standard input. For each, every area runs once, and one line tells its results; a line that is only a
// full stop ends them. What differs from run to run is not told, so that two runs must say the same. The end of the input
// ends it. Names are asked of a server that the program itself is, so that no network is needed.
#define _GNU_SOURCE
#include <aio.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <assert.h>
#include <dlfcn.h>
#include <errno.h>
#include <iconv.h>
#include <locale.h>
#include <malloc.h>
#include <math.h>
#include <netdb.h>
#include <nss.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <regex.h>
#include <resolv.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>
#include <wchar.h>
#include <wordexp.h>

static void tell(const char *name, long value) { printf(" %s=%ld", name, value); }

static void text(const char *name, const char *value) { printf(" %s=%s", name, value ? value : "-"); }

static void fraction(const char *name, double value) { printf(" %s=%a", name, value); }

static void memory(void) {
    void *blocks[64];
    long sum = 0;
    for (int i = 0; i < 64; i++) {
        blocks[i] = i % 4 == 3 ? memalign((size_t)16 << i % 12, 100 + i) : malloc((size_t)1 << i % 17);
        if (i % 4 == 3) sum += (long)((size_t)blocks[i] % ((size_t)16 << i % 12));
        memset(blocks[i], i, 16 < malloc_usable_size(blocks[i]) ? 16 : 1);
    }
    for (int i = 0; i < 64; i += 2) { blocks[i] = realloc(blocks[i], 5000 + i); sum += ((char *)blocks[i])[0]; }
    for (int i = 0; i < 64; i++) free(blocks[i]);
    tell("blocks", sum);
    void *block = NULL;
    volatile size_t size = SIZE_MAX / 2 - 64, alignment = (size_t)1 << 62;
    tell("large", posix_memalign(&block, 64, size)); tell("aligned", posix_memalign(&block, alignment, 1 << 20));
    void *zeroes = calloc(1000, 7); tell("zeroes", ((char *)zeroes)[6999]); free(zeroes);
    char *pages = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pages[0] = 42;
    char *moved = mremap(pages, 3 * 4096, 64 * 4096, MREMAP_MAYMOVE); tell("moved", moved[0]);
    char *place = mmap(NULL, 64 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    moved = mremap(moved, 64 * 4096, 64 * 4096, MREMAP_MAYMOVE | MREMAP_FIXED, place);
    tell("fixed", moved == place && moved[0] == 42); munmap(moved, 64 * 4096);
}

static pthread_mutex_t mutexes[3];
static long counted;
static __thread long own = 7;

static void *work(void *kind) {
    for (int i = 0; i < 2000; i++) {
        pthread_mutex_t *mutex = &mutexes[(long)kind % 3];
        while (pthread_mutex_trylock(mutex) != 0) sched_yield();
        counted++; own++;
        pthread_mutex_unlock(mutex);
        free(malloc(100 + i));
    }
    return (void *)own;
}

static void threads(void) {
    static const int types[] = {PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_ERRORCHECK};
    for (int i = 0; i < 3; i++) {
        pthread_mutexattr_t attributes;
        pthread_mutexattr_init(&attributes); pthread_mutexattr_settype(&attributes, types[i]);
        pthread_mutex_init(&mutexes[i], &attributes);
        pthread_t made[2]; void *ends[2]; counted = 0;
        for (int j = 0; j < 2; j++) pthread_create(&made[j], NULL, work, (void *)(long)i);
        for (int j = 0; j < 2; j++) pthread_join(made[j], &ends[j]);
        tell("counted", counted); tell("own", (long)ends[0] + (long)ends[1]);
        pthread_mutex_lock(&mutexes[i]); tell("again", pthread_mutex_trylock(&mutexes[i])); pthread_mutex_unlock(&mutexes[i]);
    }
    int processor = sched_getcpu(); tell("processor", processor >= 0 && processor < get_nprocs_conf());
    tell("processors", get_nprocs()); cpu_set_t set; tell("affinity", sched_getaffinity(0, sizeof set, &set));
}

static void streams(void) {
    char buffer[200], *large = NULL; size_t size = 0;
    FILE *stream = fmemopen((char[]){"one two 3 4.5 end"}, 17, "r");
    char a[20], b[20]; int n = 0; double d = 0;
    tell("scanned", fscanf(stream, "%19s %19s %d %lf", a, b, &n, &d)); text("a", a); text("b", b); tell("n", n); fraction("d", d);
    for (int i = 0; i < 20; i++) tell("", ungetc('a' + i, stream));
    for (int i = 0; i < 20; i++) printf("%c", getc(stream));
    tell("", getc(stream)); fclose(stream);
    stream = tmpfile(); tell("put", fputs("line\nnext\n", stream)); rewind(stream); getc(stream);
    tell("", ungetc('l', stream)); tell("", ungetc('x', stream)); tell("read", (long)fread(buffer, 1, 4, stream));
    printf(" %.4s", buffer); fclose(stream);
    stream = open_memstream(&large, &size); fprintf(stream, "%08.3f|%-6s|%#x|%'d|%ls", 3.14159, "ab", 255, 1234567, L"wide");
    fclose(stream); text("memory", large); tell("size", (long)size); free(large);
    swprintf((wchar_t[20]){0}, 20, L"%d", 5); wchar_t wide[40]; wmemset(wide, L'x', 39); wide[39] = 0; tell("wide", (long)wcslen(wide));
    char bytes[300]; for (int i = 1; i < 300; i += 37) { memset(bytes, i, i); tell("", bytes[i - 1]); }
    memset(bytes + 3, 9, 130); tell("unaligned", bytes[132]); tell("", ffsll(0)); tell("", ffsll(1LL << 40)); tell("", ffsll(-1));
}

static void numbers(void) {
    static const double values[] = {0, 1e-9, -0.3, 0.7, 1, 2.5, 17, 700, -700, 1e300};
    for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
        volatile double x = values[i];
        fraction("exp", exp(x)); fraction("expm1", expm1(x)); fraction("log1p", log1p(fabs(x))); fraction("log2", log2(fabs(x) + 1));
        fraction("exp2f", exp2f((float)x)); fraction("expf", expf((float)x)); fraction("pow", pow(fabs(x), 0.3));
        fraction("sin", sin(x)); fraction("sinh", sinh(x)); fraction("tgamma", tgamma(x + 0.5)); fraction("logf", logf(fabsf((float)x) + 1));
    }
    fraction("strtod", strtod("1.23456789e-5", NULL)); tell("strtol", strtol("-0x7f", NULL, 16));
}

static void conversion(const char *from, const char *to, const char *bytes, size_t count) {
    iconv_t made = iconv_open(to, from);
    if (made == (iconv_t)-1) { tell(from, -1); return; }
    // Little room at a time, so that what does not fit is kept for the next call.
    char out[256]; size_t used = 0;
    for (int i = 0; i < 64 && count > 0; i++) {
        size_t room = 5 + (size_t)i % 3; char *next = out + used;
        char *in = (char *)bytes; size_t left = count;
        size_t result = iconv(made, &in, &left, &next, &room);
        bytes = in; count = left; used = (size_t)(next - out);
        if (result == (size_t)-1 && errno != E2BIG) { tell("errno", errno); break; }
        if (used > sizeof out - 16) break;
    }
    size_t room = 16; char *next = out + used; iconv(made, NULL, NULL, &next, &room); used = (size_t)(next - out);
    printf(" %s>%s=", from, to); for (size_t i = 0; i < used; i++) printf("%02x", (unsigned char)out[i]);
    iconv_close(made);
}

static void characters(void) {
    static const char *sets[] = {"IBM1364", "IBM1371", "IBM1388", "IBM1390", "IBM1399", "ANSI_X3.110", "EUC-JP", "SJIS", "ISO-2022-JP", "BIG5", "GB18030"};
    for (unsigned i = 0; i < sizeof sets / sizeof *sets; i++) {
        conversion("UTF-8", sets[i], "Abc 123 \xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88 xyz", 21);
        conversion(sets[i], "UTF-8", "\xc1\x82\x83\x40\xf1\xf2", 6);
    }
    conversion("ANSI_X3.110", "UTF-8", "\xc1" "a\xc2" "e\xc8u\xc3", 7); conversion("UTF-8", "ANSI_X3.110", "\xc3\xa4\xc3\xa9", 4);
    conversion("UTF-8", "UTF-16LE", "\xf0\x9f\x90\xb1 cat", 8);
}

static void patterns(void) {
    static const char *sources[] = {"^a[bc]+d$", "[[:alpha:]]{2,}", "(x|y)*z", "[a-", "[[=a=]]", "\\(a\\)\\1", "[^0-9]+[.]"};
    for (unsigned i = 0; i < sizeof sources / sizeof *sources; i++) {
        regex_t pattern; regmatch_t found[2];
        int made = regcomp(&pattern, sources[i], REG_EXTENDED); tell("made", made);
        if (made) continue;
        tell("found", regexec(&pattern, "abcbcd xyzz. aa", 2, found, 0)); tell("at", found[0].rm_so); regfree(&pattern);
    }
    wordexp_t words; tell("words", wordexp("a $HOME/x 'b c' ${UNSET:-none}", &words, 0)); tell("count", (long)words.we_wordc);
    text("last", words.we_wordv[3]); tell("appended", wordexp("d e", &words, WRDE_APPEND)); tell("count", (long)words.we_wordc);
    tell("reused", wordexp("f g h", &words, WRDE_REUSE)); tell("count", (long)words.we_wordc); text("first", words.we_wordv[0]); wordfree(&words);
}

// A name server on a port of its own: it answers by what the name begins with.
static int serverPort;

static size_t answer(const unsigned char *question, size_t count, unsigned char *out) {
    char name[256];
    int used = dn_expand(question, question + count, question + 12, name, sizeof name);
    if (used < 0) return 0;
    size_t end = 12 + (size_t)used + 4;
    int type = question[end - 3] | question[end - 4] << 8;
    memcpy(out, question, end); out[2] |= 0x84; out[3] = 0x80; memset(out + 6, 0, 6);
    if (!strncmp(name, "refused", 7)) { out[3] |= 5; return end; }
    if (!strncmp(name, "absent", 6)) { out[3] |= 3; return end; }
    static const unsigned char address[] = {192, 0, 2, 17}, six[] = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    unsigned char pointer[256]; int size = 0; const unsigned char *data = address;
    if (type == ns_t_a) { size = 4; } else if (type == ns_t_aaaa) { size = 16; data = six; }
    else if (type == ns_t_ptr) { size = dn_comp("host.example.org", pointer, sizeof pointer, NULL, NULL); data = pointer; }
    if (!size) return end;
    out[7] = 1;
    const unsigned char head[] = {0xc0, 12, 0, (unsigned char)type, 0, 1, 0, 0, 0, 60, 0, (unsigned char)size};
    memcpy(out + end, head, sizeof head); memcpy(out + end + sizeof head, data, (size_t)size);
    return end + sizeof head + (size_t)size;
}

static void *serve(void *unused) {
    (void)unused;
    int made = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}; socklen_t size = sizeof here;
    bind(made, (struct sockaddr *)&here, size); getsockname(made, (struct sockaddr *)&here, &size);
    __atomic_store_n(&serverPort, ntohs(here.sin_port), __ATOMIC_RELEASE);
    for (;;) {
        unsigned char question[512], reply[1024]; struct sockaddr_in from; socklen_t length = sizeof from;
        ssize_t count = recvfrom(made, question, sizeof question, 0, (struct sockaddr *)&from, &length);
        if (count < 17) continue;
        size_t filled = answer(question, (size_t)count, reply);
        if (filled) sendto(made, reply, filled, 0, (struct sockaddr *)&from, length);
    }
    return NULL;
}

static void names(void) {
    res_init();
    _res.nscount = 1; _res.retrans = 1; _res.retry = 2; _res.dnsrch[0] = NULL;
    _res.nsaddr_list[0] = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)serverPort), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    static const char *asked[] = {"host.example.org", "absent.example.org", "refused.example.org"};
    for (int i = 0; i < 3; i++) {
        struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_family = i ? AF_INET : AF_UNSPEC}, *found = NULL;
        tell("asked", getaddrinfo(asked[i], "80", &hints, &found));
        char shown[64] = "";
        for (struct addrinfo *one = found; one; one = one->ai_next) { getnameinfo(one->ai_addr, one->ai_addrlen, shown, sizeof shown, NULL, 0, NI_NUMERICHOST); text("is", shown); }
        if (found) freeaddrinfo(found);
    }
    struct in_addr address; inet_pton(AF_INET, "192.0.2.17", &address);
    struct hostent *host = gethostbyaddr(&address, sizeof address, AF_INET); text("host", host ? host->h_name : NULL);
    struct netent *network = getnetbyaddr(0xC00002, AF_INET); text("network", network ? network->n_name : NULL);
    network = getnetbyaddr(0, AF_INET); tell("none", network == NULL || network->n_name != NULL);
    struct passwd *root = getpwuid(0); text("user", root ? root->pw_name : NULL);
}

static volatile int never = 1;

static void ends(void) {
    int pipes[2]; char said[300]; ssize_t count;
    if (pipe(pipes)) return;
    fflush(stdout);
    pid_t child = fork();
    if (!child) {
        dup2(pipes[1], 2); signal(SIGABRT, SIG_DFL); assert(never == 0); _exit(0);
    }
    close(pipes[1]); count = read(pipes[0], said, sizeof said - 1); said[count < 0 ? 0 : count] = 0; close(pipes[0]);
    int status; waitpid(child, &status, 0); tell("signal", WTERMSIG(status)); text("said", strchr(said, ':') ? "assertion" : said);
    fflush(stdout);
    child = fork();
    if (!child) {
        FILE *stream = fopen("/etc/passwd", "r"); getc(stream); for (int i = 0; i < 10; i++) ungetc('x', stream);
        freopen("/dev/null", "w", stdout); exit(3);
    }
    waitpid(child, &status, 0); tell("exit", WEXITSTATUS(status));
}

static void loading(void) {
    // Libraries of the C library itself, and a module with thread-local variables if there is one beside the program.
    static const char *files[] = {"libresolv.so.2", "libutil.so.1", "libnss_compat.so.2"};
    for (int round = 0; round < 3; round++)
        for (unsigned i = 0; i < 3; i++) {
            void *loaded = dlopen(files[i], RTLD_NOW); tell("loaded", loaded != NULL);
            if (loaded) dlclose(loaded);
        }
    struct dl_find_object found; tell("object", _dl_find_object((void *)loading, &found)); tell("frame", found.dlfo_eh_frame != NULL);
    tell("library", _dl_find_object((void *)exp, &found)); Dl_info info; tell("address", dladdr((void *)tell, &info) != 0);
    text("setenv", setenv("CORPUS", "1", 1) ? NULL : getenv("CORPUS")); setlocale(LC_ALL, "C.UTF-8"); struct utmp *user; setutent(); user = getutent();
    tell("utmp", user == NULL || user->ut_type >= 0); endutent(); tell("time", (long)mktime(&(struct tm){.tm_year = 100, .tm_mday = 3}));
}

static void files(void) {
    char name[] = "/tmp/corpus-XXXXXX", bytes[] = "asynchronous", back[20] = ""; int made = mkstemp(name);
    struct aiocb write = {.aio_fildes = made, .aio_buf = bytes, .aio_nbytes = 12}; const struct aiocb *list[] = {&write};
    tell("write", aio_write(&write)); while (aio_error(&write) == EINPROGRESS) aio_suspend(list, 1, NULL); tell("wrote", aio_return(&write));
    struct aiocb read = {.aio_fildes = made, .aio_buf = back, .aio_nbytes = 12}; list[0] = &read;
    tell("read", aio_read(&read)); while (aio_error(&read) == EINPROGRESS) aio_suspend(list, 1, NULL); tell("got", aio_return(&read)); text("is", back);
    close(made); unlink(name); char *path = realpath("/tmp/../tmp", NULL); text("path", path); free(path);
}

int main(void) {
    static const struct { const char *name; void (*run)(void); } areas[] = {
        {"memory", memory}, {"threads", threads}, {"streams", streams}, {"numbers", numbers}, {"characters", characters},
        {"patterns", patterns}, {"names", names}, {"ends", ends}, {"loading", loading}, {"files", files}};
    char line[64]; pthread_t server;
    // Modules that are loaded later are there from the start, so that patches for them have where to go.
    static const char *modules[] = {"IBM1364", "IBM1371", "IBM1388", "IBM1390", "IBM1399", "ANSI_X3.110"};
    for (unsigned i = 0; i < sizeof modules / sizeof *modules; i++) iconv_open("UTF-8", modules[i]);
    __nss_configure_lookup("hosts", "dns"); __nss_configure_lookup("networks", "dns");
    pthread_create(&server, NULL, serve, NULL);
    while (!__atomic_load_n(&serverPort, __ATOMIC_ACQUIRE)) sched_yield();
    puts("ready"); fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        for (unsigned i = 0; i < sizeof areas / sizeof *areas; i++) { printf("%s:", areas[i].name); areas[i].run(); puts(""); fflush(stdout); }
        puts("."); fflush(stdout);
    }
    return 0;
}
