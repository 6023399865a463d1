/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the author of a live patch may use in a fix: hooks, and side tables for new members of existing structures.
 *
 * The builder finds this file by itself: a fix says #include "kaketsugi.h". `kaketsugi-build header` prints it. It needs
 * no other header, is C89 and C++98 and later with the extensions of GCC and Clang, and brings nothing into the patch that
 * is not used.
 *
 * Every use of it is part of the fix, and never of the package's own source: only the fixed code is compiled with it.
 */
#ifndef KAKETSUGI_H
#define KAKETSUGI_H 1

/* The macros are used in sources that are compiled with all kinds of warnings as errors. */
#pragma GCC system_header

/*
 * Hooks
 * -----
 *
 * A hook is a function of the patch, `int f(void)`, that runs in the process at a moment of the switch:
 *
 *     static int repair(void) { limit = 4096; return 0; }
 *     KAKETSUGI_AFTER_APPLY(repair);
 *
 * BEFORE_APPLY    before the first function is replaced; a result other than 0 refuses the patch for this process
 * AFTER_APPLY     after the last one is replaced
 * BEFORE_REVERT   before the first function is put back; a result other than 0 refuses the way back
 * AFTER_REVERT    after the last one is put back
 *
 * All of a command's hooks run in one thread while every other thread of the process stands still, at whatever
 * instruction that is. Functions, and what the hooks change, therefore change at one instant for all of them. A result
 * other than 0 of an AFTER_... hook undoes the switch, too. Several hooks of a moment run in no order that one could rely
 * on: where it matters, one hook calls what is to be done in turn.
 *
 * What a hook may do:
 *   - read and write memory: the variables of the program and of the patch, and what they point to;
 *   - call functions of the patch and of the program that do no more than that;
 *   - make a system call that returns at once and changes nothing that another thread relies on.
 * What it must not do:
 *   - take a lock, or wait for anything: whoever has the lock stands still, so that it never comes;
 *   - allocate or free memory, use stdio, or call any other function that is not async-signal-safe (signal-safety(7)):
 *     a thread may stand in the middle of it;
 *   - rely on a list, tree or buffer to be in order: a thread may stand in the middle of a change to it. Check, and
 *     return a number other than 0 if it cannot be told; the patch is refused, and can be tried again;
 *   - start or end threads, execute a program, change signal handlers, leave by longjmp;
 *   - use more than 60 KiB of stack, or 1 second (it is given up then, with what it has changed half done);
 *   - change errno: if it calls something that does, it puts the old value back.
 * It must be idempotent, that is do no harm if it runs twice: where the tool is killed in the middle of a switch, the next
 * command runs the hooks again. And what it refers to outlives a failure: where a later hook fails, what an earlier one
 * has changed stays changed.
 *
 * A hook that raises a signal is given up, too: the process lives, its functions are what they were before the command,
 * and the command says where it happened.
 */
#define KAKETSUGI_BEFORE_APPLY(f) KAKETSUGI_HOOK_(before_apply, "before-apply", f)
#define KAKETSUGI_AFTER_APPLY(f) KAKETSUGI_HOOK_(after_apply, "after-apply", f)
#define KAKETSUGI_BEFORE_REVERT(f) KAKETSUGI_HOOK_(before_revert, "before-revert", f)
#define KAKETSUGI_AFTER_REVERT(f) KAKETSUGI_HOOK_(after_revert, "after-revert", f)

