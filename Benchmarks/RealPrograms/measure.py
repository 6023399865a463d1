# SPDX-License-Identifier: Apache-2.0
"""Patch and revert real programs under load, many times.

measure.py KAKETSUGI PATCH COUNT [NAME...]: prints a line for each program; exits with 1 if a request failed, a process
ended, or a command was refused.
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


def memory(pids):
    """Resident KiB, mappings, and among them those with code of no file, as patches are, of processes together."""
    resident = mappings = code = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            resident += sum(int(line.split()[1]) for line in file if line.startswith("Rss:"))
        with open(f"/proc/{pid}/maps", encoding="utf-8", errors="replace") as file:
            lines = [line.split() for line in file]
        mappings += len(lines)
        code += sum(words[1] == "r-xp" and len(words) == 5 for words in lines)
    return resident, mappings, code


def command(tool, name, patch, pids):
    """Run one command over processes; its reports."""
    selection = [word for pid in pids for word in ("--pid", str(pid))]
    run = subprocess.run(
        [tool, name, patch, "--json", "--wait", "10", *selection], capture_output=True, text=True, timeout=600, check=False)
    return json.loads(run.stdout)["processes"] if run.stdout else sys.exit(f"{name}: {run.stderr}")


def run(kind, tool, patch, count):
    """Patch one program; whether all went well."""
    folder = tempfile.mkdtemp(prefix="kaketsugi-real-")
    os.chmod(folder, 0o755)
    program = kind(folder)
    try:
        program.begin()
        time.sleep(3)
        pids = sorted(program.processes())
        for name in ("apply", "revert"):
            command(tool, name, patch, pids)
        before = memory(pids)
        refused, pauses, attempts = collections.Counter(), [], 0
        begin = time.monotonic()
        for _ in range(count):
            for name, wanted in (("apply", "patched"), ("revert", "reverted")):
                for report in command(tool, name, patch, pids):
                    pauses.append(report["pauseMicroseconds"])
                    attempts += report["attempts"]
                    if report["result"] != wanted:
                        refused[f"{name}: {report.get('reason')}"] += 1
        duration = time.monotonic() - begin
        alive = all(os.path.exists(f"/proc/{pid}") for pid in pids)
        after = memory(pids) if alive else (0, 0, 0)
        failed, done = program.end()
        pauses.sort()
        print(
            f"{program.name}: {len(pids)} processes, {count} times in {duration:.0f} s; {done}; "
            f"{len(pauses)} switches in {attempts} stops, pause {pauses[len(pauses) // 2]:.0f} µs "
            f"(99 %: {pauses[len(pauses) * 99 // 100]:.0f}); mappings of patches {before[2]} -> {after[2]}, "
            f"of all {before[1]} -> {after[1]}, resident {before[0]} -> {after[0]} KiB; refused {sum(refused.values())}"
            + "".join(f"\n    {number} x {reason}" for reason, number in refused.most_common(5))
            + ("" if alive else "\n    A PROCESS ENDED") + ("\n    REQUESTS FAILED" if failed else ""), flush=True)
        return alive and not failed and not refused and before[2] == after[2]
    finally:
        program.stop()
        shutil.rmtree(folder, ignore_errors=True)


def main():
    tool, patch, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    wanted = sys.argv[4:]
    kinds = [kind for kind in programs.ALL if not wanted or kind.name in wanted]
    results = [run(kind, tool, patch, count) for kind in kinds]
    sys.exit(not all(results))


main()
