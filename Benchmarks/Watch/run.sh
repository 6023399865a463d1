#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Build a library, a program and a patch; print how soon a storm of new processes is patched, and how long one command for
# many processes takes: run.sh [RATE SECONDS RUNS]. Needs bin/ (make build), and root.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=${BIN:-$(cd "$here/../.." && pwd)/bin}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp "$here/target.c" "$work/"
build='gcc -O2 -fPIC -c target.c -o target.o && gcc -shared -Wl,--build-id=sha1 target.o -o libanswer.so'
(cd "$work" && sh -c "$build")
gcc -O2 "$here/program.c" -o "$work/program" -L"$work" -lanswer -Wl,-rpath,"$work"
gcc -O2 "$here/storm.c" -o "$work/storm"

mkdir "$work/source"
cp "$here/target.c" "$work/source/"
sed 's/return 1;/return 2;/' "$here/target.c" >"$work/fixed.c"
diff -u --label a/target.c --label b/target.c "$here/target.c" "$work/fixed.c" >"$work/fix.patch" || [[ $? == 1 ]]
"$bin/kaketsugi-build" patch --source "$work/source" --build "$build" --target "$work/libanswer.so" \
    --fix "$work/fix.patch" --output "$work/answer.mend" --cache "$work/cache" >/dev/null
# Seconds or runs of 0 leave a part out.
[[ ${2:-20} == 0 ]] || python3 "$here/storm.py" "$work" "$bin/kaketsugi" "$work/answer.mend" "${1:-200}" "${2:-20}"
[[ ${3:-5} == 0 ]] || python3 "$here/crowd.py" "$work" "$bin/kaketsugi" "$work/answer.mend" "${3:-5}"
