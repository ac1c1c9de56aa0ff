#!/usr/bin/env python3
"""The pages that are made from the code are what the code says, docs/asks.md names cases that exist and none is missing, no
link is dead, and every setting of the policy is told.

usage: docs_test.py
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROW = re.compile(r"\| (.+?) \| (.+?) \| (.+?)(?: \((planned|blocked|refused|converged|in progress)\))? \|$")
WANTED = [str(i) for i in range(1, 93)] + [f"casskop {i}" for i in range(1, 22)] + [f"S{i}" for i in range(1, 17)] + [
    f"B{i}" for i in range(1, 16)]
NOT_DONE = {"90"}  # a restore


def place(row):
    """Rows stand in this order."""
    name = row.rstrip("0123456789")
    return ["", "casskop ", "S", "B"].index(name), int(row[len(name):])


def problems_of_row(row, case, outcome):
    if case == "not done":
        return [] if row in NOT_DONE else [f"row {row} is not done"]
    name = case.strip("`")
    golden = ROOT / "tests/golden" / name
    if outcome is None:
        return [] if "/" in name and (ROOT / name).is_file() else [f"row {row}: {name} is not there"]
    if not (golden / "expect.txt").is_file():
        return [f"row {row}: there is no golden case {name}"]
    if f"outcome {outcome.replace(' ', '_')}" not in (golden / "expect.txt").read_text(encoding="utf-8").splitlines():
        return [f"row {row}: {name} does not end {outcome}"]
    return []


def check_asks():
    problems, rows = [], []
    for line in (ROOT / "docs/asks.md").read_text(encoding="utf-8").splitlines():
        if not line.startswith("| ") or line.startswith("| row "):
            continue
        match = ROW.match(line)
        if not match:
            problems.append(f"not understood: {line}")
            continue
        rows.append(match.group(1))
        problems += problems_of_row(match.group(1), match.group(2), match.group(4))
    problems += [f"row {row} is missing" for row in WANTED if row not in rows]
    problems += [f"row {row} is not known" for row in rows if row not in WANTED]
    if not problems and rows != sorted(rows, key=place):
        problems.append("the rows are not sorted")
    for problem in problems:
        print(f"docs/asks.md: {problem}")
    return 1 if problems else 0


def anchors(path):
    """As GitHub makes them of headings."""
    heads = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def problems_of_link(page, link):
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    if not target.exists():
        return [f"{page.relative_to(ROOT)}: {link} is not there"]
    if anchor and target.suffix == ".md" and anchor not in anchors(target):
        return [f"{page.relative_to(ROOT)}: {link} has no such heading"]
    return []


def check_links():
    problems, seen = [], 0
    tracked = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    pages_ = [ROOT / name for name in tracked] or [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    for page in pages_:
        text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            if not re.match(r"[a-z]+:", link):
                seen += 1
                problems += problems_of_link(page, link)
    if seen < 100:
        problems.append(f"only {seen} links were found")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def check_policy():
    """Every setting and every word of it has a meaning in the comments of policy.proto."""
    empty = [line for line in (ROOT / "docs/policy.md").read_text(encoding="utf-8").splitlines() if re.search(r"^\| .*\|\s*\|$", line)]
    for line in empty:
        print(f"docs/policy.md: say in policy.proto what it means: {line}")
    return 1 if empty else 0


pages = subprocess.run([sys.executable, ROOT / "docs/pages.py", "--check"], check=False).returncode
sys.exit(max(check_asks(), check_links(), check_policy(), pages))
