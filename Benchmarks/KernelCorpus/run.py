#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds live patches of a kernel from what a later source of it changes, proves them, and writes a table.

The cases of cases.json name files, and what must become of them: `built`, `acknowledged`, `no-change`, `refused` or `blocked`
with a word of the reason. A file's change is its difference, or those of its hunks that match `hunk`, or what `substitutes`
(expressions and what takes their place) make of it; either stands with the case, or with one file of it. Those with a scenario are proved with it. With --sample, files are drawn that
differ by at most 20 lines, until so many were of this kernel; whatever is built is proved by loading and unloading it.

What the safety review asks a person to decide about is `blocked` where a case expects that. Everywhere else the findings are
acknowledged, all of them, as an author may do, and what is built then counts as `acknowledged`, apart from `built`.

usage: run.py PACKAGE FLAVOUR NEW-TREE --cache DIR --builder PROGRAM [--only EXPRESSION] [--sample N --seed S --folders FOLDER...]
              [--results FILE] [--table FILE]
"""
import collections
import difflib
import json
import lzma
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import kernel_root

FOLDERS = ("block", "crypto", "drivers", "fs", "io_uring", "ipc", "kernel", "lib", "mm", "net", "security")
# A refusal's kind by words of its text; what is none of these is shown as it is.
KINDS = {
    "what ran when the kernel": "init-text", "initial value of a variable": "changed-data", "a constant that": "const-data",
    "ftrace cannot redirect": "no-fentry", "exports a symbol": "new-export", "table that the kernel read": "changed-table",
    "static key or static call": "key-in-module", "freed after the start": "freed-target",
    "mapped into processes": "vdso", "its thread never leaves": "never-returns", "static variables of one name": "ambiguous-variable",
    "copies that the compiler made": "ambiguous-clone", "shares a section": "shared-section",
    "what was built is not": "unfaithful", "cannot be told": "ambiguous-symbol", "which neither": "unknown-symbol",
    "cannot be carried": "unsupported-reference", "of the changed headers": "far-reaching-header",
}
# What is no statement about a live patch of this kernel.
OUTSIDE = ("does-not-compile", "not-in-kernel")


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


def substitution(old, path, substitutes):
    """A file's change that was adapted by hand, told by expressions and what takes their place."""
    before = read(f"{old}/{path}")
    after = "".join(before)
    for expression, replacement in substitutes:
        after = re.sub(expression, replacement, after)
    return "".join(difflib.unified_diff(before, after.splitlines(keepends=True), f"a/{path}", f"b/{path}"))


def change(old, new, case):
    """The fix of a case: what becomes of each of its files."""
    changes = []
    for file in case["files"]:
        rule = {"path": file, **case} if isinstance(file, str) else file
        path = rule["path"]
        changes.append(
            substitution(old, path, rule["substitutes"]) if "substitutes" in rule
            else difference(old, new, path, rule.get("hunk")))
    return "".join(changes)


def verdict(code, output):
    """What the builder said, in a word; with the reason, and the findings that stand in the way."""
    report = {}
    try:
        report = json.loads(output)
    except ValueError:
        pass
    if code == 0:
        return "built", "", []
    if report.get("verdict") == "not-affected":
        return ("not-in-kernel" if report.get("elsewhere") else "no-change"), "", []
    if report.get("verdict") == "blocked":
        findings = [one for one in report["findings"] if one["weight"] == "blocking"]
        return "blocked", ", ".join(sorted({one["rule"] for one in findings})), findings
    reason = report.get("reason", output.strip())
    if "does not compile" in reason:
        return "does-not-compile", "", []
    lines = reason.splitlines()
    found = [kind for words, kind in KINDS.items() if words in reason]
    return ("refused" if code == 3 else "error"), found[0] if found else (lines[0] if lines else str(code)), []