/* The last declaration takes the semicolon that follows, which -pedantic would not have alone. */
#define KAKETSUGI_HOOK_(moment, name, f)                                                                             \
    static int (*const kaketsugi_##moment##_##f)(void)                                                               \
        __attribute__((__used__, __section__(".kaketsugi.hooks." name))) = f;                                        \
    struct kaketsugi_hook_

/*
 * Side tables
 * -----------
 *
 * A structure that exists cannot get a new member: the objects that the old code has made do not have it. Its value goes
 * into a table beside it, by the object's address:
 *
 *     KAKETSUGI_SIDE_TABLE(budget, struct budget, 1024);
 *
 * defines
 *
 *     struct budget *budget_find(const void *object);    the value of an object, NULL if it has none
 *     struct budget *budget_get(const void *object);     the same, added with all bytes 0 if it has none; NULL if the
 *                                                        table is full
 *     int budget_remove(const void *object);             1 if it had one
 *
 * The table is memory of the patch, for `capacity` objects, and never grows; a full one gives NULL, for which the new code
 * must have an answer, as for an object whose value was never set. Call NAME_remove() where the object is freed, or the
 * next object at the same address finds the value of the last one. Applying a patch again after a revert begins with an
 * empty table.
 *
 * Threads: all three may be called by any number of threads. A pointer is good until its object is removed; what two
 * threads do to one value at a time is the caller's business, as with any member. NAME_find() takes no lock, and may be
 * used in hooks and in signal handlers. NAME_get() of a new object and NAME_remove() hold a spin lock for the time of a
 * search. They may be used in hooks, for the patcher takes care that no thread stands within the patch then, but not in
 * signal handlers, and not in the child of a program with threads between fork() and exec().
 *
 * Cost: a table that is at most three quarters full takes 1 to 3 steps for an object that is there, and up to about 9 for
 * one that is not; each step is a load. Memory: capacity * (8 + the type's size), in pages that are used only as they are
 * touched.
 */
#define KAKETSUGI_SIDE_TABLE(name, type, capacity)                                                                   \
    static struct kaketsugi_table_ name##_kaketsugi_table_;                                                          \
    static unsigned long name##_kaketsugi_keys_[(capacity) > 0 ? (capacity) : -1];                                   \
    static type name##_kaketsugi_values_[(capacity) > 0 ? (capacity) : -1];                                          \
    static __attribute__((__unused__)) type *name##_find(const void *object) {                                       \
        unsigned long at = kaketsugi_find_(name##_kaketsugi_keys_, (capacity), (unsigned long)object);               \
        return at < (unsigned long)(capacity) ? &name##_kaketsugi_values_[at] : (type *)0;                           \
    }                                                                                                                \
    static __attribute__((__unused__)) type *name##_get(const void *object) {                                        \
        unsigned long at = kaketsugi_get_(&name##_kaketsugi_table_, name##_kaketsugi_keys_, (capacity),              \
            (unsigned long)object, name##_kaketsugi_values_, sizeof(type));                                          \
        return at < (unsigned long)(capacity) ? &name##_kaketsugi_values_[at] : (type *)0;                           \
    }                                                                                                                \
    static __attribute__((__unused__)) int name##_remove(const void *object) {                                       \
        return kaketsugi_remove_(                                                                                    \
            &name##_kaketsugi_table_, name##_kaketsugi_keys_, (capacity), (unsigned long)object);                    \
    }                                                                                                                \
    struct kaketsugi_table_

/* What follows is not for use by itself. */

struct kaketsugi_table_ {
    unsigned char lock;
};

/* A key is an object's address. 0 ends a search; 1 is a place that is free again, behind which a search goes on. */

static __inline__ __attribute__((__unused__)) void kaketsugi_lock_(struct kaketsugi_table_ *table) {
    while (__atomic_test_and_set(&table->lock, __ATOMIC_ACQUIRE))
        while (__atomic_load_n(&table->lock, __ATOMIC_RELAXED)) __builtin_ia32_pause();
}

static __inline__ __attribute__((__unused__)) void kaketsugi_unlock_(struct kaketsugi_table_ *table) {
    __atomic_clear(&table->lock, __ATOMIC_RELEASE);
}

/* Objects are aligned: the lowest bits tell nothing. */
static __inline__ __attribute__((__unused__)) unsigned long kaketsugi_home_(unsigned long key, unsigned long capacity) {
    return ((key >> 4) * 0x9e3779b97f4a7c15UL >> 20) % capacity;
}

static __inline__ __attribute__((__unused__)) unsigned long kaketsugi_find_(
    const unsigned long *keys, unsigned long capacity, unsigned long key) {
    unsigned long at = kaketsugi_home_(key, capacity), steps;
    if (key <= 1) return capacity;
    for (steps = 0; steps < capacity; steps++) {
        unsigned long found = __atomic_load_n(&keys[at], __ATOMIC_ACQUIRE);
        if (found == key) return at;
        if (found == 0) break;
        at = at + 1 < capacity ? at + 1 : 0;
    }
    return capacity;
}

static __inline__ __attribute__((__unused__)) unsigned long kaketsugi_get_(
    struct kaketsugi_table_ *table, unsigned long *keys, unsigned long capacity, unsigned long key,
    void *values, unsigned long size) {
    unsigned long at = kaketsugi_find_(keys, capacity, key), steps, i;
    if (at < capacity || key <= 1) return at;
    kaketsugi_lock_(table);
    /* Another thread may have been faster. */
    at = kaketsugi_find_(keys, capacity, key);
    if (at == capacity) {
        unsigned long place = kaketsugi_home_(key, capacity);
        for (steps = 0; steps < capacity && keys[place] > 1; steps++) place = place + 1 < capacity ? place + 1 : 0;
        if (steps < capacity) {
            /* Not a call of memset, which the program may not have; the value is complete before its key is seen. */
            volatile unsigned char *value = (unsigned char *)values + place * size;
            for (i = 0; i < size; i++) value[i] = 0;
            __atomic_store_n(&keys[place], key, __ATOMIC_RELEASE);
            at = place;
        }
    }
    kaketsugi_unlock_(table);
    return at;
}

static __inline__ __attribute__((__unused__)) int kaketsugi_remove_(
    struct kaketsugi_table_ *table, unsigned long *keys, unsigned long capacity, unsigned long key) {
    unsigned long at, next;
    if (kaketsugi_find_(keys, capacity, key) == capacity) return 0;
    kaketsugi_lock_(table);
    at = kaketsugi_find_(keys, capacity, key);
    if (at < capacity) {
        __atomic_store_n(&keys[at], 1UL, __ATOMIC_RELEASE);
        /* Where a search ends anyway, free places need not be searched through: they become ends. */
        next = at + 1 < capacity ? at + 1 : 0;
        if (keys[next] == 0) {
            while (keys[at] == 1) {
                __atomic_store_n(&keys[at], 0UL, __ATOMIC_RELEASE);
                at = at > 0 ? at - 1 : capacity - 1;
            }
        }
    }
    kaketsugi_unlock_(table);
    return at < capacity;
}

#endif
