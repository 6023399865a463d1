// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
//
// A module whose thread never leaves one function.
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>

static struct task_struct *thread;

noinline int sleeper_main(void *data)
{
	while (!kthread_should_stop())
		msleep(100);
	return 0;
}

static int __init start(void)
{
	thread = kthread_run(sleeper_main, NULL, "sleeper");
	return PTR_ERR_OR_ZERO(thread);
}

static void __exit end(void) { kthread_stop(thread); }

module_init(start);
module_exit(end);
MODULE_LICENSE("GPL");
