# SPDX-License-Identifier: Apache-2.0
"""Print the machine's own Debian archive entries again, with source packages, for a private apt configuration.

Reads /etc/apt/sources.list and /etc/apt/sources.list.d in both formats; changes nothing.
"""

import pathlib
import re
import sys

APT = pathlib.Path("/etc/apt")


def deb822(text):
    """The fields of each stanza of a .sources file."""
    for stanza in re.split(r"\n\s*\n", text):
        lines = [line for line in stanza.splitlines() if not line.startswith("#")]
        fields = re.findall(r"^(\S+?):((?:.*)(?:\n[ \t].*)*)", "\n".join(lines), re.MULTILINE)
        yield {name.lower(): value.strip() for name, value in fields}


def one_line(text):
    """The entries of a .list file as the fields that a .sources file would have."""
    for line in text.splitlines():
        match = re.match(r"\s*(deb|deb-src)\s+(?:\[(.*?)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)", line)
        if match:
            kind, options, uri, suite, components = match.groups()
            fields = {"types": kind, "uris": uri, "suites": suite, "components": components.strip()}
            for option in (options or "").split():
                name, _, value = option.partition("=")
                fields[name.lower()] = value.replace(",", " ")
            yield fields


def entries():
    for path in [APT / "sources.list", *sorted((APT / "sources.list.d").glob("*"))]:
        if path.suffix == ".sources":
            yield from deb822(path.read_text())
        elif path.suffix == ".list" and path.is_file():
            yield from one_line(path.read_text())


def main(release):
    wanted = {release, f"{release}-updates", f"{release}-security"}
    found = False
    for fields in entries():
        suites = sorted(wanted & set(fields.get("suites", "").split()))
        enabled = fields.get("enabled", "yes").lower() not in {"no", "false", "0"}
        if not (enabled and suites and "main" in fields.get("components", "").split()):
            continue
        if "deb" not in fields.get("types", "").split():
            continue
        found = True
        print("Types: deb deb-src", f"URIs: {fields['uris']}", sep="\n")
        print(f"Suites: {' '.join(suites)}", "Components: main", sep="\n")
        if "signed-by" in fields:
            print("Signed-By:", fields["signed-by"])
        print()
    if not found:
        sys.exit(f"apt on this machine names no archive with {release} main")


main(sys.argv[1])
