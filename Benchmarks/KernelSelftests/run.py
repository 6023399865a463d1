#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the kernel's own livepatch selftests in a virtual machine, beside a live patch that kaketsugi-build makes.

The tests and their modules are those of the kernel's source in the build root. A patch of `version_proc_show` is in the
kernel before each of them, and must be so after it, unless a test replaces every patch there is. test-ftrace.sh turns the
tracer off, which the kernel refuses while a patch is there; it runs before the patch is loaded.

usage: run.py PACKAGE FLAVOUR --cache DIR --builder PROGRAM
"""
import difflib
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import kernel_root

TOOLS = (
    "awk bash basename cat comm cp cut date diff dirname dmesg echo env grep head id insmod kill ln ls mkdir mktemp modinfo "
    "modprobe mount pgrep rm rmmod sed seq sleep sort stat sync sysctl tail test touch tr true uname wc").split()
INIT = r"""#!/bin/bash
export PATH=/bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp; mount -t debugfs debug /sys/kernel/debug
exec 3>/dev/ttyS1
place=/sys/kernel/livepatch/@NAME@
put_in() {
    insmod /ours.ko || return 1
    while [ "$(cat $place/transition)" != 0 ]; do sleep .1; done
}
run() {
    begun=$SECONDS
    (cd /tests && bash ./$1) >/tmp/out 2>&1
    echo "== $1 $? $((SECONDS - begun))" >&3
    cat /tmp/out >&3
}
[ ! -e /tests/test-ftrace.sh ] || run test-ftrace.sh
for test in /tests/test-*.sh; do
    test=${test##*/}
    [ $test = test-ftrace.sh ] && continue
    [ -d $place ] || put_in || echo "-- the patch was not loaded" >&3
    grep -q 'live patched by Kaketsugi' /proc/version || echo "-- the patch has no effect before $test" >&3
    run $test
    if [ -d $place ]; then
        grep -q 'live patched by Kaketsugi' /proc/version || echo "-- the patch has no effect behind $test" >&3
        echo "++ stays" >&3
    else
        rmmod @NAME@ || echo "-- the module of the replaced patch stays" >&3
        echo "++ replaced" >&3
    fi
done
[ -d $place ] || put_in
echo 0 >$place/enabled
while [ -d $place ]; do sleep .1; done
rmmod @NAME@ || echo "-- the patch does not go" >&3
grep -q Kaketsugi /proc/version && echo "-- the patch has an effect when it is gone" >&3
dmesg | grep -E 'WARNING:|BUG:|Oops|Call Trace' >&3
echo "== end" >&3
sync
echo o >/proc/sysrq-trigger
sleep 60
"""


def call(*command, **options):
    result = subprocess.run(command, capture_output=True, text=True, errors="replace", **options)
    if result.returncode:
        sys.exit(f"{' '.join(command[:6])}: {result.stderr[-3000:] or result.stdout[-3000:]}")
    return result.stdout


def make_patch(arguments, tree, work):
    """A live patch that another line in /proc/version tells of; its module and that module's name."""
    path = "fs/proc/version.c"
    with open(f"{tree}/{path}", encoding="utf-8") as file:
        old = file.read()
    new = old.replace("\treturn 0;\n", '\tseq_puts(m, "live patched by Kaketsugi\\n");\n\treturn 0;\n', 1)
    with open(f"{work}/fix.patch", "w", encoding="utf-8") as file:
        file.writelines(difflib.unified_diff(
            old.splitlines(True), new.splitlines(True), f"a/{path}", f"b/{path}"))
    call(arguments.builder, "patch", "--package", arguments.package, "--flavour", arguments.flavour, "--cache",
         arguments.cache, "--fix", f"{work}/fix.patch", "--output", f"{work}/patch.mend")
    call("objcopy", f"--dump-section=.kaketsugi.module={work}/ours.ko", f"{work}/patch.mend", "/dev/null")
    return call("modinfo", "-F", "name", f"{work}/ours.ko").strip()


def make_modules(tree, release, compiler, work):
    """The modules of the kernel's tests, built against the kernel's own tables."""
    folder = f"{work}/modules"
    os.mkdir(folder)
    for place in (f"{tree}/tools/testing/selftests/livepatch/test_modules", f"{tree}/lib/livepatch"):
        if os.path.isdir(place):
            for name in os.listdir(place):
                if name.endswith(".c"):
                    shutil.copy(f"{place}/{name}", folder)
            break
    names = sorted(name[:-2] for name in os.listdir(folder))
    with open(f"{folder}/Makefile", "w", encoding="utf-8") as file:
        file.write("obj-m := " + " ".join(name + ".o" for name in names) + "\n")
    call("make", "-C", tree, f"M={folder}", f"CC={compiler}", f"HOSTCC={compiler}", f"KERNELRELEASE={release}", "modules")
    return [f"{folder}/{name}.ko" for name in names]


def copy_program(path, root):
    """A program with its libraries, where its loader looks for them."""
    shutil.copy(os.path.realpath(path), f"{root}/bin/{os.path.basename(path)}")
    listing = subprocess.run(["ldd", path], capture_output=True, text=True, check=False).stdout
    for library in re.findall(r"(/\S+)", listing):
        target = root + library
        if not os.path.exists(target):
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy(os.path.realpath(library), target)


def make_archive(tree, release, modules, name, work):
    root = f"{work}/root"
    for folder in ("bin", "proc", "sys", "dev", "tmp", f"lib/modules/{release}", "sbin"):
        os.makedirs(f"{root}/{folder}")
    for tool in TOOLS:
        found = shutil.which(tool, path="/usr/sbin:/usr/bin:/sbin:/bin")
        if found:
            copy_program(found, root)
    os.symlink("bash", f"{root}/bin/sh")
    for module in modules:
        call("strip", "--strip-debug", module)
        shutil.copy(module, f"{root}/lib/modules/{release}")
    for name_of_list in ("modules.order", "modules.builtin"):
        open(f"{root}/lib/modules/{release}/{name_of_list}", "w", encoding="utf-8").close()
    call("depmod", "-b", root, release)
    tests = f"{tree}/tools/testing/selftests/livepatch"
    shutil.copytree(tests, f"{root}/tests", ignore=shutil.ignore_patterns("test_modules"))
    for source in os.listdir(tests):
        if source.endswith(".c"):
            call("gcc", "-O1", "-static", "-o", f"{root}/tests/{source[:-2]}", f"{tests}/{source}")
    shutil.copy(f"{work}/ours.ko", f"{root}/ours.ko")
    with open(f"{root}/init", "w", encoding="utf-8") as file:
        file.write(INIT.replace("@NAME@", name))
    os.chmod(f"{root}/init", 0o755)
    with open(f"{work}/initial.cpio", "wb") as archive:
        listing = subprocess.run(["find", ".", "-print0"], cwd=root, capture_output=True, check=True).stdout
        subprocess.run(
            ["cpio", "--null", "-o", "-H", "newc", "--quiet"], cwd=root, input=listing, stdout=archive, check=True)


def boot(kernel, work):
    with open(f"{work}/report", "w", encoding="utf-8"):
        pass
    subprocess.run(
        ["qemu-system-x86_64", "-nodefaults", "-vga", "none", "-display", "none", "-no-reboot", "-smp", "1", "-m", "768",
         "-accel", "tcg", "-kernel", kernel, "-initrd", f"{work}/initial.cpio", "-serial", f"file:{work}/console",
         "-serial", f"file:{work}/report", "-append", "console=ttyS0 panic=-1 oops=panic loglevel=4"],
        timeout=1800, check=True)
    with open(f"{work}/report", encoding="utf-8", errors="replace") as file:
        return file.read().splitlines()


def judge(lines):
    """Prints the table; whether all went well."""
    passed = failed = 0
    is_good = "== end" in lines
    trouble = []
    for line in lines:
        if line.startswith("== ") and line != "== end":
            name, status, seconds = line[3:].split()
            print(f"{name}: exit {status}, {seconds} s")
            is_good = is_good and status == "0"
        elif line.startswith("++ "):
            print(f"    our patch {line[3:]}")
        elif line.startswith("TEST: "):
            if line.rstrip().endswith(" ok") and not line.rstrip().endswith("not ok"):
                passed += 1
            else:
                failed += 1
                trouble.append(line)
        elif line and line != "== end":
            trouble.append(line)
            is_good = is_good and not (line.startswith("-- ") or re.search("WARNING:|BUG:|Oops|Call Trace", line))
    print(f"{passed} tests ok, {failed} not ok")
    for line in trouble:
        print("  | " + line)
    return is_good and not failed and passed


def main():
    parser = kernel_root.parser(__doc__)
    arguments = parser.parse_args()
    prepared = kernel_root.prepared(arguments)
    tree, image = prepared["path"] + "/tree", prepared["path"] + "/targets/image"
    kernel = next(f"{image}/boot/{name}" for name in os.listdir(f"{image}/boot") if name.startswith("vmlinuz-"))
    release = os.path.basename(kernel)[len("vmlinuz-"):]
    with tempfile.TemporaryDirectory() as work:
        name = make_patch(arguments, tree, work)
        modules = make_modules(tree, release, prepared["compiler"].split()[0], work)
        make_archive(tree, release, modules, name, work)
        sys.exit(0 if judge(boot(kernel, work)) else 1)


if __name__ == "__main__":
    main()
