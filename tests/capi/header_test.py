#!/usr/bin/env python3
"""cassplan.h compiles as C89, C99, C11 and C++17, cassplan.hpp as C++17 and C++20, alone and strictly, and their version
is the project's.

usage: header_test.py CC CXX
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = ROOT / "capi" / "include"
STRICT = ["-pedantic", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-fsyntax-only", f"-I{INCLUDE}"]
C_ONLY = ["-Wstrict-prototypes", "-Wmissing-prototypes"]


def compiles(compiler, language, standard, header, more=()):
    source = f"#include <cassplan/{header}>\n#include <cassplan/{header}>\nint main(void);\n" \
             "int main(void) { return cassplan_version_string() == 0; }\n"
    command = [compiler, "-x", language, f"-std={standard}", *STRICT, *more, "-"]
    done = subprocess.run(command, input=source, capture_output=True, text=True, check=False)
    return [] if done.returncode == 0 else [f"{header} as {standard}:\n{done.stderr}"]


def version_problems():
    header = (INCLUDE / "cassplan/cassplan.h").read_text()
    number = int(re.search(r"CASSPLAN_VERSION_NUMBER (\d+)", header).group(1))
    abi = re.search(r"CASSPLAN_ABI_VERSION (\d+)", header).group(1)
    major, minor, patch = map(int, re.search(r"project\(cassplan VERSION (\d+)\.(\d+)\.(\d+)",
                                             (ROOT / "CMakeLists.txt").read_text()).groups())
    if number != major * 1000000 + minor * 1000 + patch:
        yield f"CASSPLAN_VERSION_NUMBER is {number}; the project is {major}.{minor}.{patch}"
    if f"SOVERSION {abi} " not in (ROOT / "capi/CMakeLists.txt").read_text():
        yield f"capi/CMakeLists.txt: SOVERSION is not the ABI version {abi}"
    if f"CASSPLAN_{abi} {{" not in (ROOT / "capi/cassplan.map").read_text():
        yield f"capi/cassplan.map: its version is not CASSPLAN_{abi}"


def main():
    cc, cxx = sys.argv[1:3]
    problems = list(version_problems())
    for standard in ("c89", "c99", "c11"):
        problems += compiles(cc, "c", standard, "cassplan.h", C_ONLY)
    for standard in ("c++17", "c++20"):
        problems += compiles(cxx, "c++", standard, "cassplan.h")
        problems += compiles(cxx, "c++", standard, "cassplan.hpp")
    print("\n".join(problems) or "the headers compile")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
