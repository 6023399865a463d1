#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh [COUNT [SEED]]: kill the patcher at COUNT (1000) random instants. Needs bin/ (make build) and the right to trace.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp "$here/library.c" "$work/"
build='gcc -O2 -fPIC -c library.c -o library.o && gcc -shared -Wl,--build-id=sha1 library.o -o libvictim.so'
(cd "$work" && sh -c "$build")
gcc -O2 "$here/victim.c" -o "$work/victim" -L"$work" -lvictim -lpthread -Wl,-rpath,"$work"
mkdir "$work/source"
cp "$here/library.c" "$work/source/"
sed 's/return 1;/return 2;/' "$here/library.c" >"$work/fixed.c"
diff -u --label a/library.c --label b/library.c "$here/library.c" "$work/fixed.c" >"$work/fix.patch" || [[ $? == 1 ]]
"$root/bin/kaketsugi-build" patch --source "$work/source" --build "$build" --target "$work/libvictim.so" \
    --fix "$work/fix.patch" --output "$work/victim.mend" --cache "$work/cache" >/dev/null
python3 "$here/kills.py" "$work" "$root/bin/kaketsugi" "$work/victim.mend" "${1:-1000}" "${@:2}"
