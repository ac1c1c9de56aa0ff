#!/usr/bin/env python3
"""What a call costs through the C API and from Python, compared with C++ in the same run: READY plans of 100 nodes.

usage: calls.py BUILD          (preset release; needs cffi, and python-bindings/src on PYTHONPATH or the package)
"""
import dataclasses
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROUNDS, REPEATS, GOAL = 200, 9, 1.2


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    os.environ["CASSPLAN_LIBRARY"] = str(build / "capi/libcassplan.so.0")
    sys.path.insert(0, str(ROOT / "python-bindings/src"))
    import cassplan
    from cassplan import _native
    from cassplan.testing import FakeCluster

    worst = 0.0
    for name, revision in (("nothing to do", "A"), ("restart of all", "B")):
        request = dataclasses.replace(FakeCluster(racks=4, nodes_per_rack=25).request(revision=revision), horizon="ready")
        proto = cassplan.convert("PlanRequest", request.to_json(), "json", "proto")
        text = request.to_json().encode()
        with tempfile.NamedTemporaryFile(suffix=".pb") as file:
            file.write(proto)
            file.flush()
            # In turns, so that what else the machine does falls on both.
            medians = {"cpp": [], "c": []}
            for _ in range(REPEATS):
                for kind in medians:
                    out = subprocess.run([build / f"benchmarks/call_bench_{kind}", file.name, str(ROUNDS)], check=True,
                                         capture_output=True, text=True).stdout.split()
                    medians[kind].append(int(out[1]))

        def python(call, rounds=50):
            times = []
            for _ in range(rounds):
                begin = time.perf_counter_ns()
                call()
                times.append(time.perf_counter_ns() - begin)
            return statistics.median(times)

        cpp = min(medians["cpp"])
        ratio = min(medians["c"]) / cpp
        worst = max(worst, ratio)
        rows = [("C++, proto", cpp), ("C API, proto", min(medians["c"])),
                ("Python, proto bytes", python(lambda: _native.ask("cassplan_plan", _native.PROTO, proto))),
                ("Python, JSON bytes", python(lambda: cassplan.plan_json(text))),
                ("Python, dataclasses", python(lambda: cassplan.plan(request)))]
        print(f"100 nodes, ready, {name} ({len(proto)} bytes in)")
        for row, nanoseconds in rows:
            print(f"  {row:22} {nanoseconds / 1000:10.1f} us  {nanoseconds / cpp:6.2f} x")
    print(f"C API / C++: {worst:.2f}, goal <= {GOAL}")
    return 0 if worst <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
