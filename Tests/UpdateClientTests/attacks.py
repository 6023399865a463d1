# SPDX-License-Identifier: Apache-2.0
"""Lets tuf-client update from repositories that the reference implementation of TUF makes, honest and hostile ones.

attacks.py TUF-CLIENT SCENARIO ; ends with status 0 if the client did what it must.
"""

import datetime
import hashlib
import http.server
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import urllib.parse

from securesystemslib.formats import encode_canonical
from securesystemslib.signer import CryptoSigner, SSlibKey
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

TOP = ["root", "timestamp", "snapshot", "targets"]


def tomorrow(days=1):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).replace(microsecond=0)


class Repository:
    """A repository whose owner can do anything. All roles begin at version 1."""

    def __init__(self, consistent=True, signers=CryptoSigner.generate_ed25519):
        self.files = {}
        self.answers = {}
        self.requests = []
        self.signed = {
            "root": Root(expires=tomorrow(), consistent_snapshot=consistent),
            "timestamp": Timestamp(expires=tomorrow()),
            "snapshot": Snapshot(expires=tomorrow()),
            "targets": Targets(expires=tomorrow()),
        }
        self.signers = {}
        for role in TOP:
            self.appoint(role, [signers()])
        self.publish()

    def __getitem__(self, role):
        return self.signed[role]

    def appoint(self, role, signers, threshold=1):
        """Gives a top-level role other keys."""
        root = self["root"]
        for key in list(root.roles[role].keyids):
            root.revoke_key(key, role)
        for signer in signers:
            root.add_key(signer.public_key, role)
        root.roles[role].threshold = threshold
        self.signers[role] = signers

    def delegate(self, delegator, role, **patterns):
        """Lets a role delegate to a new one, or to one that exists."""
        signer = CryptoSigner.generate_ed25519()
        terminating = patterns.pop("terminating", False)
        targets = self[delegator]
        if targets.delegations is None:
            targets.delegations = Delegations({}, {})
        targets.delegations.roles[role] = DelegatedRole(role, [], 1, terminating, **patterns)
        targets.add_key(signer.public_key, role)
        self.signed.setdefault(role, Targets(expires=tomorrow()))
        self.signers.setdefault(role, []).append(signer)

    def add(self, role, path, contents):
        """Lets a role vouch for a file, which is put where clients look."""
        target = TargetFile.from_data(path, contents, ["sha256"])
        self[role].targets[path] = target
        folder, _, name = path.rpartition("/")
        if self["root"].consistent_snapshot:
            name = f"{target.hashes['sha256']}.{name}"
        location = f"targets/{folder}/{name}" if folder else f"targets/{name}"
        self.files[location] = contents
        return location

    def bytes(self, role, signers=None):
        metadata = Metadata(self[role])
        for signer in self.signers[role] if signers is None else signers:
            metadata.sign(signer, append=True)
        return metadata.to_bytes()

    def location(self, role):
        name = urllib.parse.quote(role, "")
        versioned = role == "root" or (role != "timestamp" and self["root"].consistent_snapshot)
        return f"metadata/{self[role].version}.{name}.json" if versioned else f"metadata/{name}.json"

    def write(self, role, contents=None):
        contents = self.bytes(role) if contents is None else contents
        self.files[self.location(role)] = contents
        described = MetaFile(self[role].version, len(contents), {"sha256": hashlib.sha256(contents).hexdigest()})
        if role == "snapshot":
            self["timestamp"].snapshot_meta = described
        elif role not in TOP or role == "targets":
            self["snapshot"].meta[f"{role}.json"] = described

    def publish(self):
        """Writes all roles as they are."""
        for role in [role for role in self.signed if role not in ("snapshot", "timestamp")]:
            self.write(role)
        self.write("snapshot")
        self.write("timestamp")

    def publish_next(self, *roles):
        """Writes all roles, these and the online ones with their next version."""
        for role in {*roles, "snapshot", "timestamp"}:
            self[role].version += 1
        self.publish()


class Server(http.server.ThreadingHTTPServer):
    def __init__(self, repository):
        super().__init__(("127.0.0.1", 0), Handler)
        self.repository = repository
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        repository = self.server.repository
        # Not decoded: a client must send what it means.
        path = self.path.removeprefix("/base%5B1%5D/")
        repository.requests.append(path)
        if path in repository.answers:
            repository.answers[path](self)
            return
        contents = repository.files.get(urllib.parse.unquote(path) if path.startswith("targets/") else path)
        if contents is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(contents)))
        self.end_headers()
        self.wfile.write(contents)

    def log_message(self, *_):
        pass


