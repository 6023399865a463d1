#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh [PACKAGE FLAVOUR]: the kernel's own livepatch selftests on a kernel as Debian ships it, beside a live patch of ours.
# KAKETSUGI_BUILD names the program, KAKETSUGI_CACHE where build roots are kept.
source "$(dirname "$0")/../../scripts/environment.sh"

here=$root/Benchmarks/KernelSelftests
"$root/scripts/setup" kernel
exec "$here/run.py" "${1:-linux=6.1.176-1}" "${2:-cloud-amd64}" --cache "$cache" \
    --builder "${KAKETSUGI_BUILD:-$root/bin/kaketsugi-build}"
