// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
#include "sample.h"

static int other_main(void *data) { return 0; }

LIVE_PATCH("test_sleeper", "sleeper_main", other_main, NULL);
