#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check.py PATCHED.o OUTPUT.o: what a live patch's object must be, told by readelf and ld alone.

- ld links it, and readelf has nothing to say against it;
- each function in it has the bytes of the patched build, and a relocation wherever that has one;
- no jump leaves a function without a relocation, no symbol of a section is undefined;
- each function of the table of replaced ones has a call of the tracer, listed in __mcount_loc, if the build has calls;
- each record of a special section is about code of the patch itself.
"""

import re
import subprocess
import sys
import tempfile

TABLES = {
    "__bug_table", "__ex_table", ".altinstructions", ".parainstructions", ".smp_locks", "__jump_table",
    ".static_call_sites", ".call_sites", ".return_sites", ".retpoline_sites", "__mcount_loc", ".orc_unwind_ip",
}
TRACERS = {"__fentry__", "mcount", "_mcount"}


def output_of(*command):
    result = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if result.returncode:
        raise SystemExit(f"{command[0]}: {result.stderr.strip()[:400]}")
    return result.stdout


class Object:
    """Sections, symbols and relocations of an object file."""

    def __init__(self, path):
        self.bytes = open(path, "rb").read()
        self.sections = {}
        text = output_of("readelf", "--sections", "--wide", path)
        for line in text.splitlines():
            match = re.match(r"\s*\[\s*(\d+)\] (\S+)\s+(\S+)\s+\S+ (\S+) (\S+)", line)
            if match:
                number, name, kind, offset, size = match.groups()
                self.sections[int(number)] = (name, kind, int(offset, 16), int(size, 16))
        self.symbols = {}
        for line in output_of("readelf", "--syms", "--wide", path).splitlines():
            words = line.split()
            if len(words) >= 7 and words[0].endswith(":") and words[0][:-1].isdigit():
                name = words[7] if len(words) > 7 else ""
                self.symbols[int(words[0][:-1])] = (name, int(words[1], 16), int(words[2], 0), words[3], words[6])
        self.relocations = {}
        for number, (name, kind, offset, size) in self.sections.items():
            if kind == "RELA":
                holder = self.holder(number, path, text)
                for start in range(offset, offset + size, 24):
                    place, info, addend = (
                        int.from_bytes(self.bytes[start + at:start + at + 8], "little", signed=at == 16)
                        for at in (0, 8, 16))
                    self.relocations.setdefault(holder, []).append((place, info & 0xFFFFFFFF, info >> 32, addend))

    def holder(self, number, path, text):
        start = int.from_bytes(self.bytes[40:48], "little") + number * 64
        return int.from_bytes(self.bytes[start + 44:start + 48], "little")

    def contents(self, number):
        _, kind, offset, size = self.sections[number]
        return b"" if kind == "NOBITS" else self.bytes[offset:offset + size]

    def functions(self):
        for name, value, size, kind, place in self.symbols.values():
            if kind == "FUNC" and place.isdigit() and size:
                yield name, int(place), value, size

    def fields(self, section, start, size):
        return {
            place - start: (kind, self.symbols[symbol][0])
            for place, kind, symbol, _ in self.relocations.get(section, ())
            if start <= place < start + size}


def is_branch(code, field):
    return field >= 1 and (code[field - 1] in (0xE8, 0xE9) or field >= 2 and code[field - 2] == 0x0F
                           and code[field - 1] & 0xF0 == 0x80)


def compare(patched, made):
    """Each function of the patch is that of the patched build."""
    theirs = {name: rest for name, *rest in patched.functions()}
    for name, section, value, size in made.functions():
        if name.startswith("__pfx_"):
            continue
        if name not in theirs:
            raise SystemExit(f"{name}: the patched build has no such function")
        holder, start, length = theirs[name]
        if length != size:
            raise SystemExit(f"{name}: {size} bytes instead of {length}")
        mine = bytearray(made.contents(section)[value:value + size])
        other = bytearray(patched.contents(holder)[start:start + length])
        new, old = made.fields(section, value, size), patched.fields(holder, start, length)
        for place, (kind, symbol) in old.items():
            erased = kind == 0 and symbol in TRACERS
            if place not in new and kind != 0:
                raise SystemExit(f"{name}+{place:#x}: the relocation to {symbol} is missing")
            if erased and place in new:
                mine[place - 1:place + 4] = other[place - 1:place + 4] = bytes(5)
        for place in new:
            for offset in range(place, min(place + 4, size)):
                mine[offset] = other[offset] = 0
            if place not in old and not is_branch(made.contents(section)[value:], place):
                raise SystemExit(f"{name}+{place:#x}: a relocation that the patched build does not have")
        if mine != other:
            first = next(place for place in range(size) if mine[place] != other[place])
            raise SystemExit(f"{name}+{first:#x}: other bytes than in the patched build")


def check_tables(made):
    executable = {
        number for number, (name, kind, _, _) in made.sections.items()
        if name.startswith((".text", ".fixup", ".altinstr_aux", ".sched", ".noinstr", ".ref.text", ".kprobes"))}
    for number, (name, kind, _, size) in made.sections.items():
        if name not in TABLES or kind != "PROGBITS":
            continue
        entries = sorted(made.relocations.get(number, ()))
        if not entries:
            raise SystemExit(f"{name}: no relocations in {size} bytes")
        if entries[0][0] != 0:
            raise SystemExit(f"{name}: the first record has no place")
        symbol = made.symbols[entries[0][2]]
        if not symbol[4].isdigit() or int(symbol[4]) not in executable:
            raise SystemExit(f"{name}: a record is about {symbol[0]}, which the patch does not have")


def check_replaced(patched, made):
    table = next((number for number, section in made.sections.items()
                  if section[0] == ".data.kaketsugi_functions" and section[1] == "PROGBITS"), None)
    if table is None:
        raise SystemExit("there is no table of replaced functions")
    replaced = {made.symbols[symbol][0] for place, _, symbol, _ in made.relocations.get(table, ()) if place % 32 == 16}
    listed = {
        made.symbols[symbol][0] for number, section in made.sections.items() if section[0] == "__mcount_loc"
        for _, _, symbol, _ in made.relocations.get(number, ())}
    missing = replaced - listed
    if missing:
        raise SystemExit(f"not in __mcount_loc: {', '.join(sorted(missing))}")


def main():
    patched, made = Object(sys.argv[1]), Object(sys.argv[2])
    for name, _, _, kind, place in made.symbols.values():
        if kind == "SECTION" and place == "UND":
            raise SystemExit(f"the symbol of a section is undefined: {name}")
    compare(patched, made)
    check_tables(made)
    check_replaced(patched, made)
    with tempfile.NamedTemporaryFile() as linked:
        output_of("ld", "-r", "-o", linked.name, sys.argv[2])
    noise = subprocess.run(["readelf", "--all", "--wide", sys.argv[2]], capture_output=True, check=False).stderr
    if noise:
        raise SystemExit(noise.decode(errors="replace")[:400])


main()
