#!/usr/bin/env python3
"""What README.md shows is what happens: each `console` block is run.

usage: readme_test.py BINARY [--update]

A line "$ cassplan ..." is run in the checkout; the lines after it are its output, exactly. Of any other command only the
first word is checked: a script of this repository, which must exist and be executable. --update writes the real output.
"""
import os
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
README = ROOT / "README.md"


def run(command, binary):
    words = shlex.split(command)
    done = subprocess.run([binary, *words[1:]], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout + done.stderr


def check_script(command):
    script = ROOT / shlex.split(command)[0]
    return [] if os.access(script, os.X_OK) else [f"README.md: {script} is no program of this repository"]


def render(block, binary, problems):
    """The block as it should be."""
    out = []
    parts = re.split(r"^\$ ", block, flags=re.M)
    out.append(parts[0])
    for part in parts[1:]:
        command, _, shown = part.partition("\n")
        if command.startswith("cassplan "):
            shown = run(command, binary)
        else:
            problems += check_script(command)
        out.append(f"$ {command}\n{shown}")
    return "".join(out)


def main():
    binary = str(pathlib.Path(sys.argv[1]).resolve())
    text = README.read_text()
    problems = []
    blocks = re.findall(r"```console\n(.*?)```", text, flags=re.S)
    if not any("$ cassplan plan" in block for block in blocks):
        problems.append("README.md shows no plan")
    real = re.sub(r"```console\n(.*?)```", lambda m: f"```console\n{render(m.group(1), binary, problems)}```", text,
                  flags=re.S)
    if "--update" in sys.argv[2:]:
        README.write_text(real)
    elif real != text:
        for number, (a, b) in enumerate(zip(text.splitlines(), real.splitlines()), 1):
            if a != b:
                problems.append(f"README.md:{number}: shows  {a}\nREADME.md:{number}: really {b}\n"
                                "tests/readme_test.py BINARY --update writes what is true")
                break
        else:
            problems.append("README.md: an output is shorter or longer than what is shown")
    print("\n".join(problems) or "README.md tells the truth")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
