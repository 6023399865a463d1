# SPDX-License-Identifier: Apache-2.0
"""outcome.py FILE: the JSON of `kaketsugi apply` or `kaketsugi revert` in a few words."""

import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    processes = json.load(file)["processes"]
pauses = sorted(process["pauseMicroseconds"] for process in processes if process["result"] in {"patched", "reverted"})
if not pauses:
    sys.exit("outcome.py: nothing was done in any process")
print(f"{len(pauses)} processes, paused {pauses[0]:.0f} to {pauses[-1]:.0f} µs")
