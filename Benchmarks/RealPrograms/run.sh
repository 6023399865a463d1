#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh [COUNT [NAME...]]: patch nginx, PostgreSQL, Redis, a Python and a JVM COUNT times (1000) under load, and take the
# patch out each time. It changes functions of glibc: of malloc, variants of memcpy and string functions behind IFUNCs, locking
# and unlocking of mutexes, one of the resolver. Needs bin/ (make build), root, and a cache in which glibc is built once.
# GLIBC=VERSION: the programs use this version's libc.so.6 instead of the machine's, for example one that has been built.
# Processes that were not started here are not touched.
source "$(dirname "$0")/../../scripts/environment.sh"

here=$root/Benchmarks/RealPrograms
# Programs of other users read what lies there.
unset TMPDIR
"$root/scripts/setup" programs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

version=${GLIBC:-$(dpkg-query --show --showformat='${Version}' libc6)}
"$root/bin/kaketsugi-build" patch --package "glibc=$version" --fix "$here/glibc.patch" --output "$work"
patch=$work/glibc.libc.so.6.mend
if [[ -n ${GLIBC:-} ]]; then
    # The file that the package ships lies beside its build.
    chmod 755 "$work"
    mkdir "$work/lib"
    built=$(dirname "$(grep --files-with-matches --line-regexp --fixed-strings "glibc=$version" "$cache"/roots/*/name)")
    cp "$built"/*/targets/libc6/lib/x86_64-linux-gnu/libc.so.6 "$work/lib/"
    export LD_LIBRARY_PATH=$work/lib
fi
PYTHONDONTWRITEBYTECODE=1 python3 "$here/measure.py" "$root/bin/kaketsugi" "$patch" "${1:-1000}" "${@:2}"
