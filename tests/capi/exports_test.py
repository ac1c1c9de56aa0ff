#!/usr/bin/env python3
"""libcassplan.so exports exactly the functions that its header declares and capi/functions.inc lists, and nothing else.

usage: exports_test.py LIBRARY
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOST = 25


def main():
    names = subprocess.run(["nm", "-D", "--defined-only", sys.argv[1]], check=True, capture_output=True, text=True).stdout
    symbols = {line.split()[-1] for line in names.splitlines()} - {"CASSPLAN_0"}
    exported = {s.removesuffix("@@CASSPLAN_0") for s in symbols}
    header = (ROOT / "capi/include/cassplan/cassplan.h").read_text()
    declared = re.findall(r"CASSPLAN_API [\w *]*?(cassplan_\w+)\(", header)
    listed = re.findall(r"^CASSPLAN_FUNCTION\((\w+)\)$", (ROOT / "capi/functions.inc").read_text(), flags=re.M)
    problems = []
    if any("@" not in s for s in symbols):
        problems.append(f"without a version: {sorted(s for s in symbols if '@' not in s)}")
    if listed != sorted(set(listed)):
        problems.append("capi/functions.inc is not sorted")
    for name, there in (("declared in cassplan.h", set(declared)), ("listed in capi/functions.inc", set(listed))):
        problems += [f"{s}: exported, not {name}" for s in sorted(exported - there)]
        problems += [f"{s}: {name}, not exported" for s in sorted(there - exported)]
    if len(exported) > MOST:
        problems.append(f"{len(exported)} functions; at most {MOST}: a new capability is a new message")
    print("\n".join(problems) or f"{len(exported)} functions, as declared")
    return 1 if problems or not exported else 0


if __name__ == "__main__":
    sys.exit(main())
