// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What a call does to a lock, a count or an object, told by the function's name.
///
/// The table is data: a name that is missing is added here, above a pattern that is too wide.
enum ResourceCalls {
    /// What is done.
    enum Kind: Hashable {
        case lock
        case unlock
        /// A count of users goes up or down by an atomic operation, or an object is handed out once more.
        case reference
        /// Something is made that somebody must give back.
        case acquire
        /// Something grows, or becomes another one in its place.
        case resize
        /// Something is given back.
        case release
    }

    /// What is done, to which argument, and by which functions; `*` stands for anything, and the first match counts.
    private static let table: [(kind: Kind?, argument: Int, patterns: String)] = [
        // No use of a resource, though the name looks like one.
        (nil, 0, "ERR_* OBJ_new_nid *_init_*lock* *freeze* *_block *_unblock *_is_locked __atomic_is_lock_free*"),
        (nil, 0, "pthread_*lock*_init pthread_*lockattr_*"),
        (.release, 0, "pthread_*_destroy"),
        // Giving a lock back comes first: those names hold the names of taking it.
        (.unlock, 0, "*unlock* sem_post *_up_read *_up_write mutex_exit* __atomic_clear __sync_lock_release*"),
        (.acquire, 0, "CRYPTO_THREAD_lock_new"),
        (.release, 0, "CRYPTO_THREAD_lock_free"),
        (.lock, 0, "pthread_*lock* CRYPTO_THREAD_*_lock lock *_lock *_lock_* lock_* *_trylock *_rdlock *_wrlock"),
        (.lock, 0, "mtx_timedlock sem_wait sem_trywait sem_timedwait flock lockf mutex_enter* __lll_lock*"),
        (.lock, 0, "__atomic_test_and_set __sync_lock_test_and_set*"),
        // Counts.
        (.reference, 0, "*_up_ref *_up_ref_* *_ref *_addref *_retain *_get_ref kref_get* refcount_inc*"),
        (.reference, 0, "CRYPTO_atomic_add CRYPTO_UP_REF CRYPTO_DOWN_REF"),
        (.reference, 0, "__atomic_fetch_* __atomic_*_fetch* __atomic_*exchange*"),
        (.reference, 0, "__sync_fetch_* __sync_*_fetch* __sync_*_compare_and_swap*"),
        (.release, 0, "*_unref *_down_ref *_put *_decref kref_put* refcount_dec*"),
        // Memory and objects.
        (.resize, 0, "*realloc* *_grow *_grow_* *_resize *_expand"),
        (.release, 1, "kmem_cache_free"),
        (.release, 0, "*_free *_free_* free_* *free *_destroy munmap"),
        (
            .acquire, 0,
            "*alloc* *_new *_new_* new_* *_dup *_dup_* *strdup *strndup *asprintf memalign posix_memalign mmap"
        ),
        // Files.
        (.acquire, 0, "dup dup2 dup3 open openat open64 creat fopen* fdopen popen opendir fdopendir socket accept"),
        (.acquire, 0, "accept4 pipe pipe2 shm_open epoll_create*"),
        (.release, 0, "close fclose pclose closedir"),
    ]

    private static let rows = table.flatMap { row in
        row.patterns.split(separator: " ").map { (pattern: Array($0.utf8), kind: row.kind, argument: row.argument) }
    }

    /// What a function does, and to which argument; nil if it is nothing of this kind.
    static func meaning(of name: String) -> Meaning? {
        // Units call the same functions again and again.
        if let known = known.withLock({ $0[name] }) { return known.meaning }
        let meaning = meaning(in: name)
        known.withLock { $0[name] = Known(meaning: meaning) }
        return meaning
    }

    /// What is done, and to which argument.
    struct Meaning {
        var kind: Kind
        var argument: Int
    }

    private struct Known {
        var meaning: Meaning?
    }

    private static let known = Mutex<[String: Known]>([:])

    private static func meaning(in name: String) -> Meaning? {
        var name = name[...]
        if name.hasPrefix("__builtin_") { name = name.dropFirst(10) }
        let bytes = Array(name.utf8)
        guard let row = rows.first(where: { matches(bytes[...], $0.pattern[...]) }), let kind = row.kind else {
            return nil
        }
        return Meaning(kind: kind, argument: row.argument)
    }

    private static func matches(_ name: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        let rest = pattern.dropFirst()
        if first == UInt8(ascii: "*") {
            if rest.isEmpty { return true }
            return (name.startIndex...name.endIndex).contains { matches(name[$0...], rest) }
        }
        return name.first == first && matches(name.dropFirst(), rest)
    }
}
