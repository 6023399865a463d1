#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Compile all units of a Debian package's library, and locate every one in the library as Debian ships it.
#
# usage: run.sh [PACKAGE=VERSION [LIBRARY [MAKE-TARGET]]]
source "$(dirname "$0")/../../scripts/environment.sh"

here=$root/Benchmarks/Matching
package=${1:-openssl=3.0.20-1~deb12u2}
library=${2:-libcrypto.so.3}
made=${3:-libcrypto.so}
scratch=$cache/swift/matching-benchmark
objects=$scratch/units/$package

if [ ! -e "$objects/complete" ]; then
    root=$("$here/root" "$cache" "$package")
    rm -rf "$objects"
    mkdir -p "$objects"
    cp -a "$root/tree" "$objects/tree"
    build=$objects/tree/build_shared
    sed -i "s#$root/tree#$objects/tree#g" "$build/Makefile"
    make --silent --directory "$build" -j"$(nproc)" "$made" >"$objects/make.log" 2>&1
    find "$root/targets" -name "$library" -exec cp {} "$objects/target" \;
    # What the linker took: the objects of the library itself, and those of the archives that it links.
    (cd "$build" && find . -name '*-shlib-*.o' -o -name 'libdefault-lib-*.o' -o -name 'libcommon-lib-*.o') \
        | sed "s#^\\.#$build#" | grep -v '/libssl-shlib-\|/ssl/' | sort >"$objects/list"
    touch "$objects/complete"
fi
swift build --quiet --configuration release --package-path "$here" --scratch-path "$scratch"
"$scratch/release/matching-benchmark" "$objects/target" "$objects/list"