def run(arguments, diff, scenario, acknowledges):
    """One fix: the verdict, its reason, the seconds to build it, the verdict of the proof, and all that was said."""
    with tempfile.TemporaryDirectory() as folder:
        fix, patch = f"{folder}/fix.patch", f"{folder}/patch.mend"
        with open(fix, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(diff)
        command = [arguments.builder, "patch", "--package", arguments.package, "--flavour", arguments.flavour, "--cache",
                   arguments.cache, "--fix", fix, "--output", patch, "--json"]
        begin = time.monotonic()
        built = subprocess.run(command, capture_output=True, text=True)
        seconds = time.monotonic() - begin
        output = built.stdout or built.stderr
        word, reason, findings = verdict(built.returncode, output)
        if findings and acknowledges:
            waivers = [f"{one['rule']}:{one['symbols'][0]}=tried" for one in findings if one["symbols"]]
            again = subprocess.run(
                command + [part for waiver in waivers for part in ("--waive", waiver)], capture_output=True, text=True)
            said = verdict(again.returncode, again.stdout or again.stderr)
            word, reason = ("acknowledged", reason) if said[0] == "built" else said[:2]
            output += again.stdout or again.stderr
        proof = ""
        if word in ("built", "acknowledged") and not arguments.without_proof:
            command = [arguments.builder, "prove", patch, "--cache", arguments.cache]
            proved = subprocess.run(
                command + (["--scenario", scenario] if scenario else []), capture_output=True, text=True)
            proof = "proved" if proved.returncode == 0 else "NOT proved"
            if proved.returncode:
                sys.stderr.write(proved.stdout + proved.stderr)
                output += proved.stdout + proved.stderr
            elif scenario:
                proof += " with its trigger"
        return word, reason, seconds, proof, output


class ShippedNames:
    """The names of all functions that the kernel and its modules have, which tell what sources they were built of."""

    def __init__(self, root):
        self.names = set()
        with tempfile.TemporaryDirectory() as folder:
            # From Debian 13 on, nothing is shipped in /lib itself.
            modules = [self.unpacked(f"{place}/{name}", folder) for parent in ("lib", "usr/lib")
                       for place, _, names in os.walk(f"{root}/targets/image/{parent}/modules") for name in names
                       if name.endswith((".ko", ".ko.xz"))]
            listed = subprocess.run(
                ["nm", "--defined-only", "--format=just-symbols", *modules], check=True, capture_output=True, text=True)
            self.names.update(listed.stdout.split())
        with open(f"{root}/kernel/kallsyms", encoding="utf-8") as file:
            self.names.update(line.split()[2] for line in file)

    @staticmethod
    def unpacked(path, folder):
        """A module as nm reads it; newer kernels' are packed."""
        if not path.endswith(".xz"):
            return path
        plain = f"{folder}/{os.path.basename(path)[:-3]}"
        with lzma.open(path) as packed, open(plain, "wb") as file:
            shutil.copyfileobj(packed, file)
        return plain

    def has(self, path, least=0):
        """Whether most functions of a source are there, and so many at least; inlined ones are not."""
        defined = {match[1] for match in re.finditer(r"^\w[\w\s*]*?\b(\w+)\([^;]*?\)\s*\{", "".join(read(path)), re.MULTILINE)}
        there = len(defined & self.names)
        return there >= least and 3 * there >= len(defined)


def sample(arguments, root):
    """Sources of the kernel that differ a little, in an order that the seed alone decides."""
    tree, shipped = f"{root}/tree", ShippedNames(root)
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
    return ({"name": path, "files": [path]} for path in order if shipped.has(f"{tree}/{path}"))


def known(path):
    """What an interrupted run has written down already."""
    if not path or not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        return {one["name"]: one for one in map(json.loads, file)}


def summary(rows):
    """How many fixes had which outcome, and how large a share of those that compile could be built."""
    counts = collections.Counter(row["verdict"] for row in rows)
    judged = sum(count for word, count in counts.items() if word not in OUTSIDE + ("no-change",))
    good = counts["built"] + counts["acknowledged"]
    words = ", ".join(f"{word}: {count}" for word, count in sorted(counts.items()))
    share = f"; {good} of {judged} that change code were built ({100 * good // judged} %)" if judged else ""
    return words + share


def main():
    parser = kernel_root.parser(__doc__)
    parser.add_argument("new")
    parser.add_argument("--only", default="")
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folders", nargs="+", default=FOLDERS)
    parser.add_argument("--results", help="a file of JSON lines; what it has already is not run again")
    parser.add_argument("--table")
    parser.add_argument("--without-proof", action="store_true")
    arguments = parser.parse_args()
    root = kernel_root.prepared(arguments)
    tree = root["path"] + "/tree"
    if arguments.sample:
        cases = sample(arguments, root["path"])
    else:
        with open(f"{HERE}/cases.json", encoding="utf-8") as file:
            cases = json.load(file)
    before, rows, wrong = known(arguments.results), [], 0
    for case in cases:
        if arguments.sample and sum(row["verdict"] != "not-in-kernel" for row in rows) >= arguments.sample:
            break
        if not re.search(arguments.only, case["name"]):
            continue
        expected = case.get("expected")
        row = before.get(case["name"])
        if not row:
            diff = change(tree, arguments.new, case)
            if not diff:
                continue
            scenario = f"{HERE}/scenarios/{case['scenario']}" if case.get("scenario") else None
            word, reason, seconds, proof, output = run(arguments, diff, scenario, expected != "blocked")
            row = {"name": case["name"], "verdict": word, "reason": reason, "seconds": round(seconds, 1), "proof": proof,
                   "output": output}
            if arguments.results:
                with open(arguments.results, "a", encoding="utf-8") as file:
                    file.write(json.dumps(row) + "\n")
        good = row["proof"] != "NOT proved" and row["verdict"] != "error" and (
            not expected or (row["verdict"] == expected and case.get("reason", "") in row["reason"]))
        wrong += not good
        rows.append(row)
        row["line"] = "| " + " | ".join(str(row[key]) for key in ("name", "verdict", "reason", "seconds", "proof")) + " |"
        print(row["line"] + ("" if good else f" WRONG: {expected or 'no error, and proved'}"), flush=True)
    print(f"{summary(rows)}; {wrong} wrong")
    if arguments.table:
        with open(arguments.table, "w", encoding="utf-8") as file:
            file.write("| fix | verdict | reason | s | proof |\n|---|---|---|---|---|\n")
            file.writelines(row["line"] + "\n" for row in rows)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
