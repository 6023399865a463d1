#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh [COUNT]: patch the machine's glibc in every process of the machine, and take the patch out again, COUNT times (20),
# while nginx, PostgreSQL, Redis, a Python, a JVM and a program in namespaces of its own work. The fix is that of
# Benchmarks/RealPrograms. The first process is left alone, as by any --all, and the tool itself. Needs bin/ (make build) and
# root.
# EXCLUDE='PATTERN ...' leaves others alone, too.
# THIS PATCHES PROCESSES THAT WERE NOT STARTED HERE: for a machine that is there to be tried.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
"$root/scripts/setup" programs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

version=$(dpkg-query --show --showformat='${Version}' libc6)
"$root/bin/kaketsugi-build" patch --package "glibc=$version" --fix "$root/Benchmarks/RealPrograms/glibc.patch" \
    --output "$work"
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$root/Benchmarks/RealPrograms \
    python3 "$here/measure.py" "$root/bin/kaketsugi" "$work/glibc.libc.so.6.mend" "${1:-20}"
