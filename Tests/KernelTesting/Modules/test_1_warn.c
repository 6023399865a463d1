// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
#include "sample.h"

static int warn(struct seq_file *file, void *data)
{
	WARN(1, "a fix that does not work");
	return 0;
}

LIVE_PATCH(NULL, "cmdline_proc_show", warn, NULL);
