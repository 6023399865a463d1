# SPDX-License-Identifier: Apache-2.0
"""The programs that are patched, each with the load on it."""

import os
import re
import shutil
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def wait_for(condition, what, limit=60):
    """Wait until a condition holds."""
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"{what} does not come up")
        time.sleep(0.05)


def descendants(pid):
    """A process and all of its children."""
    found = [pid]
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
            for child in file.read().split():
                found += descendants(int(child))
    return found


class Program:
    """A program under load. `processes` are patched; `end` tells what failed, and what was done."""

    def __init__(self, folder):
        self.folder = folder
        self.server = None
        self.load = None

    def processes(self):
        return descendants(self.server.pid)

    def start(self, command, **options):
        with open(os.path.join(self.folder, "server.log"), "ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, **options)

    def start_load(self, command, **options):
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)

    def stop(self):
        """Ends what may be left."""
        for process in (self.load, self.server):
            if process and process.poll() is None:
                process.terminate()
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()


class Nginx(Program):
    """nginx with two workers that compress, and wrk."""

    port = 18611
    name = "nginx"

    def begin(self):
        with open(os.path.join(self.folder, "index.html"), "w", encoding="ascii") as page:
            page.write("<p>text</p>\n" * 2000)
        with open(os.path.join(self.folder, "nginx.conf"), "w", encoding="ascii") as conf:
            conf.write(f"""daemon off; worker_processes 2; pid {self.folder}/nginx.pid; error_log {self.folder}/error.log;
user root; events {{ worker_connections 256; }}
http {{ access_log {self.folder}/access.log; gzip on; gzip_types text/html; client_body_temp_path {self.folder}/body;
proxy_temp_path {self.folder}/proxy; fastcgi_temp_path {self.folder}/fastcgi; uwsgi_temp_path {self.folder}/uwsgi;
scgi_temp_path {self.folder}/scgi; keepalive_requests 50;
server {{ listen 127.0.0.1:{self.port}; root {self.folder}; }} }}\n""")
        self.server = self.start(["nginx", "-p", self.folder, "-c", os.path.join(self.folder, "nginx.conf")])
        wait_for(lambda: len(self.processes()) == 3, "nginx")
        time.sleep(0.5)
        self.load = self.start_load(
            ["wrk", "-t1", "-c16", "-d36000", "--timeout", "30s", "-H", "Accept-Encoding: gzip", f"http://127.0.0.1:{self.port}/index.html"])

    def end(self):
        # wrk tells what it has counted when it is interrupted.
        self.load.send_signal(2)
        text = self.load.communicate(timeout=60)[0]
        requests = re.search(r"(\d+) requests in", text)
        failed = "Socket errors" in text or "Non-2xx" in text or not requests
        return failed, f"{requests[1] if requests else 0} requests" + (": " + text if failed else "")


class PostgreSQL(Program):
    """PostgreSQL with four connections, and pgbench."""

    port = 18612
    name = "PostgreSQL"
    programs = "/usr/lib/postgresql/15/bin/"
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]

    def begin(self):
        data = os.path.join(self.folder, "data")
        shutil.chown(self.folder, "postgres", "postgres")
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True, "cwd": self.folder}
        subprocess.run([*self.user, self.programs + "initdb", "--auth=trust", "-D", data], **quiet)
        self.server = self.start(
            [*self.user, self.programs + "postgres", "-D", data, "-p", str(self.port), "-k", self.folder, "-c", "fsync=off"],
            cwd=self.folder)
        options = ["-h", self.folder, "-p", str(self.port)]
        wait_for(lambda: subprocess.run(
            [*self.user, self.programs + "pg_isready", *options], stdout=subprocess.DEVNULL, check=False).returncode == 0,
            "PostgreSQL")
        subprocess.run([*self.user, self.programs + "pgbench", "-i", "-s", "1", *options, "postgres"], **quiet)
        self.load = self.start_load(
            [*self.user, self.programs + "pgbench", "-c", "4", "-T", "36000", *options, "postgres"], cwd=self.folder)
        wait_for(lambda: len(self.processes()) >= 10, "pgbench")

    def end(self):
        # pgbench says nothing when it is ended early: the database tells.
        alive = self.load.poll() is None
        query = "SELECT xact_commit, xact_rollback FROM pg_stat_database WHERE datname = 'postgres'"
        time.sleep(2)
        answer = subprocess.run(
            [*self.user, self.programs + "psql", "-h", self.folder, "-p", str(self.port), "-At", "-c", query, "postgres"],
            capture_output=True, text=True, check=False, cwd=self.folder).stdout.strip().split("|")
        self.load.terminate()
        text = self.load.communicate(timeout=60)[0]
        with open(os.path.join(self.folder, "server.log"), encoding="utf-8", errors="replace") as log:
            trouble = re.findall(r"(?:PANIC|terminated by signal|server process).*", log.read())
        failed = not alive or "abort" in text or "error" in text or len(answer) != 2 or bool(trouble)
        return failed, f"{answer[0]} transactions" + (f": {text} {trouble}" if failed else "")


class Redis(Program):
    """Redis with two threads for sockets, and redis-benchmark."""

    port = 18613
    name = "Redis"

    def begin(self):
        self.server = self.start(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", self.folder,
             "--io-threads", "2"])
        ask = ["redis-cli", "-p", str(self.port)]
        wait_for(lambda: subprocess.run([*ask, "ping"], capture_output=True, check=False).stdout == b"PONG\n", "Redis")
        self.load = self.start_load(
            ["redis-benchmark", "-p", str(self.port), "-c", "16", "-d", "400", "-r", "10000", "-l", "-q",
             "-t", "set,get,lpush,lpop,zadd"])

    def end(self):
        alive = self.load.poll() is None
        info = subprocess.run(
            ["redis-cli", "-p", str(self.port), "info", "stats"], capture_output=True, text=True, check=False).stdout
        self.load.terminate()
        text = self.load.communicate(timeout=60)[0]
        commands = re.search(r"total_commands_processed:(\d+)", info)
        errors = re.search(r"total_error_replies:(\d+)", info)
        failed = not alive or not commands or not errors or errors[1] != "0" or "Error" in text
        return failed, f"{commands[1] if commands else 0} commands" + (f": {text[-500:]}" if failed else "")


class Own(Program):
    """A program that loads itself, and tells when its input ends."""

    def run(self, command):
        self.server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=self.folder)
        if self.server.stdout.readline() != "ready\n":
            raise SystemExit(f"{self.name} does not come up")

    def end(self):
        self.server.stdin.close()
        text = self.server.stdout.read().strip()
        return self.server.wait(60) != 0 or "failures 0" not in text, text


class Python(Own):
    """A Python with seven threads."""

    name = "Python"

    def begin(self):
        self.run(["/usr/bin/python3", os.path.join(HERE, "work.py")])


class Java(Own):
    """A JVM."""

    name = "JVM"

    def begin(self):
        subprocess.run(["ecj", "-17", "-proc:none", "-d", self.folder, os.path.join(HERE, "Work.java")], check=True)
        self.run(["java", "-Xmx256m", "-cp", self.folder, "Work"])


ALL = (Nginx, PostgreSQL, Redis, Python, Java)
