// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
#include "sample.h"

static int text(struct seq_file *file, void *data) { return 0; }

static int oops(struct klp_object *object)
{
	*(volatile int *)NULL = 1;
	return 0;
}

LIVE_PATCH(NULL, "cmdline_proc_show", text, oops);
