# SPDX-License-Identifier: Apache-2.0
"""Serves a tree by HTTP, as a mirror would, and reads it with tuf-client.

read_tree.py TREE CLIENT FOLDER TARGET... ; ends with the status of the client.
"""

import functools
import http.server
import subprocess
import sys
import threading


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def main():
    tree, client, folder, *targets = sys.argv[1:]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=tree))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    metadata = ["--metadata-dir", f"{folder}/metadata"]
    subprocess.run([client, *metadata, "init", f"{tree}/metadata/1.root.json"], check=True)
    names = [word for target in targets for word in ("--target-name", target)]
    places = ["--metadata-url", f"{base}/metadata", "--target-base-url", f"{base}/targets", "--target-dir", folder]
    sys.exit(subprocess.run([client, *metadata, *places, *names, "download"]).returncode)


main()
