// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
//
// A module with an object that is made before any patch, and a variable that nothing of it sets.
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

struct account {
	int number;
};

static struct account *account;
static int limit = 4;

module_param(limit, int, 0444);

static int ledger_show(struct seq_file *file, void *unused)
{
	seq_printf(file, "account %d\n", account->number);
	return 0;
}

static int __init start(void)
{
	account = kzalloc(sizeof(*account), GFP_KERNEL);
	if (!account)
		return -ENOMEM;
	account->number = 7;
	return proc_create_single("ledger", 0444, NULL, ledger_show) ? 0 : -ENOMEM;
}

static void __exit end(void)
{
	remove_proc_entry("ledger", NULL);
	kfree(account);
}

module_init(start);
module_exit(end);
MODULE_LICENSE("GPL");
