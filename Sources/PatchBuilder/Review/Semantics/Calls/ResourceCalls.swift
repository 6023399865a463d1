// SPDX-License-Identifier: Apache-2.0

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

    /// A row: a name in which `*` stands for anything, what it does, and the position of the argument it does it to.
    private static let table: [(pattern: String, kind: Kind?, argument: Int)] = [
        // No resource, though the name looks like one.
        ("*freeze*", nil, 0), ("*_block", nil, 0), ("*_unblock", nil, 0), ("*_is_locked", nil, 0),
        ("ERR_*", nil, 0), ("OBJ_new_nid", nil, 0), ("*_init_*lock*", nil, 0), ("__atomic_load*", nil, 0), ("__atomic_thread_fence", nil, 0),
        ("__atomic_signal_fence", nil, 0), ("__atomic_is_lock_free*", nil, 0), ("__sync_synchronize", nil, 0),
        // Locks. Unlocking comes first: its names hold those of locking.
        ("*unlock*", .unlock, 0), ("sem_post", .unlock, 0), ("*_up_read", .unlock, 0), ("*_up_write", .unlock, 0),
        ("mutex_exit*", .unlock, 0),
        ("pthread_*lock*", .lock, 0), ("CRYPTO_THREAD_*_lock", .lock, 0), ("CRYPTO_THREAD_lock_new", .acquire, 0),
        ("CRYPTO_THREAD_lock_free", .release, 0), ("*_lock", .lock, 0), ("*_lock_*", .lock, 0), ("lock_*", .lock, 0),
        ("*_trylock", .lock, 0), ("*_rdlock", .lock, 0), ("*_wrlock", .lock, 0), ("mtx_timedlock", .lock, 0),
        ("sem_wait", .lock, 0), ("sem_trywait", .lock, 0), ("sem_timedwait", .lock, 0), ("flock", .lock, 0),
        ("lockf", .lock, 0), ("mutex_enter*", .lock, 0), ("lock", .lock, 0), ("__lll_lock*", .lock, 0),
        // Counts.
        ("*_up_ref", .reference, 0), ("*_up_ref_*", .reference, 0), ("*_ref", .reference, 0),
        ("*_addref", .reference, 0), ("*_retain", .reference, 0), ("*_get_ref", .reference, 0),
        ("kref_get*", .reference, 0), ("refcount_inc*", .reference, 0), ("refcount_dec*", .release, 0),
        ("kref_put*", .release, 0), ("*_unref", .release, 0), ("*_down_ref", .release, 0), ("*_put", .release, 0),
        ("*_decref", .release, 0), ("__atomic_*", .reference, 0), ("__sync_*", .reference, 0),
        ("CRYPTO_atomic_add", .reference, 0), ("CRYPTO_UP_REF", .reference, 0), ("CRYPTO_DOWN_REF", .reference, 0),
        // Memory and objects.
        ("*realloc*", .resize, 0), ("*_grow", .resize, 0), ("*_grow_*", .resize, 0), ("*_resize", .resize, 0),
        ("*_expand", .resize, 0), ("kmem_cache_free", .release, 1), ("*_free", .release, 0),
        ("*_free_*", .release, 0), ("free_*", .release, 0), ("*free", .release, 0), ("*_destroy", .release, 0),
        ("*alloc*", .acquire, 0), ("*_new", .acquire, 0), ("*_new_*", .acquire, 0), ("new_*", .acquire, 0),
        ("*_dup", .acquire, 0), ("*_dup_*", .acquire, 0), ("*strdup", .acquire, 0), ("*strndup", .acquire, 0),
        ("*asprintf", .acquire, 0), ("memalign", .acquire, 0), ("posix_memalign", .acquire, 0), ("mmap", .acquire, 0),
        ("munmap", .release, 0), ("dup", .acquire, 0), ("dup2", .acquire, 0), ("dup3", .acquire, 0),
        // Files.
        ("open", .acquire, 0), ("openat", .acquire, 0), ("open64", .acquire, 0), ("creat", .acquire, 0),
        ("fopen*", .acquire, 0), ("fdopen", .acquire, 0), ("popen", .acquire, 0), ("opendir", .acquire, 0),
        ("fdopendir", .acquire, 0), ("socket", .acquire, 0), ("accept", .acquire, 0), ("accept4", .acquire, 0),
        ("pipe", .acquire, 0), ("pipe2", .acquire, 0), ("shm_open", .acquire, 0), ("epoll_create*", .acquire, 0),
        ("close", .release, 0), ("fclose", .release, 0), ("pclose", .release, 0), ("closedir", .release, 0),
    ]

    private static let compiled = table.map { (pattern: Array($0.pattern.utf8), kind: $0.kind, argument: $0.argument) }

    /// What a function does, and to which argument; nil if it is nothing of this kind.
    static func meaning(of name: String) -> (kind: Kind, argument: Int)? {
        var name = name[...]
        if name.hasPrefix("__builtin_") { name = name.dropFirst(10) }
        let bytes = Array(name.utf8)
        guard let row = compiled.first(where: { matches(bytes[...], $0.pattern[...]) }), let kind = row.kind else {
            return nil
        }
        return (kind, row.argument)
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