class Client:
    """A host that trusts the repository's first root."""

    def __init__(self, program, repository):
        self.program = program
        self.repository = repository
        self.server = Server(repository)
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.metadata = self.folder / "metadata"
        self.targets = self.folder / "targets"
        self.targets.mkdir()
        self.base = f"http://127.0.0.1:{self.server.server_port}/base%5B1%5D"
        root = self.folder / "root.json"
        root.write_bytes(repository.files["metadata/1.root.json"])
        assert self.run("init", str(root)) == 0

    def run(self, *arguments):
        command = [self.program, "--metadata-dir", self.metadata, "--metadata-url", f"{self.base}/metadata", *arguments]
        return subprocess.run(command, timeout=60, check=False, stdout=subprocess.DEVNULL).returncode

    def refresh(self):
        return self.run("refresh")

    def download(self, *targets):
        names = [argument for target in targets for argument in ("--target-name", target)]
        bases = ["--target-base-url", f"{self.base}/targets/", "--target-dir", str(self.targets)]
        return self.run(*bases, *names, "download")

    def versions(self):
        found = []
        for role in TOP:
            path = self.metadata / f"{role}.json"
            found.append(json.loads(path.read_bytes())["signed"]["version"] if path.exists() else None)
        return found

    def downloaded(self):
        return sorted(path.read_bytes() for path in self.targets.iterdir())


def honest(program, consistent):
    repository = Repository(consistent)
    repository.add("targets", "dir/a file?#%.txt", b"contents")
    repository.publish_next("targets")
    client = Client(program, repository)
    assert client.download("dir/a file?#%.txt") == 0
    assert client.versions() == [1, 2, 2, 2]
    assert client.downloaded() == [b"contents"]
    for role in TOP:
        assert (client.metadata / f"{role}.json").read_bytes() == repository.files[repository.location(role)]
    count = len(repository.requests)
    assert client.download("dir/a file?#%.txt") == 0
    assert repository.requests[count:] == ["metadata/2.root.json", "metadata/timestamp.json"]


def honest_repository(program):
    honest(program, True)


def honest_repository_without_versions_in_names(program):
    honest(program, False)


def every_kind_of_key(program):
    repository = Repository()
    kinds = [CryptoSigner.generate_ed25519, CryptoSigner.generate_ecdsa, CryptoSigner.generate_rsa]
    client = Client(program, repository)
    old = repository.signers["root"]
    signers = [kind() for kind in kinds]
    for role in TOP:
        repository.appoint(role, signers, threshold=3)
    repository["root"].version = 2
    repository.publish_next("targets")
    repository.files["metadata/2.root.json"] = repository.bytes("root", old + signers)
    assert client.refresh() == 0
    assert client.versions() == [2, 2, 2, 2]
    for missing in range(3):
        repository.signers["timestamp"] = [signer for index, signer in enumerate(signers) if index != missing]
        repository.publish_next()
        repository.files["metadata/2.root.json"] = repository.bytes("root", old + signers)
        assert client.refresh() == 1
    assert client.versions() == [2, 2, 2, 2]


def fields_and_keys_of_the_future(program):
    repository = Repository()
    client = Client(program, repository)
    root = repository["root"]
    root.unrecognized_fields["x-note"] = {"é": [1, None, True, '"\\\n']}
    root.add_key(SSlibKey("future", "post-quantum", "post-quantum", {"public": "x"}), "timestamp")
    repository["targets"].unrecognized_fields["x-more"] = ["a"]
    root.version = 2
    repository.publish_next("targets")
    assert client.refresh() == 0
    assert client.versions() == [2, 2, 2, 2]


def bins_by_hash(program):
    repository = Repository()
    for index in range(16):
        repository.delegate("targets", f"bin-{index:x}", path_hash_prefixes=[f"{index:x}"])
    path = "some/file"
    bin_of_path = f"bin-{hashlib.sha256(path.encode()).hexdigest()[0]}"
    repository.add(bin_of_path, path, b"in its bin")
    repository.publish_next("targets")
    client = Client(program, repository)
    assert client.download(path) == 0
    assert client.downloaded() == [b"in its bin"]
    assert repository.requests[-2] == f"metadata/1.{bin_of_path}.json"


def strange_names(program):
    for role in ["?", "#", "/x", "../x", "é", "a b", "%2e%2e"]:
        repository = Repository()
        repository.delegate("targets", role, paths=["*"])
        repository.add(role, "file", b"contents")
        repository.publish_next("targets")
        client = Client(program, repository)
        assert client.download("file") == 0, role
        assert len(list(client.metadata.iterdir())) == 5
        assert sorted(path.name for path in client.folder.iterdir()) == ["metadata", "root.json", "targets"]


