# SPDX-License-Identifier: Apache-2.0
"""Kill the patcher at random instants, and look at what it was about.

kills.py FOLDER KAKETSUGI PATCH COUNT [SEED]: FOLDER has victim and the library. After each kill the victim must run,
with all of its threads, and the next start must finish or undo the change. Exits with 1 if that fails once.
"""

import os
import random
import signal
import subprocess
import sys
import time


class Victim:
    """The process that is patched."""

    def __init__(self, folder):
        self.process = subprocess.Popen(
            [os.path.join(folder, "victim")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()
        self.pid = str(self.process.pid)

    def ask(self):
        """The values of both functions, and the counts of rounds, interrupted calls, early returns and wrong sums."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        return [int(word) for word in answer] if len(answer) == 6 else None

    def stopped(self):
        """Whether a thread is stopped or traced."""
        for task in os.listdir(f"/proc/{self.pid}/task"):
            try:
                with open(f"/proc/{self.pid}/task/{task}/stat", encoding="utf-8") as file:
                    if file.read().rsplit(")", 1)[1].split()[0] in "tT":
                        return True
            except FileNotFoundError:
                pass
        return False


def duration(command):
    """How long a command takes, in seconds, and its exit code."""
    begin = time.monotonic()
    code = subprocess.run(command, capture_output=True, timeout=60, check=False).returncode
    return time.monotonic() - begin, code


def kill_after(command, delay):
    """Run a command for so long at most; whether it was killed."""
    tool = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + delay
    while time.monotonic() < end:
        pass
    tool.send_signal(signal.SIGKILL)
    return tool.wait() == -signal.SIGKILL


def main():
    folder, tool, patch, count = sys.argv[1:4] + [int(sys.argv[4])]
    seed = int(sys.argv[5]) if len(sys.argv) > 5 else random.randrange(1 << 32)
    chance = random.Random(seed)
    victim = Victim(folder)
    commands = {name: [tool, name, patch, "--pid", victim.pid] for name in ("apply", "revert")}
    usual = {}
    for name in ("apply", "revert", "apply", "revert", "apply", "revert"):
        usual[name], code = duration(commands[name])
        if code:
            sys.exit(f"{name}: exit code {code}")
    seen = {"killed": 0, "in effect": 0, "stopped": 0, "dead": 0, "half": 0, "not finished": 0}
    state = 1
    for number in range(count):
        name = "apply" if state == 1 else "revert"
        # Half of them late, when it is about the process.
        earliest = chance.choice((0, 0.6))
        killed = kill_after(commands[name], chance.uniform(earliest, 1.1) * usual[name])
        seen["killed"] += killed
        # The kernel lets the threads go when it buries the tool.
        end = time.monotonic() + 2
        while victim.process.poll() is None and victim.stopped() and time.monotonic() < end:
            time.sleep(0.001)
        if victim.process.poll() is not None:
            seen["dead"] += 1
            break
        seen["stopped"] += victim.stopped()
        answer = victim.ask()
        seen["in effect"] += killed and answer[0] != state
        # The next start goes on in one half of the cases, and back in the other.
        wanted = 2 if chance.random() < 0.5 else 1
        before, name = answer[0], "apply" if wanted == 2 else "revert"
        took, code = duration(commands[name])
        answer = victim.ask()
        if before != answer[0]:
            # The machine's speed changes while this runs.
            usual[name] += (took - usual[name]) / 5
        # What holds no patch at all cannot be reverted: exit code 4.
        seen["not finished"] += code not in ((0,) if wanted == 2 else (0, 4))
        seen["half"] += answer[0] != wanted or answer[1] != wanted
        state = answer[0]
        if number % 100 == 99:
            print(f"{number + 1}: {seen}", flush=True)
    if not seen["dead"]:
        _, _, rounds, interrupted, early, wrong = victim.ask()
        print(f"the victim: {rounds} rounds, {interrupted} calls interrupted, {early} early, {wrong} wrong")
        victim.process.stdin.close()
        if early or wrong or rounds < count:
            seen["dead"] += 1
    print(f"seed {seed}, {count} starts: {seen}")
    sys.exit(any(seen[key] for key in ("stopped", "dead", "half", "not finished")))


main()
