#!/usr/bin/env python3
"""cassplan simulate: its exit codes, its text and JSON, and what it says of what cannot be read.

usage: simulate_cli_test.py BINARY
"""
import json
import pathlib
import subprocess
import sys
import unittest

CLUSTERS = pathlib.Path(__file__).resolve().parent.parent / "examples" / "clusters"
BINARY = ""


def run(*arguments, cluster="grow"):
    where = CLUSTERS / cluster
    files = ["--desired", str(where / "desired.yaml")]
    files += ["--observed", str(where / "observed")] if (where / "observed").exists() else ["--new-cluster"]
    return subprocess.run([BINARY, "simulate", *files, "--seed", "7", *arguments], capture_output=True, text=True,
                          timeout=60, check=False)


class SimulateTest(unittest.TestCase):
    maxDiff = None

    def converges(self, *arguments, **files):
        done = run(*arguments, **files)
        self.assertEqual(0, done.returncode, done.stdout[:2000] + done.stderr)
        self.assertEqual("", done.stderr)
        self.assertRegex(done.stdout, r"\A\S+: converged after \d+:\d\d:\d\d, and nothing unsafe happened\n")
        return done.stdout

    def refuses(self, message, *arguments):
        done = run(*arguments)
        self.assertEqual((3, ""), (done.returncode, done.stdout))
        self.assertIn(message, done.stderr)
        self.assertEqual(1, done.stderr.count("\n"), done.stderr)

    def test_a_lost_zone(self):
        text = self.converges("--fault", "zone=b at=300s")
        self.assertIn("0:05:00  fault     zone=b at=300s\n", text)
        self.assertIn("shop in dc1: 2 of 3 (its level needs 2)\n", text)
        self.assertIn("\nHour 1\n", text)
        self.assertNotIn("\\x", text)

    def test_equal_seeds_give_equal_bytes(self):
        first = run("--random-faults", "4")
        self.assertEqual(first.stdout, run("--random-faults", "4").stdout)
        self.assertNotEqual(first.stdout, run("--random-faults", "4", "--seed", "8").stdout)

    def test_what_if(self):
        self.assertIn("fault     zone=b at=60s for=1h\n", self.converges("--what-if", "lose zone b"))
        self.assertIn("fault     node=dc1/rack1/0 at=60s for=1h\n",
                      self.converges("--what-if", "lose node dc1/rack1/0"))
        self.assertIn("shall have 4 nodes", self.converges("--what-if", "grow 30%"))

    def test_what_if_a_node_is_replaced(self):
        text = self.converges("--what-if", "replace node dc1/rack2/1")
        self.assertEqual(1, text.count("done      replace_node dc1/rack2/1\n"), text)
        self.assertEqual(0, text.count("start     set_seeds"), text)

    def test_what_if_a_seed_is_replaced(self):
        # It leaves the list, is replaced while its machine is still lost, and comes back to the list: once each.
        text = self.converges("--what-if", "replace node dc1/rack1/0")
        self.assertEqual(2, text.count("start     set_seeds"), text[:4000])
        self.assertEqual(1, text.count("done      replace_node dc1/rack1/0\n"), text[:4000])

    def test_what_if_that_is_not_understood(self):
        self.refuses("'grow 0%' is not understood; write 'lose zone b'", "--what-if", "grow 0%")
        self.refuses("'rack1/0' is no slot; write", "--what-if", "replace node rack1/0")
        self.refuses("knows no node in dc1/rack1/99", "--what-if", "replace node dc1/rack1/99")

    def test_bad_faults_name_the_column(self):
        self.refuses("fault 'zoen=b': column 1: 'zoen' is no fault; one of zone,", "--fault", "zoen=b")
        self.refuses("column 11: 'soon' is no time; write 300s", "--fault", "zone=b at=soon")
        self.refuses("column 20: '' is no time", "--fault", "zone=b at=300s for=")
        self.refuses("column 8: 'color' is no fault", "--fault", "zone=b color=red")
        self.refuses("column 6: 'x' is no slot", "--fault", "node=x")
        self.refuses("no zone is called nope; there are a, b, c", "--fault", "zone=nope")
        self.refuses("the cluster has no slot dc1/rack1/99", "--fault", "node=dc1/rack1/99")

    def test_the_naive_planner_says_that_it_is_a_model(self):
        text = self.converges("--planner", "naive")
        self.assertIn("It is a model, not CassKop.\n", text)
        self.assertNotIn("cleanup", text)
        self.assertIn("start     cleanup", self.converges())

    def test_json(self):
        result = json.loads(self.run_json("--fault", "zone=b at=300s"))
        self.assertEqual(("demo", "7", 1), (result["cluster"], str(result["seed"]), result["faults"]))
        self.assertTrue(any(e["kind"] == "fault" for e in result["events"]))
        self.assertNotIn("violations", {k for k, v in result.items() if v})

    def run_json(self, *arguments):
        done = run("--format", "json", *arguments)
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        return done.stdout

    def test_exit_codes(self):
        self.converges(cluster="new-cluster")
        short = run("--hours", "1", "--random-faults", "5")
        self.assertEqual(4, short.returncode, short.stdout[:500])
        held = run("--fault", "node=dc1/rack1/0 at=0s for=1d", "--hours", "2")
        self.assertEqual(4, held.returncode, held.stdout[:500])
        self.assertEqual(1, held.stdout.count("movement-sources: dc1/rack1/0 is down"), held.stdout)
        refused = run(cluster="scale-to-zero-refused")
        self.assertEqual(5, refused.returncode, refused.stdout[:500])
        self.assertIn("safe, and refused", refused.stdout)
        self.assertIn("\nRefused\n  datacenter-empty: datacenter dc2 cannot go to 0 nodes", refused.stdout)
        self.assertEqual(3, run("--hours", "0").returncode)
        self.assertEqual(3, run("--planner", "x").returncode)
        self.assertEqual(3, run("--policy", "no-such-file").returncode)

    def test_help(self):
        done = subprocess.run([BINARY, "simulate", "--help"], capture_output=True, text=True, check=False)
        self.assertEqual(0, done.returncode)
        for word in ("--fault", "--what-if", "--random-faults", "--planner", "Exit codes:", "  6  "):
            self.assertIn(word, done.stdout)


if __name__ == "__main__":
    BINARY = sys.argv.pop(1)
    unittest.main()
