// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
#include "sample.h"

static int text(struct seq_file *file, void *data) { return 0; }

static int refuse(struct klp_object *object)
{
	pr_err("test_1_unwilling: the state of this machine does not allow it\n");
	return -ENODEV;
}

LIVE_PATCH(NULL, "cmdline_proc_show", text, refuse);
