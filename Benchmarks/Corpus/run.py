#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds a live patch from every difference of two releases, tries each in a running process, and writes a table.

A fix is a group of files, or of their hunks, that need one another (the folder's `groups`), or one file. Each is built;
each patch is applied to a process that uses the library widely (the folder's exerciser), which must then say the same as
before and, after the patch is taken out, again.

usage: run.py FOLDER PACKAGE=VERSION OLD-TREE NEW-TREE --cache DIR --builder PROGRAM [--host PROGRAM] [--table FILE]
"""
import argparse
import collections
import concurrent.futures
import difflib
import glob
import os
import re
import statistics
import subprocess
import tempfile
import time

SUFFIXES = (".c", ".h", ".inc", ".S", ".s")


class Exerciser:
    """A process that uses the patched libraries."""

    def __init__(self, program, libraries, variables):
        environment = dict(os.environ, LD_LIBRARY_PATH=libraries, **dict(one.split("=", 1) for one in variables))
        self.process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError(f"{program} did not start")

    def run(self):
        """What each area says, by its name; None if the process has ended."""
        try:
            self.process.stdin.write("\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return None
        lines = []
        for line in self.process.stdout:
            if line == ".\n":
                return dict(line.split(":", 1) for line in lines)
            lines.append(line.rstrip("\n"))
        return None

    def end(self):
        self.process.kill()
        self.process.wait()


def read_lines(path):
    """The lines of a hand-kept file without comments, split at bars."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        lines = [line.split("#")[0].strip() for line in file]
    return [[part.strip() for part in line.split("|")] for line in lines if line]


def read_text(path):
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.readlines()
    except FileNotFoundError:
        return []


def changed_files(old, new, folders, without):
    """The source files that both trees have and that differ."""
    files = []
    for folder in folders:
        for directory, _, names in os.walk(os.path.join(old, folder)):
            for name in names:
                path = os.path.relpath(os.path.join(directory, name), old)
                if not name.endswith(SUFFIXES) or not os.path.exists(os.path.join(new, path)):
                    continue
                if without and re.search(without, path):
                    continue
                if read_text(os.path.join(old, path)) != read_text(os.path.join(new, path)):
                    files.append(path)
    return sorted(files)


def make_fixes(arguments, files):
    """Each fix: its name, the vulnerabilities, its files with the numbers of the hunks that are meant (none: all)."""
    fixes = []
    left = list(files)
    for name, vulnerabilities, words in read_lines(os.path.join(arguments.folder, "groups")):
        members = []
        for word in words.split():
            file, _, numbers = word.partition("@")
            if file in files or not os.path.exists(os.path.join(arguments.old, file)):
                members.append((file, [int(number) for number in numbers.split(",") if number]))
        if members:
            fixes.append((name, vulnerabilities, members))
            left = [file for file in left if file not in dict(members)]
    if arguments.headers and (headers := [file for file in left if file.endswith(".h")]):
        fixes.append(("all headers", "", [(file, []) for file in headers]))
        left = [file for file in left if file not in headers]
    return fixes + [(file, "", [(file, [])]) for file in left]


TOKEN = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|[\w.]+|\S", re.DOTALL)


def tokens(path):
    text = "".join(read_text(path)).replace("\\\n", " ")
    return [token for token in TOKEN.findall(text) if not token.startswith(("//", "/*"))]


def is_layout(arguments, fix):
    """Whether only blanks, line breaks and comments differ, as far as a simple reader of C sees."""
    return all(tokens(os.path.join(arguments.old, file)) == tokens(os.path.join(arguments.new, file)) for file, _ in fix[2])


def hunks(lines):
    """A file's unified difference: its two first lines, and each hunk."""
    parts = [[]]
    for line in lines:
        if line.startswith("@@"):
            parts.append([])
        parts[-1].append(line)
    return parts[0], parts[1:]


def write_patch(path, old, new, members):
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as output:
        for file, numbers in members:
            is_new = not os.path.exists(os.path.join(old, file))
            names, found = hunks(difflib.unified_diff(
                read_text(os.path.join(old, file)), read_text(os.path.join(new, file)),
                "/dev/null" if is_new else "a/" + file, "b/" + file))
            for number in numbers:
                if number > len(found):
                    raise ValueError(f"{file} has {len(found)} hunks, and groups names hunk {number}")
            chosen = [found[number - 1] for number in numbers] if numbers else found
            for line in names + [line for hunk in chosen for line in hunk]:
                output.write(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n")


def build(arguments, cache, patch, output, waivers):
    os.makedirs(output, exist_ok=True)
    command = [
        arguments.builder, "patch", "--package", arguments.package, "--cache", cache, "--fix", patch, "--output", output]
    for waiver in waivers:
        command += ["--waive", waiver, "--waived-by", "corpus"]
    start = time.monotonic()
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    except subprocess.TimeoutExpired:
        return -1, "longer than 900 s", 900
    return result.returncode, result.stderr + result.stdout, time.monotonic() - start


def classify(status, text):
    lines = [line for line in text.split("\n") if line.strip()]
    reason = re.sub(r"^kaketsugi-build: ", "", lines[0]) if lines else ""
    if status == 0:
        return "built", ""
    if status == 5 or "not affected in this build" in text:
        return "no change", ""
    if status != 3:
        return "error", f"exit {status}: {reason}"
    if re.search(r"bubblewrap|cannot be written|namespaces of its own", reason):
        return "error", reason
    if "does not compile" in text:
        return "does not compile", " ".join(lines[:3])
    if "compiles no unit" in text or "no unit" in reason:
        return "not in this build", reason
    rules = sorted(set(re.findall(r"^\s*([a-z]+(?:-[a-z]+)+) (?:blocks|·|:)", text, re.MULTILINE)))
    if "finding" in reason or rules or "waive" in text:
        return "blocked by finding", " ".join(lines[:6])
    return "refused", reason


def attempt(arguments, libraries, artefacts):
    """Applies the artefacts, and takes them out again; says what went wrong, or which areas said something else."""
    exerciser = Exerciser(arguments.exerciser, libraries, arguments.environment)
    try:
        before = exerciser.run()
        applied, others = [], []
        for artefact in artefacts:
            done = subprocess.run(
                [arguments.host, "apply", artefact, "--pid", str(exerciser.process.pid)], capture_output=True, text=True,
                check=False)
            if done.returncode == 4:  # A patch for a file that this process does not use.
                others.append(artefact)
                continue
            applied.append(artefact)
            if done.returncode != 0:
                return "not applied: " + (done.stderr + done.stdout).strip().replace("\n", " ")
        patched = exerciser.run()
        if patched is None:
            return "died patched"
        for artefact in reversed(applied):
            done = subprocess.run(
                [arguments.host, "revert", artefact, "--pid", str(exerciser.process.pid)], capture_output=True,
                text=True, check=False)
            if done.returncode != 0:
                return "not reverted: " + (done.stderr + done.stdout).strip().replace("\n", " ")
        after = exerciser.run()
        if after is None:
            return "died after the revert"
        if after != before:
            return "differs after the revert: " + ", ".join(area for area in before if before[area] != after.get(area))
        other = [area for area in before if before[area] != patched.get(area)]
        told = [attempt_elsewhere(arguments, artefact) for artefact in others]
        if any(not one.startswith("ok") for one in told):
            return "; ".join(told)
        said = ["says otherwise when patched: " + ", ".join(other)] if other else []
        return "; ".join(["ok"] * bool(applied) + told + said)
    finally:
        exerciser.end()


def compare(first, second):
    """Whether two folders of artefacts have the same bytes."""
    def contents(folder):
        return {os.path.basename(path): open(path, "rb").read() for path in glob.glob(folder + "/*.mend")}
    return "the same bytes again" if contents(first) == contents(second) else "OTHER BYTES"


def attempt_elsewhere(arguments, artefact):
    """The same in a program of the folder's `programs`, which only has to stay alive."""
    target = re.search(r'"target"\s*:\s*{[^}]*"name"\s*:\s*"([^"]+)"', inspect(arguments, artefact)).group(1)
    for name, command in read_lines(os.path.join(arguments.folder, "programs")):
        if name != target:
            continue
        with tempfile.TemporaryDirectory(prefix="corpus-") as place:
            program = subprocess.Popen(
                ["sh", "-c", command.format(targets=arguments.targets, place=place)], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                time.sleep(2)
                for action in ("apply", "revert"):
                    done = subprocess.run(
                        [arguments.host, action, artefact, "--pid", str(program.pid)], capture_output=True, text=True,
                        check=False)
                    if done.returncode != 0:
                        return f"not {action}: " + (done.stderr + done.stdout).strip().replace("\n", " ")
                    time.sleep(1)
                    if program.poll() is not None:
                        return f"{target} ended after {action}"
                return f"ok in {target}"
            finally:
                program.kill()
                program.wait()
    return f"no program here uses {target}"


def inspect(arguments, artefact):
    return subprocess.run(
        [arguments.builder, "inspect", artefact, "--json"], capture_output=True, text=True, check=False).stdout


def functions_in(arguments, artefact):
    shown = re.sub(r"\s+", " ", inspect(arguments, artefact))
    return re.findall(r'"name"\s*:\s*"([^"]+)",\s*"pieces"', shown)


def treat(arguments, libraries, fix, place):
    name, vulnerabilities, files = fix
    key = re.sub(r"[^A-Za-z0-9]+", "_", name)
    patch = os.path.join(place, key + ".patch")
    output = os.path.join(place, key)
    write_patch(patch, arguments.old, arguments.new, files)
    status, text, seconds = build(arguments, arguments.cache, patch, output, [])
    verdict, reason = classify(status, text)
    waived = ""
    waivers = [f"{rule}={why}" for fix_name, rule, why in read_lines(os.path.join(arguments.folder, "waivers"))
               if fix_name == name]
    if verdict == "blocked by finding" and waivers:
        status, text, seconds = build(arguments, arguments.cache, patch, output, waivers)
        verdict, reason = classify(status, text)
        waived = "waived: " + "; ".join(waivers)
    with open(os.path.join(place, key + ".log"), "w", encoding="utf-8") as log:
        log.write(text)
    trial = ""
    functions = []
    if verdict == "built":
        artefacts = sorted(glob.glob(output + "/*.mend"))
        if arguments.exerciser:
            trial = attempt(arguments, libraries, artefacts)
        for artefact in artefacts:
            functions += functions_in(arguments, artefact)
        if arguments.again:
            build(arguments, arguments.again, patch, output + "-again", waivers if waived else [])
            trial = "; ".join(part for part in (trial, compare(output, output + "-again")) if part)
    return dict(name=name, vulnerabilities=vulnerabilities, files=files, verdict=verdict, reason=reason, waived=waived,
                trial=trial, functions=functions, seconds=seconds, layout=is_layout(arguments, fix))


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ")


def write_table(arguments, rows):
    counts = collections.Counter(row["verdict"] for row in rows)
    compiled = sum(counts[verdict] for verdict in ("built", "refused", "blocked by finding"))
    tried = [row for row in rows if row["verdict"] == "built"]
    layout = collections.Counter(row["verdict"] for row in rows if row["layout"])
    lines = [
        f"{len(rows)} fixes: " + ", ".join(f"{counts[verdict]} {verdict}" for verdict in sorted(counts)) + ".",
        f"Of those that compile and change something, {counts['built']} of {compiled} are built "
        f"({100 * counts['built'] // max(compiled, 1)} %). Applied, exercised and reverted without a fault: "
        f"{sum(row['trial'].startswith('ok') for row in tried)} of {len(tried)}. "
        f"Seconds from the fix to the verdict: {statistics.median(row['seconds'] for row in rows):.1f} in the middle, "
        f"{max(row['seconds'] for row in rows):.1f} at most.",
        "",
        f"{sum(row['layout'] for row in rows)} fixes change nothing but layout and comments: "
        + (", ".join(f"{count} {verdict}" for verdict, count in sorted(layout.items())) or "none") + ".",
        "", "| fix | vulnerability | functions | verdict | reason or trial |", "|---|---|---|---|---|"]
    for row in rows:
        if arguments.brief and row["verdict"] in ("no change", "not in this build"):
            continue
        functions = ", ".join(row["functions"][:4]) + (f" and {len(row['functions']) - 4} more" if len(row["functions"]) > 4 else "")
        note = "; ".join(part for part in (row["reason"][:400], row["waived"], row["trial"]) if part)
        lines.append(f"| {cell(row['name'])} | {row['vulnerabilities']} | {cell(functions)} | {row['verdict']} | {cell(note)} |")
    text = "\n".join(lines) + "\n"
    if arguments.table:
        with open(arguments.table, "w", encoding="utf-8") as file:
            file.write(text)
    print(text)


def is_good(arguments, row):
    """Whether what was tried with a built patch went well."""
    if arguments.exerciser and not row["trial"].startswith("ok"):
        return False
    return "OTHER BYTES" not in row["trial"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("package")
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--cache", required=True)
    parser.add_argument("--builder", required=True)
    parser.add_argument("--host")
    parser.add_argument("--exerciser", help="the compiled exerciser; without one nothing is applied")
    parser.add_argument("--libraries", help="where the shipped libraries are")
    parser.add_argument("--targets", help="the build root's folder of targets, for what the folder's `programs` start")
    parser.add_argument("--environment", action="append", default=[], metavar="NAME=VALUE", help="for the exerciser")
    parser.add_argument("--again", metavar="CACHE", help="another cache, in which everything is built again and compared")
    parser.add_argument("--headers", action="store_true", help="take all headers that are in no group as one fix")
    parser.add_argument("--without", help="a regular expression of the files to leave out")
    parser.add_argument("--folders", nargs="+", default=["."])
    parser.add_argument("--table", help="where to write the table (Markdown)")
    parser.add_argument("--only", help="a regular expression of the fixes to treat")
    parser.add_argument("--every", type=int, default=1, help="of the fixes only every so many")
    parser.add_argument("--brief", action="store_true", help="leave out of the table what changes nothing")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    fixes = make_fixes(arguments, changed_files(
        arguments.old, arguments.new, arguments.folders, arguments.without))
    if arguments.only:
        fixes = [fix for fix in fixes if re.search(arguments.only, fix[0])]
    fixes = fixes[::arguments.every]
    with tempfile.TemporaryDirectory(prefix="corpus-") as place:
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            rows = []
            for row in pool.map(lambda fix: treat(arguments, arguments.libraries, fix, place), fixes):
                rows.append(row)
                print(f"{len(rows)}/{len(fixes)} {row['verdict']:20} {row['name']} {row['trial']} {row['reason'][:160]}", flush=True)
    write_table(arguments, rows)
    return any(row["verdict"] == "error" or row["verdict"] == "built" and not is_good(arguments, row) for row in rows)


if __name__ == "__main__":
    raise SystemExit(main())
