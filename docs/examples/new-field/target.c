struct session {
    int id;
    int used;
};

static struct session sessions[8];

/* Takes 10 units for a session: 1 if it got them. A session may take as often as it likes. */
static int take(struct session *session) {
    session->used += 10;
    return 1;
}

static int end(struct session *session) {
    session->used = 0;
    return 2;
}

int f(int x) {
    struct session *session = &sessions[x & 7];
    return x & 8 ? end(session) : take(session) + session->used;
}
