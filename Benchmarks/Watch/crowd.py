# SPDX-License-Identifier: Apache-2.0
"""One command for many processes: crowd.py FOLDER KAKETSUGI PATCH [RUNS]. FOLDER has program.

The processes wait in the kernel. The tool runs at SCHED_FIFO 20, so that other work of the machine is not measured as its.
"""
import os
import signal
import statistics
import subprocess
import sys
import time

COUNTS = (300, 4000)


def timed(command):
    begin = time.monotonic()
    run = subprocess.run(["chrt", "-f", "20", *command], stdout=subprocess.PIPE, text=True)
    if run.returncode:
        sys.exit(f"{' '.join(command)}: exit {run.returncode}\n{run.stdout[-2000:]}")
    return time.monotonic() - begin


def main():
    folder, tool, patch = sys.argv[1:4]
    runs = int(sys.argv[4]) if len(sys.argv) > 4 else 5
    program = os.path.join(folder, "program")
    print("| processes | apply, s (worst) | again, nothing to do | revert, s (worst) | plan, s |")
    print("|---|---|---|---|---|")
    for count in COUNTS:
        processes = [os.posix_spawn(program, [program, "wait"], os.environ) for _ in range(count)]
        time.sleep(count / 1000)
        times = {"plan": [], "apply": [], "again": [], "revert": []}
        for _ in range(runs):
            times["plan"].append(timed([tool, "plan", patch]))
            times["apply"].append(timed([tool, "apply", patch, "--all"]))
            times["again"].append(timed([tool, "apply", patch, "--all"]))
            times["revert"].append(timed([tool, "revert", patch, "--all"]))
        for process in processes:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        middle = {name: statistics.median(values) for name, values in times.items()}
        print(f"| {count} | {middle['apply']:.2f} ({max(times['apply']):.2f}) | {middle['again']:.2f} "
              f"| {middle['revert']:.2f} ({max(times['revert']):.2f}) | {middle['plan']:.2f} |", flush=True)


main()
