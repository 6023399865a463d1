#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Print what a symbol costs, read in place and as an owned value.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
scratch=${KAKETSUGI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kaketsugi}/swift/symbol-table-benchmark
swift run --quiet --configuration release --package-path "$here" --scratch-path "$scratch" symbol-table-benchmark
