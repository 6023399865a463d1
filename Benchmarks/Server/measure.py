# SPDX-License-Identifier: Apache-2.0
"""measure.py FOLDER NGINX-CONF SIMULATOR SECONDS ROUNDS HOSTS: our server and nginx, one after the other, A B A B."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

folder, template, simulator, seconds, rounds, hosts = sys.argv[1:4] + [int(value) for value in sys.argv[4:7]]
TICKS = os.sysconf("SC_CLK_TCK")
HASH = "0" * 64


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def processes(root):
    """The process and its children."""
    found = [root]
    for child in open(f"/proc/{root}/task/{root}/children", encoding="ascii").read().split():
        found += processes(int(child))
    return found


def cpu(root):
    """Seconds of processor time of a process and its children."""
    total = 0
    for process in processes(root):
        fields = open(f"/proc/{process}/stat", encoding="utf-8").read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def peak(root):
    """The most memory that was resident, of a process and its children, in MB."""
    total = 0
    for process in processes(root):
        status = open(f"/proc/{process}/status", encoding="utf-8").read()
        total += int(re.search(r"VmHWM:\s+(\d+)", status)[1])
    return total // 1000


def wait_for(port):
    for _ in range(200):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit("a server did not start")


def milliseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def load(process, port, path, connections, token=None):
    """wrk on a path: requests a second, requests per processor second of the server, 99 % in ms, memory in MB."""
    command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "30s"]
    if token:
        command += ["-H", f"Authorization: Bearer {token}"]
    begin = cpu(process)
    output = subprocess.run(
        command + [f"http://127.0.0.1:{port}{path}"], check=True, capture_output=True, text=True
    ).stdout
    spent = cpu(process) - begin
    if "Non-2xx" in output or "Socket errors" in output:
        sys.exit(f"{path}: not all answers were good:\n{output}")
    count = int(re.search(r"(\d+) requests in", output)[1])
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])
    return rate, count / max(spent, 0.01), milliseconds(re.search(r"^ *99% +(\S+)", output, re.MULTILINE)[1]), peak(process)


def start(command, **options):
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, **options)


def run(arguments):
    return subprocess.run(["kaketsugi-server", *arguments], check=True, capture_output=True, text=True).stdout


def nginx_process():
    port = free_port()
    configuration = open(template, encoding="utf-8").read()
    for name, value in {"RUN": folder, "PORT": str(port), "ROOT": f"{folder}/data"}.items():
        configuration = configuration.replace(f"@{name}@", value)
    # Workers of another user could not enter the folder.
    if os.geteuid() == 0:
        configuration = "user root;\n" + configuration
    path = f"{folder}/nginx.conf"
    with open(path, "w", encoding="utf-8") as file:
        file.write(configuration)
    return start(["nginx", "-p", folder, "-c", path, "-e", f"{folder}/nginx.log"]), port


def server_process():
    port = free_port()
    log = open(f"{folder}/server.log", "w", encoding="utf-8")
    options = ["--plain", "--listen", f"127.0.0.1:{port}", "--key", f"{folder}/online"]
    options += ["--passphrase-file", f"{folder}/passphrase", "--log-level", "warning"]
    return start(["kaketsugi-server", "serve", "--data", f"{folder}/data", *options], stderr=log), port


def register(port):
    """A contract and a key of it, by which simulated hosts register and check in; the token of one of them."""
    place = ["--data", f"{folder}/data", "--json"]
    run(["contracts", "add", "BENCHMARK", "--customer", "Benchmark", *place])
    made = json.loads(run(["activation-keys", "add", "--contract", "BENCHMARK", "--limit", str(hosts), *place]))
    key = made["keys"][0]["key"]
    command = [simulator, "--port", str(port), "--key", key, "--hosts", str(hosts), "--connections", "256"]
    token = f"{folder}/token"
    return subprocess.run(
        command + ["--rounds", "2", "--token", token], check=True, capture_output=True, text=True
    ).stdout, open(token, encoding="ascii").read().strip()


def report(title, path, ours, theirs, connections, token=None):
    print(f"{title}, {connections} connections")
    for _ in range(rounds):
        for name, (process, port), secret in (("kaketsugi", ours, token), ("nginx", theirs, None)):
            rate, efficiency, slowest, memory = load(process.pid, port, path, connections, secret)
            print(
                f"  {name:10} {rate:9,.0f} requests/s {efficiency:9,.0f} per CPU second, "
                f"99 % {slowest:7.2f} ms, {memory:4} MB at most"
            )


ours, theirs = server_process(), nginx_process()
try:
    for _, port in (ours, theirs):
        wait_for(port)
    spent = cpu(ours[0].pid)
    rounds_of_hosts, secret = register(ours[1])
    print(f"{hosts} simulated hosts on 256 connections, {cpu(ours[0].pid) - spent:.1f} CPU seconds of the server")
    print("  " + rounds_of_hosts.strip().replace("\n", "\n  "))
    base = "/repository/targets/openssl/debian-12/ab/" + HASH
    report("metadata (timestamp.json)", "/repository/metadata/timestamp.json", ours, theirs, 256)
    report("a patch of 1 KiB, for ours with a token", f"{base}.1.mend", ours, theirs, 256, secret)
    report("a patch of 1 MiB, for ours with a token", f"{base}.2.mend", ours, theirs, 256, secret)
finally:
    for process, _ in (ours, theirs):
        process.send_signal(signal.SIGTERM)
        process.wait()
