#!/usr/bin/env python3
"""Programs that were compiled with an earlier libcassplan.so still run with this one: compares with capi/abi/cassplan.abi.

usage: abi_test.py LIBRARY [--update]

--update writes the baseline anew: after functions were added, or together with a new CASSPLAN_ABI_VERSION. The library
must have been built with -g.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BASELINE = ROOT / "capi/abi/cassplan.abi"
HEADERS = ROOT / "capi/include"
SKIPPED = 77


def dump(library):
    return subprocess.run(["abidw", "--no-corpus-path", "--no-comp-dir-path", "--headers-dir", HEADERS,
                           "--drop-private-types", "--drop-undefined-syms", "--exported-interfaces-only", library],
                          check=True, capture_output=True, text=True).stdout


def compare(baseline, library):
    """(exit code of abidiff, what it says); anything but 0 is a break. Added functions break nothing."""
    done = subprocess.run(["abidiff", "--no-added-syms", "--headers-dir2", HEADERS, baseline, library], check=False,
                          capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def caught(library, change, text):
    """The comparison would notice: a baseline with one more function, or with one parameter less."""
    changed = change(BASELINE.read_text())
    assert changed != BASELINE.read_text(), text
    with tempfile.NamedTemporaryFile("w", suffix=".abi") as file:
        file.write(changed)
        file.flush()
        code, said = compare(file.name, library)
    print(f"-- {text}: exit {code}\n{said.strip()}")
    return code != 0


def one_more_function(text):
    symbol = re.search(r"<elf-symbol name='cassplan_plan'.*?/>", text).group(0)
    return text.replace(symbol, symbol + symbol.replace("cassplan_plan", "cassplan_was_there"), 1)


def one_parameter_less(text):
    function = re.search(r"<function-decl name='cassplan_plan'.*?</function-decl>", text, flags=re.S).group(0)
    return text.replace(function, re.sub(r"<parameter [^>]*/>\s*", "", function, count=1), 1)


def main():
    if shutil.which("abidiff") is None:
        print("SKIPPED: no abidiff; install abigail-tools")
        return SKIPPED
    library = sys.argv[1]
    if sys.argv[2:] == ["--update"]:
        BASELINE.write_text(dump(library))
        return 0
    code, said = compare(BASELINE, library)
    if code != 0:
        print(f"the ABI is not that of {BASELINE} (exit {code}):\n{said}")
        return 1
    works = caught(library, one_more_function, "a function that was removed") and \
        caught(library, one_parameter_less, "a parameter that was added")
    return 0 if works else 1


if __name__ == "__main__":
    sys.exit(main())
