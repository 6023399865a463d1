#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh [COUNT [NAME...]]: patch nginx, PostgreSQL, Redis, a Python and a JVM COUNT times (1000) under load, and take the
# patch out each time. It changes functions of glibc that all of them use. Needs bin/ (make build), root, and a cache
# in which glibc is built once. Processes that were not started here are not touched.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
"$root/scripts/setup" programs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

version=$(dpkg-query --show --showformat='${Version}' libc6)
"$root/bin/kaketsugi-build" patch --package "glibc=$version" --target libc.so.6 --fix "$here/glibc.patch" \
    --output "$work/glibc.mend"
PYTHONDONTWRITEBYTECODE=1 python3 "$here/measure.py" "$root/bin/kaketsugi" "$work/glibc.mend" "${1:-1000}" "${@:2}"
