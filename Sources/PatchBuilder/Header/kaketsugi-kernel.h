/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * What the author of a kernel's live patch may use in a fix: hooks, and side tables for new members of existing structures.
 *
 * The builder finds this file by itself, as that of patches for processes: a fix says #include "kaketsugi.h".
 * `kaketsugi-build header --kernel` prints it. The macros have the names that they have for processes; what they do is the
 * kernel's own: callbacks of the livepatch core (Documentation/livepatch/callbacks.rst) and shadow variables
 * (Documentation/livepatch/shadow-vars.rst).
 *
 * Every use of it is part of the fix, and never of the kernel's own source: only the fixed code is compiled with it.
 */
#ifndef KAKETSUGI_H
#define KAKETSUGI_H 1

#include <linux/livepatch.h>

/*
 * Hooks
 * -----
 *
 * A hook is a function of the patch that the livepatch core calls at a moment of the switch, for the part of the kernel that
 * the fixed unit is in: vmlinux, or a module.
 *
 *     static int prepare(struct klp_object *object) { return setup() ? 0 : -ENOMEM; }
 *     KAKETSUGI_BEFORE_APPLY(prepare);
 *
 * BEFORE_APPLY    int f(struct klp_object *): pre_patch. No task runs the new code yet. A result other than 0 refuses the
 *                 patch: for a part that is there, all of it; for a module that is just coming, the module is not loaded
 * AFTER_APPLY     void f(struct klp_object *): post_patch. Every task runs the new code
 * BEFORE_REVERT   void f(struct klp_object *): pre_unpatch. Every task runs the new code still
 * AFTER_REVERT    void f(struct klp_object *): post_unpatch. No task runs the new code any more
 *
 * `object->name` is the module's name, NULL for vmlinux; `object->mod` the module.
 *
 * A unit has at most one hook of each moment. Those of several units are called one after the other, and on the way back in
 * the opposite order; if one refuses, those that came before it get their AFTER_REVERT. Therefore a BEFORE_APPLY that refuses
 * undoes what it has done itself.
 *
 * Hooks run in a task, may sleep, allocate and take locks that the old and the new code do not hold while they wait for the
 * switch. In a module's unit they also run when that module comes and goes, if it does so while the patch is there.
 *
 * Levels. A next level takes the place of this one at one instant for each task, and then the hooks of the next one alone are
 * called: its BEFORE_APPLY and AFTER_APPLY, and none of this one's. A fix is part of every later level, so its hooks run
 * again there, with variables of their own that begin anew. What has to outlive a level, such as a work queue that
 * BEFORE_APPLY made, is kept in a side table, for NULL or for an object of the kernel's; BEFORE_APPLY looks there first.
 * Nothing may be left that leads into the patch's own code or data, such as a timer or a queued work: with the next level this
 * one's module is removed. If that cannot be had, the change is not one for a live patch.
 */
#define KAKETSUGI_BEFORE_APPLY(f) KAKETSUGI_HOOK_(before_apply, "pre_patch", int, f)
#define KAKETSUGI_AFTER_APPLY(f) KAKETSUGI_HOOK_(after_apply, "post_patch", void, f)
#define KAKETSUGI_BEFORE_REVERT(f) KAKETSUGI_HOOK_(before_revert, "pre_unpatch", void, f)
#define KAKETSUGI_AFTER_REVERT(f) KAKETSUGI_HOOK_(after_revert, "post_unpatch", void, f)

/* The name is the same for each hook of a moment, so that a second one of a unit does not compile. */
#define KAKETSUGI_HOOK_(moment, name, type, f)                                                                       \
	static type (*const kaketsugi_##moment##_)(struct klp_object *)                                                \
		__attribute__((__used__, __section__(".kaketsugi.callbacks." name))) = f;                              \
	struct kaketsugi_hook_

/*
 * Side tables
 * -----------
 *
 * A structure that exists cannot get a new member: the objects that the old code has made do not have it. Its value goes
 * beside it, into a shadow variable of the kernel's:
 *
 *     KAKETSUGI_SIDE_TABLE(budget, struct budget, 202640196);
 *
 * defines
 *
 *     struct budget *budget_find(const void *object);             the value of an object, NULL if it has none
 *     struct budget *budget_get(const void *object, gfp_t gfp);   the same, added with all bytes 0 if it has none; NULL if
 *                                                                 there is no memory
 *     int budget_remove(const void *object);                      1 if it had one
 *
 * The number tells the values from those of all other tables in the kernel: take one that nobody else takes, such as the
 * digits of the CVE. It stays the same in later levels, which find the values that an earlier one has left.
 *
 * Objects that the old code has made have no value: the new code must have an answer to NULL, or to 0. Call NAME_remove()
 * where the object is freed, or the next object at the same address finds the value of the last one.
 *
 * When the patch is reverted, all values are freed, behind every AFTER_REVERT; for a table in a unit of a module also when that
 * module goes. What a value points to is the author's to free, in an AFTER_REVERT. Units of one part of the kernel that
 * share a table declare it with the same name, type and number. If units of several parts do, one of them that cannot go
 * before the others (vmlinux, if it is one) uses KAKETSUGI_SIDE_TABLE and the others KAKETSUGI_SIDE_TABLE_OF_OTHERS, which
 * frees nothing.
 *
 * Threads: all three may be called in any context, with a `gfp` that fits it. NAME_find() takes no lock. A value is good until
 * its object's is removed; what two threads do to one value at a time is the caller's business, as with any member.
 *
 * What needs more, as a constructor, uses the kernel's klp_shadow_alloc(), klp_shadow_get_or_alloc() and klp_shadow_free_all()
 * itself, which this header has included.
 */
#define KAKETSUGI_SIDE_TABLE(name, type, number)                                                                     \
	KAKETSUGI_SIDE_TABLE_OF_OTHERS(name, type, number);                                                            \
	static void name##_kaketsugi_free_(struct klp_object *object)                                                  \
	{                                                                                                              \
		klp_shadow_free_all((number), NULL);                                                                   \
	}                                                                                                              \
	static void (*const name##_kaketsugi_freeing_)(struct klp_object *)                                            \
		__attribute__((__used__, __section__(".kaketsugi.callbacks.release"))) = name##_kaketsugi_free_;       \
	struct kaketsugi_table_

#define KAKETSUGI_SIDE_TABLE_OF_OTHERS(name, type, number)                                                           \
	static __attribute__((__unused__)) type *name##_find(const void *object)                                       \
	{                                                                                                              \
		return (type *)klp_shadow_get((void *)object, (number));                                               \
	}                                                                                                              \
	static __attribute__((__unused__)) type *name##_get(const void *object, gfp_t gfp)                             \
	{                                                                                                              \
		return (type *)klp_shadow_get_or_alloc((void *)object, (number), sizeof(type), gfp, NULL, NULL);       \
	}                                                                                                              \
	static __attribute__((__unused__)) int name##_remove(const void *object)                                       \
	{                                                                                                              \
		if (!klp_shadow_get((void *)object, (number)))                                                         \
			return 0;                                                                                      \
		klp_shadow_free((void *)object, (number), NULL);                                                       \
		return 1;                                                                                              \
	}                                                                                                              \
	struct kaketsugi_table_

#endif