def replayed_timestamp(program):
    repository = Repository()
    client = Client(program, repository)
    old = repository.files["metadata/timestamp.json"]
    repository.publish_next()
    assert client.refresh() == 0
    repository.files["metadata/timestamp.json"] = old
    assert client.refresh() == 1
    assert client.versions() == [1, 2, 2, 1]


def frozen_repository(program):
    repository = Repository()
    client = Client(program, repository)
    assert client.refresh() == 0
    repository["timestamp"].expires = tomorrow(-1)
    repository.publish_next()
    assert client.refresh() == 1
    assert client.versions() == [1, 1, 1, 1]


def mixed_metadata(program):
    repository = Repository()
    client = Client(program, repository)
    old = repository.files["metadata/1.targets.json"]
    repository.publish_next("targets")
    repository.files["metadata/2.targets.json"] = old
    assert client.refresh() == 1
    assert client.versions() == [1, 2, 2, None]


def stolen_online_keys(program):
    """With the online keys one can delay a host, and make it run nothing."""
    repository = Repository()
    client = Client(program, repository)
    assert client.refresh() == 0
    repository.signers["targets"] = [CryptoSigner.generate_ed25519()]
    repository.add("targets", "file", b"malicious")
    repository.publish_next("targets")
    assert client.download("file") == 1
    assert client.versions() == [1, 2, 2, 1]
    assert client.downloaded() == []


def fast_forward(program):
    repository = Repository()
    client = Client(program, repository)
    repository["snapshot"].version = 2**63 - 2
    repository["timestamp"].version = 2**63 - 2
    repository.publish_next()
    assert client.refresh() == 0
    repository["snapshot"].version = 1
    repository["timestamp"].version = 1
    repository.publish_next()
    assert client.refresh() == 1
    repository.appoint("timestamp", [CryptoSigner.generate_ecdsa()])
    repository.appoint("snapshot", [CryptoSigner.generate_ecdsa()])
    repository["root"].version = 2
    repository.publish_next()
    assert client.refresh() == 0
    assert client.versions() == [2, 3, 3, 1]


def chain_of_roots(program):
    repository = Repository()
    client = Client(program, repository)
    for version in range(2, 12):
        old = repository.signers["root"]
        repository.appoint("root", [CryptoSigner.generate_ed25519()])
        repository["root"].version = version
        repository["root"].expires = tomorrow(-1) if version < 11 else tomorrow()
        repository.files[f"metadata/{version}.root.json"] = repository.bytes("root", old + repository.signers["root"])
    assert client.refresh() == 0
    assert client.versions() == [11, 1, 1, 1]
    repository["root"].version = 12
    repository.appoint("root", [CryptoSigner.generate_ed25519()])
    repository.write("root")
    assert client.refresh() == 1
    assert client.versions() == [11, 1, 1, 1]


def swapped_target(program):
    repository = Repository()
    location = repository.add("targets", "file", b"contents")
    repository.publish_next("targets")
    client = Client(program, repository)
    for contents in [b"malicious", b"contents and more", b"cont", b""]:
        repository.files[location] = contents
        assert client.download("file") == 1
    assert client.downloaded() == []
    repository.files[location] = b"contents"
    assert client.download("file") == 0


def second_target_fails(program):
    repository = Repository()
    repository.add("targets", "one", b"1")
    repository.add("targets", "three", b"3")
    repository.publish_next("targets")
    client = Client(program, repository)
    assert client.download("one", "two", "three") == 1
    assert client.downloaded() == [b"1"]


def role_beyond_its_paths(program):
    repository = Repository()
    repository.delegate("targets", "a", paths=["a/*"])
    repository.delegate("a", "b", paths=["*", "*/*"])
    repository.add("a", "z/file", b"beyond")
    repository.add("b", "z/file", b"beyond")
    repository.add("b", "a/file", b"within")
    repository.publish_next("targets")
    client = Client(program, repository)
    assert client.download("z/file") == 1
    assert client.download("a/file") == 0
    assert client.downloaded() == [b"within"]


def role_of_two_delegators(program):
    repository = Repository()
    repository.delegate("targets", "a", paths=["a/*"])
    repository.delegate("targets", "b", paths=["b/*"])
    repository.delegate("a", "shared", paths=["a/*"])
    repository.delegate("b", "shared", paths=["b/*"])
    del repository.signers["shared"][1]
    repository.add("shared", "a/file", b"good")
    repository.add("shared", "b/file", b"malicious")
    repository.publish_next("targets")
    client = Client(program, repository)
    assert client.download("a/file", "b/file") == 1
    assert client.downloaded() == [b"good"]


