# SPDX-License-Identifier: Apache-2.0
"""Uses commands that ask for a passphrase, at a terminal of its own.

terminal.py PROGRAM FOLDER
"""

import os
import pty
import select
import sys


def converse(program, folder, arguments, answers):
    """Runs a command and answers each prompt; its exit status, and all that the terminal showed."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(folder)
        os.execve(program, [program, *arguments], {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]})
    shown = b""
    seen = 0
    for prompt, answer in answers:
        while prompt not in shown[seen:]:
            assert select.select([terminal], [], [], 300)[0], f"no {prompt!r} in {shown!r}"
            shown += os.read(terminal, 1 << 16)
        seen = len(shown)
        os.write(terminal, answer + b"\n")
    try:
        while part := os.read(terminal, 1 << 16):
            shown += part
    except OSError:  # The terminal's other end is closed.
        pass
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), shown


def main():
    program, folder = sys.argv[1:]
    create = ["keys", "create", "keys/new", "--holder", "frank", "--work", "14"]
    again = [(b"Passphrase of keys/new: ", b"one secret"), (b"Once more: ", b"another")]
    status, shown = converse(program, folder, create, again)
    assert status == 3 and b"not the same" in shown and not os.path.exists(f"{folder}/keys/new"), shown
    same = [(b"Passphrase of keys/new: ", b"one secret"), (b"Once more: ", b"one secret")]
    status, shown = converse(program, folder, create, same)
    assert status == 0 and b"secret" not in shown and os.path.exists(f"{folder}/keys/new.pub"), shown

    sign = ["keys", "sign", "change", "--root", "root.json", "--key", "keys/targets-alice"]
    no = [(b"Sign this? [y/N] ", b"n")]
    status, shown = converse(program, folder, sign, no)
    assert status == 3 and b"nothing was signed" in shown and b"CVE-2026-1234" in shown, shown
    yes = [(b"Sign this? [y/N] ", b"y"), (b"Passphrase of keys/targets-alice: ", b"a long passphrase")]
    status, shown = converse(program, folder, sign, yes)
    assert status == 0 and b"a long" not in shown and b"signed: targets, openssl_debian-12" in shown, shown


main()
