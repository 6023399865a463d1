# SPDX-License-Identifier: Apache-2.0
"""Watch while programs are executed all the time: how long after the mapping of the target each of them is patched.

storm.py FOLDER KAKETSUGI PATCH [RATE SECONDS]: FOLDER has storm and program. The programs run at SCHED_FIFO 10 and the
watch at 20, so that what else the machine does is not measured as ours.
"""

import json
import os
import signal
import statistics
import struct
import subprocess
import sys


def storm(folder, tool, patch, rate, seconds, options):
    """The latencies that the watch tells and those that programs see, in ms; the rate; how many were missed, and lost."""
    watch = subprocess.Popen(
        ["chrt", "-f", "20", tool, "watch", patch, "--json", *options], stdout=subprocess.PIPE, text=True)
    for line in watch.stdout:
        if json.loads(line)["event"] == "surveyed":
            break
    # Read beside the storm, or the watch would wait for the pipe.
    with open(os.path.join(folder, "log"), "w") as log:
        reader = subprocess.Popen(["cat"], stdin=watch.stdout, stdout=log)
    run = subprocess.run(
        ["chrt", "-f", "10", os.path.join(folder, "storm"), str(rate), str(seconds), os.path.join(folder, "program")],
        capture_output=True, check=True)
    watch.send_signal(signal.SIGTERM)
    if watch.wait():
        sys.exit(f"the watch ended with {watch.returncode}")
    reader.wait()
    news = [json.loads(line) for line in open(os.path.join(folder, "log"))]
    told = [one["latencyMicroseconds"] / 1e3 for one in news if "latencyMicroseconds" in one]
    seen = [value / 1e6 for value, in struct.iter_unpack("=q", run.stdout)]
    total, time = map(int, run.stderr.split())
    missed = sum(value < 0 for value in seen) + total - len(seen)
    lost = sum(one["event"] == "lost" for one in news)
    return told, [value for value in seen if value >= 0], total / time * 1e9, missed, lost


def row(name, told, seen, rate, missed, lost):
    def of(values):
        if not values:
            return "- | - | -"
        ordered = sorted(values)
        return f"{statistics.median(values):.2f} | {ordered[int(len(ordered) * 0.99)]:.2f} | {ordered[-1]:.2f}"
    print(f"| {name} | {rate:.0f} | {len(seen) + missed} | {of(told)} | {of(seen)} | {missed} | {lost} |")


def main():
    folder, tool, patch = sys.argv[1:4]
    rate, seconds = map(int, sys.argv[4:6] if len(sys.argv) > 5 else (200, 20))
    print("| source | execs/s | processes | mapping to patched, ms: median | 99 % | worst "
          "| main() to patched, ms: median | 99 % | worst | missed | losses |")
    print("|" + "---|" * 11)
    for name in ("events", "mappings", "processes"):
        row(name, *storm(folder, tool, patch, rate, seconds, ["--source", name]))


main()
