// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
/*
 * The module around a kernel's live patch: hands the table of replaced functions, which the builder has written, to the
 * livepatch core. The same for every patch.
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

extern struct kaketsugi_function kaketsugi_functions[];
extern const unsigned long kaketsugi_function_count;

static struct klp_patch patch = { .mod = THIS_MODULE, .replace = true };

static bool is_first_of_object(unsigned long index)
{
	unsigned long other;

	for (other = 0; other < index; other++)
		if (!strcmp(kaketsugi_functions[other].object, kaketsugi_functions[index].object))
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
	unsigned long index, count = 0;
	int error;

	for (index = 0; index < kaketsugi_function_count; index++)
		count += is_first_of_object(index);
	patch.objs = kcalloc(count + 1, sizeof(*patch.objs), GFP_KERNEL);
	if (!patch.objs)
		return -ENOMEM;
	for (index = 0, count = 0; index < kaketsugi_function_count; index++) {
		if (!is_first_of_object(index))
			continue;
		error = add_object(&patch.objs[count++], kaketsugi_functions[index].object);
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
