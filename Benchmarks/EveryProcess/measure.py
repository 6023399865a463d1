# SPDX-License-Identifier: Apache-2.0
"""Patch a library in every process of the machine, many times, while real programs work.

measure.py KAKETSUGI PATCH COUNT: prints what was patched and what was not, and why; exits with 1 if a request failed, a
process of a program ended, one that uses the library was left out without a reason, or a patch was left in one.
"""

import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import programs

# A program that no one has prepared: in mount, process and network namespaces of its own.
APART = ["unshare", "--mount", "--pid", "--net", "--fork", "--kill-child", "sh", "-c", "while :; do sleep 0.1; done"]


def command(tool, name, patch, *options):
    """Run one command over all processes; its reports by process, and what it took."""
    begin = time.monotonic()
    run = subprocess.run(
        [tool, name, patch, "--all", "--json", *options], capture_output=True, text=True, timeout=600, check=False)
    if not run.stdout:
        sys.exit(f"{name}: {run.stderr}")
    return {report["pid"]: report for report in json.loads(run.stdout)["processes"]}, time.monotonic() - begin


def alive(pids):
    """Those that run on."""
    return {pid for pid in pids if os.path.exists(f"/proc/{pid}")}


def exclusions():
    """What is not to be patched."""
    return [word for pattern in os.environ.get("EXCLUDE", "").split() for word in ("--exclude", pattern)]


def switch(tool, name, wanted, patch, totals):
    """Apply or revert everywhere; the processes in which it was done."""
    options = exclusions() if name == "apply" else ["--yes"]
    reports, seconds = command(tool, name, patch, "--wait", "10", *options)
    done = {pid for pid, report in reports.items() if report["result"] in wanted}
    for pid, report in reports.items():
        if pid in done:
            totals["pauses"].append(report.get("pauseMicroseconds", 0))
        elif pid in alive([pid]):
            totals["refused"][f"{name}: {report.get('reason')}"] += 1
    totals["seconds"].append(seconds)
    print(f"{name}: {len(done)} of {len(reports)} processes, {seconds:.2f} s", file=sys.stderr, flush=True)
    return done


def main():
    tool, patch, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    folders, running = [], []
    apart = subprocess.Popen(APART)
    try:
        for kind in programs.ALL:
            folders.append(tempfile.mkdtemp(prefix="kaketsugi-every-"))
            os.chmod(folders[-1], 0o755)
            running.append(kind(folders[-1]))
            running[-1].begin()
            print(f"{kind.name} runs", file=sys.stderr, flush=True)
        time.sleep(3)
        served = {pid for program in running for pid in program.processes()}
        expected = served | set(programs.descendants(apart.pid)[:2])
        totals = {"pauses": [], "seconds": [], "refused": collections.Counter()}
        found, missing = set(), 0
        for _ in range(count):
            patched = switch(tool, "apply", ("patched", "already"), patch, totals)
            found |= patched
            missing += len(expected - patched)
            if 1 in patched:
                sys.exit("the first process was patched, which --all leaves alone")
            reverted = switch(tool, "revert", ("reverted", "already"), patch, totals)
            missing += len(alive(patched) - reverted)
        ended = expected - alive(expected)
        failed = [program.name for program in running if program.end()[0]]
        totals["pauses"].sort()
        totals["seconds"].sort()
        pauses, seconds = totals["pauses"], totals["seconds"]
        print(
            f"{len(found)} processes, {len(served)} of them of {len(running)} programs under load; {count} times there and "
            f"back, {len(pauses)} switches; a command {seconds[len(seconds) // 2]:.2f} s (worst {seconds[-1]:.2f}), "
            f"pause {pauses[len(pauses) // 2]:.0f} µs (99 %: {pauses[len(pauses) * 99 // 100]:.0f}, worst {pauses[-1]:.0f}); "
            f"not switched {missing}, ended {len(ended)}, programs with failed requests: {', '.join(failed) or 'none'}")
        for reason, number in totals["refused"].most_common(8):
            print(f"    {number} x {reason}")
        sys.exit(bool(missing or ended or failed))
    finally:
        # Its children go with it; it does not listen to gentler signals meanwhile.
        apart.kill()
        apart.wait()
        for program in running:
            program.stop()
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)


main()
