#!/usr/bin/env python3
"""Every precondition that the planner writes is one that the reconciler can check: else its action would never start.

usage: conditions_test.py
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
written = set()
for path in (ROOT / "lib/planner").rglob("*.cc"):
    if not path.name.endswith("_test.cc"):
        written |= set(re.findall(r'\b(?:Pre|AddPolicyCondition)\(\s*"(\w+)"', path.read_text()))
text = (ROOT / "lib/reconcile/preconditions.cc").read_text()
checked = set(re.findall(r'^\s*\{"(\w+)",', text, flags=re.M)) | set(re.findall(r'c\.fact\(\) == "(\w+)"', text))
unknown, unused = sorted(written - checked), sorted(checked - written)
print(f"{len(written)} facts are written, {len(checked)} can be checked")
for fact in unknown:
    print(f"lib/planner writes the precondition {fact}, and lib/reconcile/preconditions.cc does not know it")
for fact in unused:
    print(f"lib/reconcile/preconditions.cc knows {fact}, and lib/planner never writes it")
sys.exit(1 if unknown or unused or len(written) < 20 else 0)
