#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds fixes of real packages, applies glibc's to a running process and reverts them. Run by hand, as root: it needs the
# archive and minutes to an hour, which is too much for `make bench`. Usage: Benchmarks/Builds/check.sh [glibc|releases]…
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
build() { "$root/bin/kaketsugi-build" "$@"; }
fail() { printf 'check: %s\n' "$*" >&2 && exit 1; }

# The version of a source package that is offered last.
offered() {
    local release=$1 package=$2 answer
    answer=$(build patch --suite "$release" --package "$package=0" --fix "$here/glibc/a64l.patch" \
        --output "$work/none.mend" 2>&1) || true
    sed -n 's/.*it offers //p' <<<"$answer" | tr ',' '\n' | tail -n 1 | tr -d ' '
}

timed() {
    local start=$SECONDS
    "$@"
    printf '%4d s  %s\n' "$((SECONDS - start))" "${*: -1}"
}

check_glibc() {
    local version process answer
    # shellcheck disable=SC2016  # the format is dpkg's
    version=$(dpkg-query --show --showformat='${source:Version}' libc6)
    gcc -O1 -o "$work/calls" "$here/glibc/calls.c"
    coproc "$work/calls"
    process=$COPROC_PID
    ask() { echo >&"${COPROC[1]}" && read -r answer <&"${COPROC[0]}"; }
    ask
    [[ $answer == "1 4095 4030201" ]] || fail "unpatched, the process says $answer"
    for fix in strverscmp a64l inet_addr; do
        timed build patch --package "glibc=$version" --fix "$here/glibc/$fix.patch" --output "$work/$fix.mend"
        "$root/bin/kaketsugi" apply "$work/$fix.mend" --pid "$process"
    done
    ask
    [[ $answer == "77 5095 ffffffff" ]] || fail "patched, the process says $answer"
    for fix in strverscmp a64l inet_addr; do
        "$root/bin/kaketsugi" revert "$work/$fix.mend" --pid "$process" --yes
    done
    ask
    [[ $answer == "1 4095 4030201" ]] || fail "reverted, the process says $answer"
    echo "glibc $version: three functions replaced in a running process, and put back"
}

check_releases() {
    local release version
    for release in bullseye bookworm trixie; do
        version=$(offered "$release" openssl)
        [[ -n $version ]] || fail "$release offers no openssl"
        mkdir "$work/$release"
        timed build patch --suite "$release" --package "openssl=$version" \
            --fix "$here/openssl/strlcat.patch" --output "$work/$release"
    done
}

((EUID == 0)) || fail "run as root: other processes are patched"
for part in "${@:-glibc}"; do "check_$part"; done
