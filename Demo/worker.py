# SPDX-License-Identifier: Apache-2.0
"""What the demo reads of the nginx worker in /proc: who it is, and what memory it holds."""

import os
import re
import sys


def private_kilobytes(pid):
    """The memory that belongs to this process alone: what would be free again without it."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as rollup:
        return sum(int(size) for size in re.findall(r"^Private_\w+:\s+(\d+) kB", rollup.read(), re.MULTILINE))


def sockets(pid):
    """The number of sockets that the process has open."""
    folder = f"/proc/{pid}/fd"
    count = 0
    for descriptor in os.listdir(folder):
        try:
            count += os.readlink(f"{folder}/{descriptor}").startswith("socket:")
        except FileNotFoundError:
            pass  # Closed since it was listed.
    return count


def start_time(pid):
    """The moment the process started, in clock ticks since boot: with the PID, the identity of a process."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
        return int(stat.read().rpartition(")")[2].split()[19])


if __name__ == "__main__":
    print(start_time(int(sys.argv[1])))
