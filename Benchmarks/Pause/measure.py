# SPDX-License-Identifier: Apache-2.0
"""Measure the pause of apply and revert beside the floor of the mechanism, in turn, in one run; then what calls cost.

measure.py FOLDER KAKETSUGI PATCH [RUNS]: FOLDER has meter, cost, floor and the library. Targets run at SCHED_FIFO 10 and
the tools at 20, so that the scheduler's delays are not measured as ours.
"""

import json
import os
import statistics
import subprocess
import sys
import time

SLEEPERS = (0, 15, 63, 255, 781)
# More rounds for few threads, whose times are short.
ROUNDS = {781: 0.3}
PROCESSES = 300


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
        begin, end = timed(command)
        time.sleep(0.03)
        seen = json.loads(self.ask("p"))
        effect = (seen["changed"] - begin) / 1e6 if seen["changed"] else None
        return seen["stop"] / 1e3, seen["value"], effect, (end - begin) / 1e6

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def timed(command):
    """Run a command, which inherits this program's priority; when it was started and when it had ended, in ns."""
    with open(os.devnull, "wb") as nowhere:
        begin = time.monotonic_ns()
        pid = os.posix_spawn(
            command[0], command, os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, nowhere.fileno(), 1)])
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        end = time.monotonic_ns()
    if status:
        sys.exit(f"{' '.join(command)}: exit {status}")
    return begin, end


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
    return {
        "floor": floor[0], "apply": apply[0], "revert": revert[0], "effect": apply[2], "command": apply[3],
        "least": floor[3]}


def pauses(folder, tool, patch, runs):
    print("threads    floor µs   apply µs (worst)  ratio   revert µs   to new code ms   command ms   floor's command ms")
    for sleepers in SLEEPERS:
        rows = [one_run(folder, tool, patch, sleepers) for _ in range(max(3, int(runs * ROUNDS.get(sleepers, 1))))]
        median = {key: statistics.median(row[key] for row in rows) for key in rows[0]}
        worst = max(row["apply"] for row in rows)
        print(f"{sleepers + 2:7}  {median['floor']:10.0f}  {median['apply']:9.0f} {'(%.0f)' % worst:>8}"
              f"  {median['apply'] / median['floor']:5.2f}  {median['revert']:10.0f}"
              f"  {median['effect']:15.2f}  {median['command']:11.2f}  {median['least']:19.2f}", flush=True)


def start_cost(folder):
    process = subprocess.Popen(
        [os.path.join(folder, "cost")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    process.stdout.readline()
    return process


def costs(folder, tool, patch):
    """What a call takes, never patched, patched, and taken back."""
    process = start_cost(folder)

    def cost():
        process.stdin.write("\n")
        process.stdin.flush()
        return process.stdout.readline().strip()

    texts = [cost()]
    for name in ("apply", "revert"):
        timed([tool, name, patch, "--pid", str(process.pid)])
        texts.append(cost())
    process.stdin.close()
    process.wait()
    print(f"a call: {texts[0]} ns, patched {texts[1]} ns, taken back {texts[2]} ns")


def many(folder, tool, patch):
    """One command for many processes."""
    processes = [start_cost(folder) for _ in range(PROCESSES)]
    times = []
    for name in ("apply", "revert"):
        begin, end = timed([tool, name, patch, "--all"])
        times.append((end - begin) / 1e9)
    for process in processes:
        process.stdin.close()
        process.wait()
    print(f"{PROCESSES} processes in one command: apply {times[0]:.2f} s, revert {times[1]:.2f} s")


def main():
    folder, tool, patch = sys.argv[1:4]
    runs = int(sys.argv[4]) if len(sys.argv) > 4 else 11
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(20))
    pauses(folder, tool, patch, runs)
    costs(folder, tool, patch)
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    many(folder, tool, patch)


main()
