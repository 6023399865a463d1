#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds live patches of a kernel from what a later source of it changes, proves them, and writes a table.

The cases of cases.json name files, and what must become of them: `built`, `no-change`, `refused` or `blocked` with a word
of the reason, `does-not-compile`. Those with a scenario are proved with it. With --sample, files are drawn that differ by
at most 20 lines and that the configuration may build; whatever is built is proved by loading and unloading it.

usage: run.py PACKAGE FLAVOUR NEW-TREE --cache DIR --builder PROGRAM [--only EXPRESSION] [--sample N --seed S --folders FOLDER...]
              [--table FILE]
"""
import argparse
import difflib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDERS = ("block", "crypto", "drivers", "fs", "io_uring", "ipc", "kernel", "lib", "mm", "net", "security")


def read(path):
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        return file.readlines()


def difference(old, new, path, hunk=None):
    """What one file's change is as a unified diff, or those of its hunks that match an expression."""
    lines = list(difflib.unified_diff(read(f"{old}/{path}"), read(f"{new}/{path}"), f"a/{path}", f"b/{path}"))
    if not hunk:
        return "".join(lines)
    hunks, current = [], None
    for line in lines[2:]:
        if line.startswith("@@"):
            current = []
            hunks.append(current)
        current.append(line)
    chosen = [one for one in hunks if re.search(hunk, "".join(one))]
    return "".join(lines[:2] + [line for one in chosen for line in one])


def verdict(code, output):
    """What the builder said, in a word."""
    report = {}
    try:
        report = json.loads(output)
    except ValueError:
        pass
    if code == 0:
        return "built", ", ".join(report.get("patches", [{}])[0].get("replaces", []) or [])
    if code == 5:
        return "no-change", ""
    if report.get("verdict") == "blocked":
        return "blocked", ", ".join(sorted({one["rule"] for one in report["findings"] if one["weight"] == "blocking"}))
    reason = report.get("reason", output.strip())
    if "does not compile" in reason:
        return "does-not-compile", ""
    kinds = {
        "what ran when the kernel": "init-text", "initial value of a variable": "changed-data", "a constant that": "const-data",
        "ftrace cannot redirect": "no-fentry", "exports a symbol": "new-export", "table that the kernel read": "changed-table",
        "static key or static call": "key-in-module", "freed after the start": "freed-target", "not part of": "not-in-kernel",
        "what was built is not": "unfaithful",
    }
    for words, kind in kinds.items():
        if words in reason:
            return "refused", kind
    return ("refused" if code == 3 else "error"), reason.splitlines()[0] if reason else str(code)


def run(arguments, diff, scenario):
    """One fix: the verdict, its reason, the seconds to build it, and the verdict of the proof."""
    with tempfile.TemporaryDirectory() as folder:
        fix, patch = f"{folder}/fix.patch", f"{folder}/patch.mend"
        with open(fix, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(diff)
        begin = time.monotonic()
        built = subprocess.run(
            [arguments.builder, "patch", "--package", arguments.package, "--flavour", arguments.flavour, "--cache",
             arguments.cache, "--fix", fix, "--output", patch, "--json"], capture_output=True, text=True)
        seconds = time.monotonic() - begin
        word, reason = verdict(built.returncode, built.stdout or built.stderr)
        proof = ""
        if word == "built" and not arguments.without_proof:
            command = [arguments.builder, "prove", patch, "--cache", arguments.cache]
            proved = subprocess.run(
                command + (["--scenario", scenario] if scenario else []), capture_output=True, text=True)
            proof = "proved" if proved.returncode == 0 else "NOT proved"
            if proved.returncode:
                sys.stderr.write(proved.stdout + proved.stderr)
            elif scenario:
                proof += " with its trigger"
        return word, reason, seconds, proof


def sample(arguments, tree):
    """Sources that differ a little, in an order that the seed alone decides."""
    found = []
    for folder in arguments.folders:
        for place, _, names in os.walk(f"{tree}/{folder}"):
            for name in names:
                path = os.path.relpath(f"{place}/{name}", tree)
                other = f"{arguments.new}/{path}"
                if not name.endswith(".c") or not os.path.exists(other) or read(f"{tree}/{path}") == read(other):
                    continue
                lines = [line for line in difference(tree, arguments.new, path).splitlines()[2:] if line[:1] in "+-"]
                if len(lines) <= 20:
                    found.append(path)
    order = sorted(found)
    random.Random(arguments.seed).shuffle(order)
    return [{"name": path, "files": [path]} for path in order[: arguments.sample]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package")
    parser.add_argument("flavour")
    parser.add_argument("new")
    parser.add_argument("--cache", required=True)
    parser.add_argument("--builder", required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folders", nargs="+", default=FOLDERS)
    parser.add_argument("--table")
    parser.add_argument("--without-proof", action="store_true")
    arguments = parser.parse_args()
    root = json.loads(subprocess.run(
        [arguments.builder, "prepare", "--package", arguments.package, "--flavour", arguments.flavour, "--cache",
         arguments.cache, "--json"], check=True, capture_output=True, text=True).stdout)
    tree = root["path"] + "/tree"
    if arguments.sample:
        cases = sample(arguments, tree)
    else:
        with open(f"{HERE}/cases.json", encoding="utf-8") as file:
            cases = json.load(file)
    rows, wrong, counts = [], 0, {}
    for case in cases:
        if not re.search(arguments.only, case["name"]):
            continue
        diff = "".join(difference(tree, arguments.new, path, case.get("hunk")) for path in case["files"])
        if not diff:
            continue
        scenario = f"{HERE}/scenarios/{case['scenario']}" if case.get("scenario") else None
        word, reason, seconds, proof = run(arguments, diff, scenario)
        expected = case.get("expected")
        good = (not expected or (word == expected and case.get("reason", "") in reason)) and proof != "NOT proved"
        wrong += not good
        counts[word] = counts.get(word, 0) + 1
        rows.append(f"| {case['name']} | {word} | {reason} | {seconds:.1f} | {proof} |{'' if good else ' WRONG: ' + str(expected)}")
        print(rows[-1], flush=True)
    print(", ".join(f"{word}: {count}" for word, count in sorted(counts.items())) + f"; {wrong} wrong")
    if arguments.table:
        with open(arguments.table, "w", encoding="utf-8") as file:
            file.write("| fix | verdict | reason | s | proof |\n|---|---|---|---|---|\n" + "\n".join(rows) + "\n")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
