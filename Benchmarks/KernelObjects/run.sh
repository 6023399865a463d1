#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh [NAME...]: give the public unit objects of kpatch (x86-64: pairs of one kernel unit without and with a fix) to
# kaketsugi-build diff-objects, check what comes out, and print what was built, refused and failed. The objects come
# from kernels under the GPL and have no licence of their own: they are cloned, never copied into this repository.
# KERNEL_OBJECTS names a checkout of them; KPATCH one of kpatch, for the suite's own checks; KAKETSUGI_BUILD the program.
source "$(dirname "$0")/../../scripts/environment.sh"

here=$root/Benchmarks/KernelObjects
commit=813ba60cf7ccaaaeef9e3ea9aa610d184fb5f1e6
suite=${KERNEL_OBJECTS:-$cache/kernel-objects}
peer=${KPATCH:-$cache/kpatch}
tool=${KAKETSUGI_BUILD:-$root/bin/kaketsugi-build}
if [[ ! -e $suite/x86_64/Makefile ]]; then
    git clone --quiet https://github.com/dynup/kpatch-unit-test-objs "$suite"
    git -C "$suite" checkout --quiet "$commit"
fi
if [[ ! -e $peer/test/test-functions.sh ]]; then
    git clone --quiet --depth 1 https://github.com/dynup/kpatch "$peer"
fi
export KPATCH_TEST_LIBRARY
KPATCH_TEST_LIBRARY=$(realpath "$peer/test/test-functions.sh")
tool=$(realpath "$tool")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$suite/x86_64"

built=0 refused=0 failed=0 checked=0
fail() {
    failed=$((failed + 1))
    printf 'FAILED %s: %s\n' "$1" "$2"
}

for original in *.ORIG.o; do
    name=${original%.ORIG.o}
    if [[ $# -gt 0 && " $* " != *" $name "* ]]; then continue; fi
    patched=$name.PATCHED.o expected=built
    if [[ ! -e $patched ]]; then patched=$name.PATCHED.FAIL.o expected=refused; fi
    # As the suite does it: the parent is called vmlinux and is not there, the symbols are the unit's own.
    readelf --syms --wide "$original" >"$work/symbols"
    symvers=/dev/null
    if [[ -e $name.symvers ]]; then symvers=$name.symvers; fi
    status=0
    "$tool" diff-objects --original "$original" --patched "$patched" --parent vmlinux --symbols "$work/symbols" \
        --symvers "$symvers" --name "$name" --output "$work/$name.OUTPUT.o" >"$work/log" 2>&1 || status=$?
    # 3: the code is the same. The suite counts that as a refusal, too.
    case $expected$status in
    built0) built=$((built + 1)) ;;
    refused1 | refused3)
        refused=$((refused + 1))
        continue
        ;;
    *)
        fail "$name" "exit $status: $(head -c 400 "$work/log")"
        continue
        ;;
    esac
    if ! problem=$(python3 "$here/check.py" "$patched" "$work/$name.OUTPUT.o" 2>&1); then
        fail "$name" "$problem"
        continue
    fi
    if [[ -e $name.test ]]; then
        test=$PWD/$name.test
        if ! problem=$(cd "$work" && bash "$test" "$name.OUTPUT.o" 2>&1); then
            fail "$name" "the suite's own check: $problem"
            continue
        fi
        checked=$((checked + 1))
    fi
done
printf 'built %d, refused %d, failed %d; own checks of the suite passed: %d\n' "$built" "$refused" "$failed" "$checked"
[[ $failed -eq 0 ]]
