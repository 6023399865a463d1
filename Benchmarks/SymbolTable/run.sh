#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Print what a symbol costs, read in place and as an owned value.
source "$(dirname "$0")/../../scripts/environment.sh"

here=$root/Benchmarks/SymbolTable
scratch=$cache/swift/symbol-table-benchmark
swift run --quiet --configuration release --package-path "$here" --scratch-path "$scratch" symbol-table-benchmark
