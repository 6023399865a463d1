# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by every script: strict mode, the places, and how SwiftPM is called.
# Whatever is made outside the clone is made under $cache, one folder that may be deleted at any time.
set -euo pipefail
export LC_ALL=C.UTF-8

# shellcheck disable=SC2034 # Used by the scripts that source this file.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${KAKETSUGI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kaketsugi}
mkdir -p "$cache"
export KAKETSUGI_CACHE=$cache

# The compiler, SwiftPM and Foundation leave files of their own, which would land in $HOME and /tmp otherwise.
export XDG_CACHE_HOME=$cache/swift/caches CLANG_MODULE_CACHE_PATH=$cache/swift/caches/clang
export TMPDIR=$cache/swift/temporary
mkdir -p "$TMPDIR"

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# The scratch folder of a configuration (debug, release, documentation). Its name holds all that makes dependencies
# differ, so that a new clone, or a branch with the same manifest, does not build them again.
scratch_path() {
    local version manifest
    version=$(swiftc --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p;q')
    manifest=$(sha256sum <"$root/Package.swift" | cut -c 1-12)
    printf '%s/swift/%s-%s/%s' "$cache" "$version" "$manifest" "$1"
}

# swiftpm CONFIGURATION COMMAND ARGUMENT...: run SwiftPM without a trace in the clone or in $HOME.
swiftpm() {
    local configuration=$1 command=$2
    shift 2
    swift "$command" --package-path "$root" --scratch-path "$(scratch_path "$configuration")" \
        --cache-path "$cache/swift/packages" --config-path "$cache/swift/configuration" \
        --security-path "$cache/swift/security" "$@"
}

# Hold a scratch folder until the script ends: another clone may share it, and must not swap what was built here.
hold_scratch() {
    local folder
    folder=$(scratch_path "$1")
    mkdir -p "$folder"
    exec {scratch_lock}>"$folder.lock"
    flock "$scratch_lock"
}
