#!/usr/bin/env python3
"""Installs a build, moves what was installed, and builds programs against it: with find_package, with pkg-config, in C,
C++17 with the wrapper, C++20, Go and Rust (where there are their compilers); all plan the golden cases as C++ does.

usage: consumer_test.py BUILD REQUESTS STEP...     steps: cmake pkgconfig go rust subdirectory
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
SKIPPED = 77


def run(*command, **more):
    print("$", *command, flush=True)
    done = subprocess.run([str(c) for c in command], check=False, capture_output=True, text=True, **more)
    if done.returncode != 0:
        print(done.stdout[-8000:], done.stderr[-8000:])
        raise SystemExit(f"exit {done.returncode}")
    return done.stdout


class Consumer:
    def __init__(self, build, requests, work):
        self.build, self.requests, self.work = build, requests, work
        first, self.prefix = work / "first", work / "moved" / "cassplan"
        run("cmake", "--install", build, "--prefix", first)
        self.prefix.parent.mkdir()
        first.rename(self.prefix)
        self.lib = next(p.parent for p in self.prefix.rglob("libcassplan.so.0"))
        written = [p for p in self.prefix.rglob("*") if p.suffix in (".cmake", ".pc") and str(first) in p.read_text()]
        if written:
            raise SystemExit(f"the prefix is written in {written}")
        self.environment = {**os.environ, "PKG_CONFIG_PATH": str(self.lib / "pkgconfig"), "LD_LIBRARY_PATH": str(self.lib),
                            # Go keeps what it linked by its flags, and pkg-config's are not among them.
                            "CGO_LDFLAGS": f"-O2 -g -L{self.lib}"}

    def configure(self, source, name, *options):
        folder = self.work / name
        run("cmake", "-S", source, "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
            f"-DCMAKE_PREFIX_PATH={self.prefix}", *options)
        run("cmake", "--build", folder, "-j", "2")
        return folder

    def same_plans(self, *command):
        """The program prints the plan of a request as C++ does, for every golden case."""
        count = 0
        for request in sorted(self.requests.glob("*.request.json")):
            expected = request.with_name(request.name.replace(".request.", ".plan.")).read_text()
            done = subprocess.run([*map(str, command), str(request)], check=True, capture_output=True, text=True,
                                  env=self.environment)
            if done.stdout != expected:
                raise SystemExit(f"{command[0]} plans {request.name} in another way")
            count += 1
        print(f"{count} plans are equal")
        if count == 0:
            raise SystemExit("no requests")

    def cmake(self):
        folder = self.configure(EXAMPLES / "c", "c")
        self.same_plans(folder / "plan_file", "--json")
        run(folder / "plan_file", self.requests / "adopt-02-image.request.json")
        bad = subprocess.run([folder / "plan_file", ROOT / "README.md"], check=False, capture_output=True)
        if bad.returncode != 3 or not bad.stderr:
            raise SystemExit("plan_file takes README.md for a request")
        folder = self.configure(EXAMPLES / "cpp", "cpp")
        request = self.requests / "adopt-02-image.request.json"
        slot = re.search(r'"datacenter": "(\w+)",\s+"ordinal": (\d+),\s+"rack": "(\w+)"', request.read_text())
        out = run(folder / "what_if", request, f"{slot[1]}/{slot[3]}/{slot[2]}")
        if "states proven" not in out or " down: " not in out:
            raise SystemExit(f"what_if says {out}")
        needs = self.configure(ROOT / "tests/consumer/needs", "needs")
        run(needs / "needs")
        self.only_abseil_and_protobuf(needs)
        run(self.configure(ROOT / "tests/consumer/wrapper", "wrapper") / "wrapper")

    def subdirectory(self):
        """As a part of another project, built from source; the programs run."""
        folder = self.configure(ROOT / "tests/consumer/subdirectory", "subdirectory", f"-DCASSPLAN_SOURCE={ROOT}")
        run(folder / "subdirectory")
        self.same_plans(folder / "subdirectory_c", "--json")

    def only_abseil_and_protobuf(self, folder):
        """No other library's header is read, and none is linked."""
        ninja = run("ninja", "-C", folder, "-t", "deps")
        headers = [line for line in ninja.splitlines() if re.search(r"nlohmann|yaml-cpp|spdlog|fmt/|CLI/", line)]
        linked = re.findall(r"Shared library: \[(.*?)\]", run("readelf", "-d", folder / "needs"))
        others = [n for n in linked if not re.match(r"(lib(absl_\w+|protobuf|stdc\+\+|gcc_s|c|m)|ld-linux-\S+)\.so", n)]
        if headers or others or not linked:
            raise SystemExit(f"needs more than Abseil and Protocol Buffers: {headers} {others}")

    def pkgconfig(self):
        if shutil.which("pkg-config") is None:
            print("SKIPPED: no pkg-config")
            return SKIPPED
        flags = {}
        for name in ("cassplan", "cassplan-cxx"):
            flags[name] = run("pkg-config", "--cflags", "--libs", name, env=self.environment).split()
        if any("absl" in f or "proto" in f for f in flags["cassplan"]):
            raise SystemExit(f"the C API asks for {flags['cassplan']}")
        run("cc", "-std=c99", EXAMPLES / "c/plan_file.c", "-o", self.work / "pc_c", *flags["cassplan"])
        self.same_plans(self.work / "pc_c", "--json")
        run("c++", ROOT / "tests/consumer/needs/main.cc", "-o", self.work / "pc_cxx", *flags["cassplan-cxx"])
        run(self.work / "pc_cxx")
        return 0

    def go(self):
        if shutil.which("go") is None or shutil.which("pkg-config") is None:
            print("SKIPPED: no go, or no pkg-config")
            return SKIPPED
        environment = {**self.environment, "CASSPLAN_REQUESTS": str(self.requests), "GOFLAGS": "-mod=mod",
                       "GOPROXY": "off", "CGO_ENABLED": "1"}
        folder = EXAMPLES / "go"
        unformatted = run("gofmt", "-l", folder)
        if unformatted:
            raise SystemExit(f"gofmt: {unformatted}")
        run("go", "vet", "./...", cwd=folder, env=environment)
        print(run("go", "test", "-race", "-count=1", "./...", cwd=folder, env=environment))
        run("go", "build", "-o", self.work / "goplan", "./cmd/goplan", cwd=folder, env=environment)
        self.same_plans(self.work / "goplan")
        return 0

    def rust(self):
        if shutil.which("cargo") is None or shutil.which("pkg-config") is None:
            print("SKIPPED: no cargo, or no pkg-config")
            return SKIPPED
        environment = {**self.environment, "CASSPLAN_REQUESTS": str(self.requests),
                       "CARGO_TARGET_DIR": str(self.work / "rust"), "CARGO_NET_OFFLINE": "true"}
        print(run("cargo", "test", "--quiet", cwd=EXAMPLES / "rust", env=environment))
        run("cargo", "build", "--quiet", cwd=EXAMPLES / "rust", env=environment)
        self.same_plans(self.work / "rust/debug/plan_file")
        return 0


def main():
    build, requests = (pathlib.Path(a).resolve() for a in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as folder:
        consumer = Consumer(build, requests, pathlib.Path(folder).resolve())
        results = [getattr(consumer, step)() for step in sys.argv[3:]]
    return SKIPPED if SKIPPED in results else 0


if __name__ == "__main__":
    sys.exit(main())
