// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
/*
 * The module around a kernel's live patch: hands the tables of replaced functions and of callbacks, which the builder has
 * written, to the livepatch core. The same for every patch.
 */
#include <linux/kernel.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

struct kaketsugi_function {
	const char *object;
	const char *name;
	void *replacement;
	unsigned long position;
};

/* Those of a unit are together, and units in the order in which they are called. */
struct kaketsugi_callback {
	const char *object;
	const char *unit;
	void *function;
	unsigned long moment;
};

enum { PRE_PATCH, POST_PATCH, PRE_UNPATCH, POST_UNPATCH, RELEASE };

extern struct kaketsugi_function kaketsugi_functions[];
extern const unsigned long kaketsugi_function_count;
extern struct kaketsugi_callback kaketsugi_callbacks[];
extern const unsigned long kaketsugi_callback_count;

static struct klp_patch patch = { .mod = THIS_MODULE, .replace = true };

static bool is_called(const struct kaketsugi_callback *callback, const char *object, unsigned long moment)
{
	return callback->moment == moment && !strcmp(callback->object, object ? object : "vmlinux");
}

static bool has_callback(const char *object, unsigned long moment)
{
	unsigned long index;

	for (index = 0; index < kaketsugi_callback_count; index++)
		if (is_called(&kaketsugi_callbacks[index], object, moment))
			return true;
	return false;
}

/* On the way back what came last goes first; `unit` is left out. */
static void call_back(struct klp_object *object, unsigned long moment, unsigned long end, const char *unit)
{
	while (end-- > 0) {
		const struct kaketsugi_callback *callback = &kaketsugi_callbacks[end];

		if (is_called(callback, object->name, moment) && (!unit || strcmp(callback->unit, unit)))
			((void (*)(struct klp_object *))callback->function)(object);
	}
}

static int pre_patch(struct klp_object *object)
{
	unsigned long index;
	int error;

	for (index = 0; index < kaketsugi_callback_count; index++) {
		const struct kaketsugi_callback *callback = &kaketsugi_callbacks[index];

		if (!is_called(callback, object->name, PRE_PATCH))
			continue;
		error = ((int (*)(struct klp_object *))callback->function)(object);
		if (!error)
			continue;
		/* The core calls nothing more for this object: what went well is undone here. */
		call_back(object, POST_UNPATCH, index, callback->unit);
		call_back(object, RELEASE, index, callback->unit);
		return error;
	}
	return 0;
}

static void post_patch(struct klp_object *object)
{
	unsigned long index;

	for (index = 0; index < kaketsugi_callback_count; index++)
		if (is_called(&kaketsugi_callbacks[index], object->name, POST_PATCH))
			((void (*)(struct klp_object *))kaketsugi_callbacks[index].function)(object);
}

static void pre_unpatch(struct klp_object *object)
{
	call_back(object, PRE_UNPATCH, kaketsugi_callback_count, NULL);
}

static void post_unpatch(struct klp_object *object)
{
	call_back(object, POST_UNPATCH, kaketsugi_callback_count, NULL);
	call_back(object, RELEASE, kaketsugi_callback_count, NULL);
}

/* The rows of both tables: an object may have callbacks alone. */
static unsigned long row_count(void)
{
	return kaketsugi_function_count + kaketsugi_callback_count;
}

static const char *object_of(unsigned long row)
{
	if (row < kaketsugi_function_count)
		return kaketsugi_functions[row].object;
	return kaketsugi_callbacks[row - kaketsugi_function_count].object;
}

static bool is_first_of_object(unsigned long row)
{
	unsigned long other;

	for (other = 0; other < row; other++)
		if (!strcmp(object_of(other), object_of(row)))
			return false;
	return true;
}

static int add_object(struct klp_object *object, const char *name)
{
	unsigned long index, count = 0;

	for (index = 0; index < kaketsugi_function_count; index++)
		count += !strcmp(kaketsugi_functions[index].object, name);
	object->funcs = kcalloc(count + 1, sizeof(*object->funcs), GFP_KERNEL);
	if (!object->funcs)
		return -ENOMEM;
	object->name = strcmp(name, "vmlinux") ? name : NULL;
	for (index = 0, count = 0; index < kaketsugi_function_count; index++) {
		struct kaketsugi_function *function = &kaketsugi_functions[index];

		if (strcmp(function->object, name))
			continue;
		object->funcs[count].old_name = function->name;
		object->funcs[count].new_func = function->replacement;
		object->funcs[count].old_sympos = function->position;
		count++;
	}
	if (has_callback(object->name, PRE_PATCH))
		object->callbacks.pre_patch = pre_patch;
	if (has_callback(object->name, POST_PATCH))
		object->callbacks.post_patch = post_patch;
	if (has_callback(object->name, PRE_UNPATCH))
		object->callbacks.pre_unpatch = pre_unpatch;
	if (has_callback(object->name, POST_UNPATCH) || has_callback(object->name, RELEASE))
		object->callbacks.post_unpatch = post_unpatch;
	return 0;
}

static void give_up_objects(void)
{
	struct klp_object *object;

	for (object = patch.objs; object && object->funcs; object++)
		kfree(object->funcs);
	kfree(patch.objs);
}

static int __init kaketsugi_init(void)
{
	unsigned long row, count = 0;
	int error;

	for (row = 0; row < row_count(); row++)
		count += is_first_of_object(row);
	patch.objs = kcalloc(count + 1, sizeof(*patch.objs), GFP_KERNEL);
	if (!patch.objs)
		return -ENOMEM;
	for (row = 0, count = 0; row < row_count(); row++) {
		if (!is_first_of_object(row))
			continue;
		error = add_object(&patch.objs[count++], object_of(row));
		if (error)
			goto failed;
	}
	error = klp_enable_patch(&patch);
	if (!error)
		return 0;
failed:
	give_up_objects();
	return error;
}

static void __exit kaketsugi_exit(void)
{
	/* The core lets the module go only when nothing uses the patch any more. */
	give_up_objects();
}

module_init(kaketsugi_init);
module_exit(kaketsugi_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Kaketsugi live patch");
MODULE_INFO(livepatch, "Y");
