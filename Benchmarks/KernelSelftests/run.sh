#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh [PACKAGE FLAVOUR]: the kernel's own livepatch selftests on a kernel as Debian ships it, beside a live patch of ours.
# KAKETSUGI_BUILD names the program, KAKETSUGI_CACHE where build roots are kept.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=${KAKETSUGI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kaketsugi}
"$root/scripts/setup" kernel
exec "$here/run.py" "${1:-linux=6.1.176-1}" "${2:-cloud-amd64}" --cache "$cache" \
    --builder "${KAKETSUGI_BUILD:-$root/bin/kaketsugi-build}"
