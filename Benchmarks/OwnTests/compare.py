# SPDX-License-Identifier: Apache-2.0
"""Run OpenSSL's own test programs as they are and patched, and compare what they say.

compare.py FOLDER KAKETSUGI TREE LIBRARIES: FOLDER has start and openssl.mend, TREE is OpenSSL's configured source, LIBRARIES
has libcrypto.so.3 and libssl.so.3. Exits with 1 if a result differs, or if a process was not patched.
"""

import concurrent.futures
import glob
import os
import re
import subprocess
import sys

# Tests that take arguments.
CERTS = {"sslapitest", "clienthellotest", "dtlstest", "sslbuffertest", "recordlentest", "fatalerrtest", "tls13ccstest"}


def compile_all(folder, tree, libraries):
    """The programs of the tests that link with the shipped libraries."""
    include = [f"-I{tree}/{place}" for place in (
        "build_shared/include", "build_shared/apps/include", "include", "apps/include", "test", "build_shared/test", ".",
        "providers/common/include")]
    options = ["-O1", "-w", "-pthread", "-DOPENSSL_SUPPRESS_DEPRECATED", *include]
    link = [f"-L{libraries}", "-l:libssl.so.3", "-l:libcrypto.so.3", "-ldl"]

    def run(command):
        return subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=300).returncode == 0

    def compile_support(source):
        name = os.path.join(folder, "support-" + os.path.basename(source)[:-2] + ".o")
        return name if run(["gcc", *options, "-c", source, "-o", name]) else None

    def compile_test(source):
        name = os.path.join(folder, os.path.basename(source)[:-2])
        return name if run(["gcc", *options, source, *support, *link, "-o", name]) else None

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        sources = glob.glob(f"{tree}/test/testutil/*.c") + [f"{tree}/apps/lib/opt.c"]
        support = [name for name in pool.map(compile_support, sources) if name]
        # What several tests share comes from an archive: each takes what it needs.
        shared = glob.glob(f"{tree}/test/helpers/*.c") + [f"{tree}/test/filterprov.c", f"{tree}/test/tls-provider.c",
                                                          f"{tree}/test/fake_rsaprov.c"]
        objects = [name for name in pool.map(compile_support, filter(os.path.exists, shared)) if name]
        archive = os.path.join(folder, "shared.a")
        if run(["ar", "rcs", archive, *objects]):
            support.append(archive)
        return [name for name in pool.map(compile_test, sorted(glob.glob(f"{tree}/test/*test.c"))) if name]


def commands(programs, tree):
    """What is run: each program with its arguments, evp_test with each of its files."""
    for program in programs:
        name = os.path.basename(program)
        if name == "evp_test":
            for data in sorted(glob.glob(f"{tree}/test/recipes/30-test_evp_data/*.txt")):
                yield [program, data]
        elif name == "bntest":
            yield from ([program, data] for data in sorted(glob.glob(f"{tree}/test/recipes/10-test_bn_data/*.txt")))
        elif name in CERTS:
            yield [program, f"{tree}/test/certs"]
        else:
            yield [program]


def said(output):
    """The results in what a test says; times and addresses are not kept."""
    return re.findall(r"^\s*(?:not )?ok \d+ - \S.*$|^\s*1\.\.\d+", output, re.MULTILINE)


def main():
    folder, tool, tree, libraries = sys.argv[1:5]
    environment = dict(
        os.environ, LD_LIBRARY_PATH=libraries, OPENSSL_CONF=f"{tree}/apps/openssl.cnf",
        TEST_CERTS_DIR=f"{tree}/test/certs", CTLOG_FILE=f"{tree}/test/ct/log_list.cnf")

    def run(command, prefix=()):
        place = os.path.join(folder, "place")
        os.makedirs(place, exist_ok=True)
        try:
            end = subprocess.run(
                [*prefix, *command], cwd=place, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, timeout=120, check=False)
        except subprocess.TimeoutExpired:
            return "too slow", []
        return end.returncode, said(end.stdout.decode(errors="replace"))

    programs = compile_all(folder, tree, libraries)
    log = os.path.join(folder, "log")
    prefix = [os.path.join(folder, "start"), tool, os.path.join(folder, "openssl.mend"), log]
    counts = {"runs": 0, "good": 0, "results": 0, "different": 0}
    for command in commands(programs, tree):
        plain = run(command)
        patched = run(command, prefix)
        counts["runs"] += 1
        counts["good"] += plain[0] == 0
        counts["results"] += len(plain[1])
        if plain != patched:
            counts["different"] += 1
            print(f"{' '.join(command)}: as it is {plain[0]} with {len(plain[1])} results, "
                  f"patched {patched[0]} with {len(patched[1])}", flush=True)
    with open(log, encoding="utf-8") as file:
        ends = re.findall(r"^exit (\d+)$", file.read(), re.MULTILINE)
    print(f"{len(programs)} programs, {counts['runs']} runs, {counts['good']} of them successful as they are, "
          f"{counts['results']} results; {len(ends)} processes patched, {len(ends) - ends.count('0')} not; "
          f"{counts['different']} runs differ", flush=True)
    if len(ends) != counts["runs"] or ends.count("0") != len(ends):
        with open(log, encoding="utf-8") as file:
            print(file.read()[-2000:])
        sys.exit(1)
    sys.exit(counts["different"] > 0)


main()
