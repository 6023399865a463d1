#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Builds and runs every fuzz target of this directory, or those named: Fuzz/run.sh [ELFFuzz ...]
# Each runs for SECONDS_PER_TARGET seconds (60); a crash fails the run and leaves its input in Fuzz/crashes/.
#
# SwiftPM cannot link libFuzzer, whose library brings its own main, so the compiler is called directly. A target says
# in its first lines which modules of Sources/ it needs (fuzz-modules:, those that others import first), which of them are
# made of some files only (fuzz-part:, the module and the files), which further files are compiled with it
# (fuzz-sources:), which modules of other packages are linked (fuzz-packages:, the first word the library that needs
# them), and with which options of the sanitizer it is run (fuzz-sanitizer:).
set -eu

cd "$(dirname "$0")/.."
seconds=${SECONDS_PER_TARGET:-60}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# lld is quiet about the sanitizer's symbols, the default linker is not.
flags="-O -use-ld=lld -parse-as-library -sanitize=fuzzer,address -swift-version 6 -package-name kaketsugi
    -enable-upcoming-feature ExistentialAny -enable-upcoming-feature InternalImportsByDefault
    -enable-upcoming-feature MemberImportVisibility -enable-experimental-feature Lifetimes"

# The values of a directive such as fuzz-modules: in a target's comments.
directive() {
    sed -n "s|^// $1: *||p" "$2"
}

# A module, once, of all its files or of those that are named.
build_module() {
    module=$1 && shift
    [ -e "$modules/$module.o" ] && return
    if [ $# -gt 0 ]; then
        files=$(printf "Sources/$module/%s\n" "$@")
    else
        files=$(find "Sources/$module" -name '*.swift')
    fi
    # shellcheck disable=SC2086 # lists of words
    swiftc $flags -I "$modules" $includes -whole-module-optimization -module-name "$module" -emit-module \
        -emit-module-path "$modules/$module.swiftmodule" -c -o "$modules/$module.o" $files
}

# Objects of other packages as SwiftPM built them, under names without spaces; prints the options to compile with them.
link_packages() {
    library=$1 && shift
    scratch=$(scripts/build-for-fuzzing "$library")
    echo "-I $scratch/debug/Modules"
    mkdir -p "$work/packages"
    for module in "$@"; do
        find "$scratch/debug/$module.build" -name '*.o' | while IFS= read -r object; do
            ln -sf "$object" "$work/packages/$module-$(echo "$object" | cksum | cut -d " " -f 1).o"
        done
        find "$scratch/checkouts" -path "*/$module/include/module.modulemap" -printf '-I %h\n'
        # A module of C without one of its own has one from SwiftPM.
        find "$scratch/debug/$module.build" -name module.modulemap -printf '-Xcc -fmodule-map-file=%p\n'
    done
    find "$work/packages" -name '*.o'
}

# Debugging information of each version: as an object, and as its sections, each behind its length.
make_debug_seeds() {
    for version in 4 5; do
        gcc -shared -fPIC -O2 "-gdwarf-$version" -nostdlib "$work/seed.c" -o "$1/debug-$version"
        : > "$1/debug-$version.sections"
        for name in info abbrev str line_str str_offsets addr rnglists ranges types; do
            objcopy -O binary --only-section=".debug_$name" --set-section-flags ".debug_$name=alloc" \
                "$1/debug-$version" "$work/section"
            size=$(wc -c < "$work/section")
            # shellcheck disable=SC2059 # the format is made of the two bytes
            printf "\\$(printf %03o $((size % 256)))\\$(printf %03o $((size / 256)))" >> "$1/debug-$version.sections"
            cat "$work/section" >> "$1/debug-$version.sections"
        done
    done
}

# Small files of every kind for the fuzzer to start from.
make_seeds() {
    mkdir -p "$1"
    cat > "$work/seed.c" <<'C'
#include <stdio.h>
int variable = 7;
static int counter;
const char *const names[] = { "one", "two" };
__attribute__((weak)) int call(int x) { counter += x; return puts(names[variable & 1]); }
int main(void) { return call(3); }
C
    gcc -c -O1 -g -ffunction-sections -fdump-tree-ssa="$1/statements" "$work/seed.c" -o "$1/object"
    gcc -shared -O1 -fPIC -Wl,--build-id "$work/seed.c" -o "$1/library"
    gcc -O1 -no-pie -s "$work/seed.c" -o "$1/executable"
    echo 'V1 { global: call; local: *; };' > "$work/seed.map"
    gcc -shared -O1 -fPIC -s -Wl,--version-script="$work/seed.map" -Wl,-z,pack-relative-relocs "$work/seed.c" \
        -o "$1/packed-library"
    # Without e_shoff the tables are found through the segments.
    for name in library packed-library; do
        cp "$1/$name" "$1/$name-without-sections"
        dd if=/dev/zero of="$1/$name-without-sections" bs=1 seek=40 count=8 conv=notrunc status=none
    done
    objcopy -O binary --only-section=.note.gnu.build-id "$1/library" "$1/notes"
    make_debug_seeds "$1"
    printf -- "Subject: x CVE-2026-12345\n--- a/f.c\n+++ b/f.c\n@@ -3,3 +3,3 @@\n     /* one */\n-    return x;\n+    return 0;\n }\n" > "$1/fix"
}

# shellcheck disable=SC2046 # one word for each target
[ $# -gt 0 ] || set -- $(find Fuzz -name '*Fuzz.swift' -exec basename {} .swift \; | sort)
modules=$work/modules
mkdir -p "$modules"
failed=0
for target in "$@"; do
    source=Fuzz/$target.swift
    objects=''
    includes=''
    packages=$(directive fuzz-packages "$source")
    if [ -n "$packages" ]; then
        # shellcheck disable=SC2086 # a list of words
        linked=$(link_packages $packages)
        objects=$(echo "$linked" | grep -v '^-')
        includes=$(echo "$linked" | grep '^-')
    fi
    for module in $(directive fuzz-modules "$source"); do
        build_module "$module"
        objects="$objects $modules/$module.o"
    done
    part=$(directive fuzz-part "$source")
    if [ -n "$part" ]; then
        # shellcheck disable=SC2086 # a list of words
        build_module $part
        objects="$objects $modules/${part%% *}.o"
    fi
    # shellcheck disable=SC2046,SC2086 # lists of words
    swiftc $flags -I "$modules" $includes -module-name "$target" -o "$work/$target" "$source" \
        $(directive fuzz-sources "$source") $objects
    make_seeds "$work/seeds"
    mkdir -p "$work/$target.corpus" Fuzz/crashes
    echo "== $target, $seconds s"
    if ! ASAN_OPTIONS=$(directive fuzz-sanitizer "$source") \
        "$work/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="Fuzz/crashes/$target-" "$work/$target.corpus" "$work/seeds" > "$work/$target.log" 2>&1; then
        failed=1
        cat "$work/$target.log"
    fi
    grep -E 'INITED|DONE|stat::(number_of_executed_units|average_exec|peak_rss)' "$work/$target.log" || true
done
rmdir Fuzz/crashes 2>/dev/null || true
exit $failed
