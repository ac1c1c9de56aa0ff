#!/usr/bin/env python3
"""Runs the benchmarks and prints the table of docs/performance.md: ratios of medians measured in one run.

  cmake --preset release && cmake --build --preset release --target cassplan_bench
  benchmarks/run.py build/release/benchmarks/cassplan_bench
"""
import json
import math
import subprocess
import sys


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    out = subprocess.run(
        [sys.argv[1], "--benchmark_format=json", "--benchmark_repetitions=5", "--benchmark_min_time=0.1",
         "--benchmark_enable_random_interleaving=true", "--benchmark_report_aggregates_only=true"],
        check=True, capture_output=True, text=True).stdout
    time = {}
    for b in json.loads(out)["benchmarks"]:
        if b["aggregate_name"] == "median":
            time[b["run_name"]] = b["cpu_time"]  # nanoseconds

    def row(name, base, goal):
        print(f"| `{name}` | {time[name] / 1e6:.3f} ms | {time[base] / 1e6:.3f} ms | {time[name] / time[base]:.2f} x | {goal} |")

    print("| work | time | compared with | ratio | goal |")
    print("|---|---|---|---|---|")
    for n in (3, 100, 1000, 10000):
        row(f"BM_ReadyNothingToDo/{n}", f"BM_ParseAndSort/{n}", "<= 1.5 x")
    for n in (100, 1000, 10000):
        row(f"BM_CompleteWholeRacks/{n}", f"BM_ParseSortSerialize/{n}", "<= 2 x")
    for kind in ("WholeRacks", "WidthOne"):
        small, large = time[f"BM_Complete{kind}/100"], time[f"BM_Complete{kind}/10000"]
        exponent = math.log(large / small) / math.log(100)
        print(f"| growth {kind} 100 -> 10,000 nodes | {large / 1e6:.1f} ms | {small / 1e6:.3f} ms | exponent {exponent:.2f} | <= 1.1 |")
    for n in (99, 999):
        row(f"BM_CodecJson/{n}", f"BM_NlohmannJson/{n}", "<= 1.5 x")


if __name__ == "__main__":
    main()
