# SPDX-License-Identifier: Apache-2.0
"""What the Python with threads does while it is patched; prints how often, and what went wrong, when its input ends."""

import os
import queue
import socket
import sys
import threading
import time
import zlib

COUNTS = {"rounds": 0, "failures": 0}
LOCK = threading.Lock()


def repeat(task):
    """A thread that does a task again and again."""
    def run():
        while True:
            good = task()
            with LOCK:
                COUNTS["rounds"] += 1
                COUNTS["failures"] += not good
    threading.Thread(target=run, daemon=True).start()


def compress():
    """Big blocks come from malloc and go back to it."""
    text = bytes(range(256)) * 2000
    return zlib.decompress(zlib.compress(text, 1)) == text


def sleep():
    begin = time.monotonic()
    time.sleep(0.005)
    return time.monotonic() - begin >= 0.005


def resolve():
    return bool(socket.getaddrinfo("localhost", 80, socket.AF_INET))


def main():
    inbox, outbox = queue.Queue(4), queue.Queue(4)
    left, right = socket.socketpair()
    left.settimeout(30)
    right.settimeout(30)

    def hand_over():
        outbox.put(inbox.get() + 1)
        return True

    def take_back():
        inbox.put(41)
        return outbox.get() == 42

    def echo():
        right.sendall(right.recv(5000))
        return True

    def ask():
        left.sendall(b"x" * 500)
        return len(left.recv(5000)) > 0

    for task in (compress, sleep, resolve, hand_over, take_back, echo, ask):
        repeat(task)
    print("ready", flush=True)
    sys.stdin.read()
    print(f"rounds {COUNTS['rounds']} failures {COUNTS['failures']}", flush=True)
    os._exit(COUNTS["failures"] > 0)


main()
