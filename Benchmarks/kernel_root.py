# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks about kernels have in common: which kernel, and its build root."""
import argparse
import json
import subprocess
import sys


def parser(description):
    """A parser of the words that name a kernel, the cache and the builder."""
    words = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("package")
    words.add_argument("flavour")
    words.add_argument("--cache", required=True)
    words.add_argument("--builder", required=True)
    return words


def prepared(arguments):
    """The build root, of the version that is asked for or of the nearest that the archive has; this is said then."""
    made = subprocess.run(
        [arguments.builder, "prepare", "--package", arguments.package, "--flavour", arguments.flavour, "--cache",
         arguments.cache, "--nearest", "--json"], capture_output=True, text=True)
    if made.returncode:
        sys.exit(f"prepare: {made.stderr[-3000:] or made.stdout[-3000:]}")
    root = json.loads(made.stdout)
    if root.get("asked"):
        arguments.package = root["name"].split()[0]
        print(f"the archive no longer has {root['asked']}; this is about {root['name']}", file=sys.stderr)
    return root
