#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Type-check every fuzz target against the modules of the debug build. Targets name the files that they are made of, and
# nobody fuzzes every day.
source "$(dirname "$0")/../scripts/environment.sh"

cd "$root"
scratch=$(scratch_path debug)
# SwiftPM calls the package as the clone's folder is called.
package=$(grep -o '"-module-name","JSON".*' "$scratch/debug.yaml" | grep -om1 '"-package-name","[^"]*"' | cut -d '"' -f 4)
options=(
    -parse-as-library -swift-version 6 -package-name "$package" -I "$scratch/debug/Modules" -I Sources/CLinux/include
    -enable-upcoming-feature ExistentialAny -enable-upcoming-feature InternalImportsByDefault
    -enable-upcoming-feature MemberImportVisibility -enable-experimental-feature Lifetimes
)
mapfile -t folders < <(find "$scratch/checkouts" -path '*/include/module.modulemap' -printf '%h\n')
for folder in "${folders[@]}"; do options+=(-I "$folder"); done
# Modules of C without a map of their own have one from SwiftPM.
mapfile -t maps < <(find "$scratch"/debug/*.build -maxdepth 1 -name module.modulemap)
for map in "${maps[@]}"; do options+=(-Xcc "-fmodule-map-file=$map"); done

for target in Fuzz/*Fuzz.swift; do
    # shellcheck disable=SC2046 # a list of patterns
    swiftc -typecheck "${options[@]}" -module-name "$(basename "$target" .swift)" "$target" \
        $(sed -n 's|^// fuzz-sources: *||p' "$target") || fail "$target cannot be compiled"
done
