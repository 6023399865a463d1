#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds fixes of real packages of several Debian releases, each in that release's own system and with its compiler, applies
# them to a process that runs that release's library, exercises it, and takes them out. Run by hand, as root, after
# `make build`: it needs the archive, 15 GB of disk and up to an hour and a half, which is too much for `make bench`.
# Prints the table of docs/releases.md.
# Usage: Benchmarks/Builds/check.sh [RELEASE/PACKAGE[=VERSION]]…   all of bullseye, bookworm and trixie, if none is named
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
programs=${PROGRAMS:-$root/bin}
work=$(mktemp -d)
process=
trap '[[ -z $process ]] || kill -9 "$process" 2>/dev/null; rm -rf "$work"' EXIT
fail() { printf 'check: %s\n' "$*" >&2 && exit 1; }
note() { printf '%s  %s\n' "$(date -u +%T)" "$*" >&2; }
# Nothing here may take for ever: a build of glibc takes minutes.
build() { timeout 5400 "$programs/kaketsugi-build" "$@"; }
host() { timeout 300 "$programs/kaketsugi" "$@"; }
field() { python3 -c 'import json, sys; print(eval(sys.argv[1], {}, {"root": json.load(sys.stdin)}))' "$1"; }

fixes_of() { [[ $1 == glibc ]] && echo strverscmp a64l inet_addr || echo strlcat; }
before_of() { [[ $1 == glibc ]] && echo "1 4095 4030201" || echo "signal 11, 4 abcd"; }
after_of() { [[ $1 == glibc ]] && echo "77 5095 ffffffff" || echo "exit 3, 4 abcd"; }
# To 2.33 glibc's files have its version in their names.
library_of() { [[ $1 == glibc ]] && echo "('libc.so.6', 'libc-2.')" || echo "('libcrypto.so',)"; }

# The versions of a source package that are offered, the last one first.
offered() {
    local answer
    answer=$(build prepare --suite "$1" --package "$2=0" 2>&1) || true
    sed -n 's/.*it offers //p' <<<"$answer" | tr -d ' ' | tr ',' '\n' | tac
}

# An archive may name a version that it does not have any more: then the one before it serves.
prepare() {
    local release=$1 package=$2 candidate
    for candidate in ${3:-$(offered "$release" "$package" | head -n 3)}; do
        note "$release: preparing $package $candidate"
        if build prepare --suite "$release" --package "$package=$candidate" --cache-limit 60G --json \
            >"$work/prepared.json" 2>"$work/errors"; then
            version=$candidate
            return
        fi
        tail -n 3 "$work/errors" >&2
    done
    fail "$release: no version of $package could be prepared"
}

# Runs a command in a release's system, with the folder of this run at /mnt.
inside() { bwrap --ro-bind "$system" / --dev /dev --proc /proc --tmpfs /tmp --bind "$work" /mnt --chdir /mnt -- "$@"; }
ask() { echo >&"${COPROC[1]}" && read -r -t 60 answer <&"${COPROC[0]}"; }
expect() {
    ask || fail "$release/$package: the process is gone"
    [[ $answer == "$2" ]] || fail "$release/$package: $1, the process says ‘$answer’, not ‘$2’"
}

check() {
    local release=${1%%/*} package=${1##*/} wanted='' version system target fix answer evidence identity
    if [[ $package == *=* ]]; then wanted=${package#*=} package=${package%%=*}; fi
    prepare "$release" "$package" "$wanted"
    system=$(field 'root["system"]' <"$work/prepared.json")
    target=$(field "[t['path'] for t in root['targets'] if t['name'].startswith($(library_of "$package"))][0]" \
        <"$work/prepared.json")
    cp "$here/$package/calls.c" "$work/calls.c"
    # OpenSSL's is the shipped one, glibc's is the system's own: what runs is told by its build ID.
    mkdir -p "$work/lib"
    if [[ $package == openssl ]]; then
        cp "$target" "$work/lib/"
        inside gcc -O1 -o calls calls.c "lib/$(basename "$target")"
    else
        inside gcc -O1 -o calls calls.c
    fi
    coproc inside env LD_LIBRARY_PATH=/mnt/lib ./calls
    read -r -t 60 process <&"${COPROC[0]}"
    expect unpatched "$(before_of "$package")"
    for fix in $(fixes_of "$package"); do
        note "$release: building $package/$fix.patch"
        build patch --suite "$release" --package "$package=$version" --target "$(basename "$target")" \
            --cache-limit 60G --fix "$here/$package/$fix.patch" --output "$work/$fix.mend" >&2
        host apply "$work/$fix.mend" --pid "$process" >&2
    done
    expect patched "$(after_of "$package")"
    for fix in $(fixes_of "$package"); do host revert "$work/$fix.mend" --pid "$process" --yes >&2; done
    expect reverted "$(before_of "$package")"
    identity=$(build inspect "$work/$fix.mend" --json | field 'root["manifest"]["target"]["buildID"]')
    evidence=$(build inspect "$work/$fix.mend" --json |
        field '"; ".join(e["kind"] + ": " + e["detail"] for e in root["manifest"]["evidence"])')
    printf '| %s | %s %s | %s | %s | %s | applied, exercised, reverted |\n' \
        "$release" "$package" "$version" "$(basename "$target")" "$identity" "$evidence"
    kill -9 "$process" 2>/dev/null || true
    process=
    rm -rf "${work:?}"/*
}

((EUID == 0)) || fail "run as root: other processes are patched"
"$root/scripts/setup" releases
if (($# == 0)); then set -- {bullseye,bookworm,trixie}/{openssl,glibc}; fi
for pair in "$@"; do check "$pair"; done
