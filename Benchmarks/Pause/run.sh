#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Build the meter, the floor and a patch, and print the table of pauses. Needs bin/ (make build) and root for SCHED_FIFO.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp "$here/target.c" "$work/"
build='gcc -O2 -fPIC -c target.c -o target.o && gcc -shared -Wl,--build-id=sha1 target.o -o libanswer.so'
(cd "$work" && sh -c "$build")
gcc -O2 "$here/meter.c" -o "$work/meter" -L"$work" -lanswer -lpthread -Wl,-rpath,"$work"
gcc -O2 "$here/cost.c" -o "$work/cost" -L"$work" -lanswer -Wl,-rpath,"$work"
gcc -O2 -Wno-unused-result "$here/floor.c" -o "$work/floor"

mkdir "$work/source"
cp "$here/target.c" "$work/source/"
sed 's/return 1;/return 2;/' "$here/target.c" >"$work/fixed.c"
diff -u --label a/target.c --label b/target.c "$here/target.c" "$work/fixed.c" >"$work/fix.patch" || [[ $? == 1 ]]
"$root/bin/kaketsugi-build" patch --source "$work/source" --build "$build" --target "$work/libanswer.so" \
    --fix "$work/fix.patch" --output "$work/answer.mend" --cache "$work/cache" >/dev/null
python3 "$here/measure.py" "$work" "$root/bin/kaketsugi" "$work/answer.mend" "${1:-11}"
