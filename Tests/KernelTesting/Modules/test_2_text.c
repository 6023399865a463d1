// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
#include "sample.h"

static int text(struct seq_file *file, void *data)
{
	seq_puts(file, "level 2\n");
	return 0;
}

LIVE_PATCH(NULL, "cmdline_proc_show", text, NULL);