def role_named_root(program):
    repository = Repository()
    client = Client(program, repository)
    assert client.refresh() == 0
    signed = json.loads(repository.files["metadata/1.targets.json"])["signed"]
    signed["version"] = 2
    signed["delegations"] = {
        "keys": {},
        "roles": [{"name": "root", "keyids": [], "threshold": 1, "terminating": False, "paths": ["*"]}],
    }
    publish_raw(repository, "targets", signed)
    assert client.refresh() == 1
    assert client.versions() == [1, 2, 2, 1]


def publish_raw(repository, role, signed):
    """Publishes what the reference implementation would not write, with a good signature."""
    signature = repository.signers[role][0].sign(encode_canonical(signed).encode())
    contents = json.dumps({"signatures": [signature.to_dict()], "signed": signed}).encode()
    repository[role].version = signed["version"]
    repository.files[repository.location(role)] = contents
    described = MetaFile(signed["version"], len(contents), {"sha256": hashlib.sha256(contents).hexdigest()})
    repository["snapshot"].meta[f"{role}.json"] = described
    repository["snapshot"].version += 1
    repository["timestamp"].version += 1
    repository.write("snapshot")
    repository.write("timestamp")


def duplicate_member(program):
    """Two readers of one file must not see two things in it."""
    repository = Repository()
    client = Client(program, repository)
    contents = repository.bytes("timestamp")
    repository.files["metadata/timestamp.json"] = contents.replace(b'"signed":{', b'"signed":{"version":1,', 1)
    assert contents != repository.files["metadata/timestamp.json"]
    assert client.refresh() == 1
    assert client.versions() == [1, None, None, None]


def endless(handler):
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b" " * 65536)
    except OSError:
        pass


def endless_data(program):
    repository = Repository()
    location = repository.add("targets", "file", b"contents")
    repository.publish_next("targets")
    for path in ["metadata/2.root.json", "metadata/timestamp.json", "metadata/2.snapshot.json", "metadata/2.targets.json"]:
        client = Client(program, repository)
        repository.answers = {path: endless}
        assert client.refresh() == 1, path
    client = Client(program, repository)
    repository.answers = {location: endless}
    assert client.download("file") == 1
    assert client.downloaded() == []
    assert list(client.targets.iterdir()) == []


def answer(status, contents, length=None):
    def send(handler):
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(contents) if length is None else length))
        handler.end_headers()
        handler.wfile.write(contents)

    return send


def broken_server(program):
    repository = Repository()
    client = Client(program, repository)
    good = repository.files["metadata/timestamp.json"]
    for path in ["metadata/2.root.json", "metadata/timestamp.json"]:
        for bad in [answer(500, b""), answer(200, b"<html>sign in</html>"), answer(200, good[:100], 1000)]:
            repository.answers = {path: bad}
            assert client.refresh() == 1, path
    repository.answers = {"metadata/2.root.json": answer(403, b"")}
    assert client.refresh() == 0
    client.server.shutdown()
    client.server.server_close()
    assert client.refresh() == 1
    assert client.versions() == [1, 1, 1, 1]


def moved(location):
    def send(handler):
        handler.send_response(302)
        handler.send_header("Location", location)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return send


def redirects(program):
    repository = Repository()
    client = Client(program, repository)
    repository.files["mirror/timestamp.json"] = repository.files["metadata/timestamp.json"]
    repository.answers = {"metadata/timestamp.json": moved(f"{client.base}/mirror/timestamp.json")}
    assert client.refresh() == 0
    repository.answers = {"metadata/timestamp.json": moved(f"{client.base}/metadata/timestamp.json")}
    assert client.refresh() == 1


def wrong_command_lines(program):
    folder = tempfile.mkdtemp()
    for arguments in [
        ["--metadata-dir", folder, "refresh"],
        ["--metadata-dir", folder, "init"],
        ["--metadata-dir", folder, "--metadata-url", "http://127.0.0.1:1", "download"],
        ["--metadata-dir", folder, "update"],
    ]:
        assert subprocess.run([program, *arguments], check=False, capture_output=True).returncode == 64
    empty = [program, "--metadata-dir", folder, "--metadata-url", "http://127.0.0.1:1", "refresh"]
    result = subprocess.run(empty, check=False, capture_output=True, text=True)
    assert result.returncode == 1
    assert "has no trusted root" in result.stderr


def main():
    program, scenario = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        tempfile.tempdir = folder
        globals()[scenario](program)


main()
