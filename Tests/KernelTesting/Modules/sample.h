// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
//
// What the modules of these tests have in common: a live patch of one function.
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#define LIVE_PATCH(object, function, replacement, before)                                                                      \
	static struct klp_func functions[] = { { .old_name = function, .new_func = replacement }, {} };                        \
	static struct klp_object objects[] = { { .name = object, .funcs = functions, .callbacks = { .pre_patch = before } },   \
					       {} };                                                                           \
	static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objects, .replace = true };                              \
	static int __init start(void) { return klp_enable_patch(&patch); }                                                     \
	static void __exit end(void) {}                                                                                        \
	module_init(start);                                                                                                    \
	module_exit(end);                                                                                                      \
	MODULE_LICENSE("GPL");                                                                                                 \
	MODULE_INFO(livepatch, "Y")
