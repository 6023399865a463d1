# SPDX-License-Identifier: Apache-2.0
"""Measure the pause of apply and revert beside the floor of the mechanism, in turn, in one run.

measure.py FOLDER KAKETSUGI PATCH [RUNS]: FOLDER has meter, floor and the library. Targets run at SCHED_FIFO 10 and
the tools at 20, so that the scheduler's delays are not measured as ours.
"""

import json
import os
import statistics
import subprocess
import sys
import time

SLEEPERS = (0, 15, 63, 255)


class Meter:
    """A fresh process that measures how long it is stopped."""

    def __init__(self, folder, sleepers):
        self.process = subprocess.Popen(
            ["chrt", "-f", "10", os.path.join(folder, "meter"), str(sleepers)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()
        time.sleep(0.1)

    def ask(self, command):
        self.process.stdin.write(command)
        self.process.stdin.flush()
        return self.process.stdout.readline()

    def during(self, command):
        """The longest stop in µs, the answer, and the ms from start to the new code and to the end of a command."""
        self.ask("r")
        begin = time.monotonic_ns()
        run = subprocess.run(["chrt", "-f", "20", *command], capture_output=True, text=True, timeout=60)
        end = time.monotonic_ns()
        time.sleep(0.03)
        seen = json.loads(self.ask("p"))
        if run.returncode != 0:
            sys.exit(f"{' '.join(command)}: exit {run.returncode}: {run.stderr}{run.stdout}")
        effect = (seen["changed"] - begin) / 1e6 if seen["changed"] else None
        return seen["stop"] / 1e3, seen["value"], effect, (end - begin) / 1e6

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def one_run(folder, tool, patch, sleepers):
    meter = Meter(folder, sleepers)
    pid = str(meter.process.pid)
    floor = meter.during([os.path.join(folder, "floor"), pid])
    apply = meter.during([tool, "apply", patch, "--pid", pid])
    if apply[1] != 2:
        sys.exit("apply ended with success, and the old code still runs")
    revert = meter.during([tool, "revert", patch, "--pid", pid])
    if revert[1] != 1:
        sys.exit("revert ended with success, and the new code still runs")
    meter.close()
    return {"floor": floor[0], "apply": apply[0], "revert": revert[0], "effect": apply[2], "command": apply[3]}


def main():
    folder, tool, patch = sys.argv[1:4]
    runs = int(sys.argv[4]) if len(sys.argv) > 4 else 11
    print("threads    floor µs   apply µs (worst)  ratio   revert µs   to new code ms   command ms")
    for sleepers in SLEEPERS:
        rows = [one_run(folder, tool, patch, sleepers) for _ in range(runs)]
        median = {key: statistics.median(row[key] for row in rows) for key in rows[0]}
        worst = max(row["apply"] for row in rows)
        print(f"{sleepers + 2:7}  {median['floor']:10.0f}  {median['apply']:9.0f} {'(%.0f)' % worst:>8}"
              f"  {median['apply'] / median['floor']:5.2f}  {median['revert']:10.0f}"
              f"  {median['effect']:15.2f}  {median['command']:11.2f}")


main()
