# SPDX-License-Identifier: Apache-2.0
"""Lets the reference client update from a repository in a folder, and download targets.

read_repository.py TREE ROOT METADATA DOWNLOADS TARGET... ; prints the versions that the client trusts, as JSON.
"""

import json
import pathlib
import sys
import urllib.parse

from tuf.api.exceptions import DownloadHTTPError
from tuf.api.metadata import Metadata
from tuf.ngclient import Updater
from tuf.ngclient.fetcher import FetcherInterface


class TreeFetcher(FetcherInterface):
    """Serves files of a folder, as a web server would."""

    def __init__(self, tree):
        self.tree = tree

    def _fetch(self, url):
        path = self.tree / urllib.parse.unquote(urllib.parse.urlsplit(url).path).lstrip("/")
        if not path.is_file():
            raise DownloadHTTPError(f"no {path}", 404)
        yield path.read_bytes()


def main():
    tree, root, metadata, downloads, *targets = sys.argv[1:]
    updater = Updater(
        metadata,
        "http://tree/metadata/",
        downloads,
        "http://tree/targets/",
        TreeFetcher(pathlib.Path(tree)),
        bootstrap=pathlib.Path(root).read_bytes(),
    )
    updater.refresh()
    for target in targets:
        info = updater.get_targetinfo(target)
        if info is None:
            sys.exit(f"there is no target {target}")
        updater.download_target(info)
    versions = {}
    for role in ["root", "timestamp", "snapshot", "targets"]:
        versions[role] = Metadata.from_file(f"{metadata}/{role}.json").signed.version
    print(json.dumps(versions, sort_keys=True))


main()
