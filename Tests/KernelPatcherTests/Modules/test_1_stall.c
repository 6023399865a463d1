// SPDX-License-Identifier: GPL-2.0
#include "sample.h"

static int other_main(void *data) { return 0; }

LIVE_PATCH("test_sleeper", "sleeper_main", other_main, NULL);
