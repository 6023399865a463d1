# SPDX-License-Identifier: Apache-2.0
"""client.py steady|held PORT FILE: ask nginx for its page 20 times a second, and keep the count in FILE.

"steady" opens a new TLS connection for every request, "held" keeps one open for all. Stops at SIGTERM, with the parent,
or after ten minutes. FILE holds "REQUESTS FAILURES WORKERS CONNECTION SLOWEST": how many different worker PIDs
answered, the number that nginx gave the last connection, and the longest answer in ms. What went wrong is printed.
"""

import http.client
import os
import signal
import ssl
import sys
import time

INTERVAL = 0.05
LONGEST_RUN = 600.0


class Count:
    def __init__(self, path):
        self.path = path
        self.requests = self.failures = self.connection = 0
        self.workers = set()
        self.slowest = 0.0

    def write(self):
        """Replace the file as a whole: the reader never sees half of it."""
        with open(self.path + ".new", "w", encoding="ascii") as file:
            slowest = round(self.slowest * 1000)
            print(self.requests, self.failures, len(self.workers), self.connection, slowest, file=file)
        os.replace(self.path + ".new", self.path)


def ask(connection):
    """One request; the worker's PID, the connection's number and the requests on it so far."""
    connection.request("GET", "/")
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise http.client.HTTPException(f"status {response.status}")
    return [int(word) for word in body.split()]


def main(kind, port, path):
    # Self-signed, made a moment ago, on loopback: there is nobody to trust.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE

    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    parent = os.getppid()
    end = time.monotonic() + LONGEST_RUN
    count = Count(path)
    connection = None
    while not stopped and os.getppid() == parent and time.monotonic() < end:
        begin = time.monotonic()
        try:
            if connection is None:
                connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=5)
                # Connected here, for otherwise http.client would connect again without a word when the peer has closed.
                connection.connect()
                connection.auto_open = 0
            pid, number, _ = ask(connection)
            count.workers.add(pid)
            count.connection = number
        except (OSError, http.client.HTTPException, ValueError) as error:
            count.failures += 1
            print(f"{kind}: request {count.requests + 1}: {error!r}", flush=True)
            connection = None
        count.requests += 1
        took = time.monotonic() - begin
        count.slowest = max(count.slowest, took)
        count.write()
        if kind == "steady" and connection is not None:
            connection.close()
            connection = None
        time.sleep(max(0.0, INTERVAL - took))


main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
