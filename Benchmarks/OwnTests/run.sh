#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh [VERSION]: run OpenSSL's own test programs, as they are and with every process patched before its first
# instruction; both must say the same. Needs bin/ (make build) and the right to trace. Only those programs are run that
# need nothing but what libcrypto and libssl export, since it is the shipped libraries that are tested.
source "$(dirname "$0")/../../scripts/environment.sh"

here=$root/Benchmarks/OwnTests
version=${1:-$(dpkg-query --show --showformat='${Version}' libssl3)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$root/bin/kaketsugi-build" patch --package "openssl=$version" --fix "$here/openssl.patch" --target libcrypto.so.3 \
    --output "$work/openssl.mend"
built=$(dirname "$(grep --files-with-matches --line-regexp --fixed-strings "openssl=$version" "$cache"/roots/*/name)")
tree=$(echo "$built"/*/tree)
libraries=$(dirname "$(echo "$built"/*/targets/libssl3/usr/lib/x86_64-linux-gnu/libcrypto.so.3)")
gcc -O2 "$here/start.c" -o "$work/start"
python3 "$here/compare.py" "$work" "$root/bin/kaketsugi" "$tree" "$libraries"
