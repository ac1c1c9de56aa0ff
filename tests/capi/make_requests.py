#!/usr/bin/env python3
"""Writes <case>.request.json and <case>.plan.json for every golden case: the request that the command makes of it, and
what the C++ library answers to it.

usage: make_requests.py CASSPLAN FOLDER
"""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"


def cases():
    return sorted(p for p in GOLDEN.iterdir() if (p / "plan.json").exists())


def options_of(case):
    """As tests/golden/golden_test.cc gives them; paths are relative to the case."""
    desired, observed = "desired.yaml", "observed"
    if (case / "source").exists():
        observed = (case / "source").read_text().strip()
        if not (case / desired).exists():
            desired = f"{observed}/cluster.yaml"
    options = ["--desired", desired, "--observed", observed]
    if (case / "policy.yaml").exists():
        options += ["--policy", "policy.yaml"]
    if (case / "ledger.json").exists():
        options += ["--ledger", "ledger.json"]
    return options


def main():
    command, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.json"):
        old.unlink()
    for case in cases():
        request, plan = folder / f"{case.name}.request.json", folder / f"{case.name}.plan.json"
        for options in ([*options_of(case), "--save-request", request, "--output", "/dev/null"],
                        ["--request", request, "--output", plan]):
            done = subprocess.run([command, "plan", *options, "--format", "json"], cwd=case, check=False,
                                  capture_output=True, text=True)
            if done.returncode not in (0, 4, 5):  # 4, 5: blocked, refused
                print(f"{case.name}: exit {done.returncode}: {done.stderr}")
                return 1
    print(f"{len(cases())} requests")
    return 0 if cases() else 1


if __name__ == "__main__":
    sys.exit(main())
