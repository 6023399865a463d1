#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Estimates the processor time of building a whole kernel, which tools that compare two full builds need twice for a patch.

Sources that the kernel was built of, drawn by a seed, are compiled one by one as its own build does, in a copy of the build
root's tree; what a make without anything to do costs is subtracted. The mean is multiplied by the number of all such sources.
Linking and the checks after it come on top, and are not counted.

usage: full-build.py PACKAGE FLAVOUR --cache DIR --builder PROGRAM [--sample N] [--seed S]
"""
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

# It lies beside this file, and finds what lies above both.
import run as corpus
import kernel_root

FOLDERS = corpus.FOLDERS + ("arch/x86", "init", "virt", "sound")


def sources(root):
    """The sources of C that the kernel and its modules were built of."""
    tree, shipped = f"{root}/tree", corpus.ShippedNames(root)
    found = []
    for folder in FOLDERS:
        for place, _, names in os.walk(f"{tree}/{folder}"):
            found += [os.path.relpath(f"{place}/{name}", tree) for name in names if name.endswith(".c")]
    return sorted(path for path in found if shipped.has(f"{tree}/{path}", least=1))


def seconds(tree, path):
    """The processor time of a make; nil if it fails, as for a source that is compiled under another name."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    made = subprocess.run(["make", "-s", "-C", tree, path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if made.returncode:
        return None
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = kernel_root.parser(__doc__)
    parser.add_argument("--sample", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    root = kernel_root.prepared(arguments)
    found = sources(root["path"])
    random.Random(arguments.seed).shuffle(found)
    with tempfile.TemporaryDirectory() as folder:
        tree = f"{folder}/tree"
        shutil.copytree(f"{root['path']}/tree", tree, symlinks=True)
        times, refused, start = [], 0, 0.0
        for path in found:
            if len(times) >= arguments.sample:
                break
            taken = seconds(tree, path[:-2] + ".o")
            if taken is None:
                refused += 1
                continue
            # The second time there is nothing to compile.
            start = seconds(tree, path[:-2] + ".o") or 0.0
            times.append(taken - start)
            print(f"{taken - start:6.2f} s  {path}", flush=True)
    count = round(len(found) * len(times) / (len(times) + refused))
    mean = statistics.mean(times)
    error = statistics.stdev(times) / len(times) ** 0.5
    print(f"{root['name']}: {len(times)} of about {count} units, {mean:.2f} s each (standard error {error:.2f})")
    print(f"a full build compiles for about {mean * count / 60:.0f} minutes of processor time (± {2 * error * count / 60:.0f})")


if __name__ == "__main__":
    sys.exit(main())
