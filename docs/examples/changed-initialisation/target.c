static int is_ready;
static unsigned limit;

static void prepare(void) {
    if (is_ready) return;
    limit = 0 - 1u; /* No limit: that is the fault. */
    is_ready = 1;
}

int f(int x) {
    prepare();
    return (unsigned)x <= limit;
}
