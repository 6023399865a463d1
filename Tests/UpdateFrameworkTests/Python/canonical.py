# SPDX-License-Identifier: Apache-2.0
"""Reads a JSON list of [document, pattern, path] and prints what the reference implementation makes of each.

For a document, a text of JSON: its canonical form. For a pattern and a path: whether they match.
"""

import json
import pathlib
import sys

from securesystemslib.formats import encode_canonical
from tuf.api.metadata import DelegatedRole

results = []
for document, pattern, path in json.loads(pathlib.Path(sys.argv[1]).read_text()):
    role = DelegatedRole("role", [], 1, False, [pattern])
    results.append([encode_canonical(json.loads(document)).encode().hex(), role.is_delegated_path(path)])
print(json.dumps(results))
