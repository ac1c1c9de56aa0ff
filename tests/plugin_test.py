#!/usr/bin/env python3
"""kubectl-casskop against a played API server, and what it asks for done by the operator.

usage: plugin_test.py KUBECTL_CASSKOP OPERATOR [unittest arguments]
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import operator_test
from operator_test import NAMESPACE, Server, World, cluster, free_port

PLUGIN = OPERATOR = ""


def pod(name, phase="Running", **labels):
    rack = name.rsplit("-", 1)[0].rsplit("-", 1)[1]
    return {"metadata": {"name": name, "namespace": NAMESPACE, "uid": f"uid-of-{name}",
                         "labels": {"cassandracluster": "demo", "cassandraclusters.db.orange.com.dc": "dc1",
                                    "cassandraclusters.db.orange.com.rack": rack, **labels}},
            "status": {"phase": phase}}


class Plugin(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work = pathlib.Path(folder.name)
        self.world = World()
        self.server = Server(("127.0.0.1", 0), operator_test.Handler)
        self.server.world = self.world
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.stop)
        self.config = self.work / "config"
        self.config.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "here",
            "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u", "namespace": NAMESPACE}}],
            "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{self.server.server_address[1]}"}}],
            "users": [{"name": "u", "user": {"token": "t"}}]}))
        self.world.put("cassandraclusters", cluster())
        for name in ("demo-dc1-rack1-0", "demo-dc1-rack1-1", "demo-dc1-rack2-0"):
            self.world.put("pods", pod(name))

    def stop(self):
        self.world.over = True
        self.server.shutdown()
        self.server.server_close()

    def run_plugin(self, *arguments, expect=0):
        done = subprocess.run([PLUGIN, *arguments], capture_output=True, text=True, check=False, timeout=60,
                              env={**os.environ, "KUBECONFIG": str(self.config), "USER": "me"})
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def labels(self, name):
        labels = self.world.objects["pods"][name]["metadata"]["labels"]
        return {k.removeprefix("operation-"): v for k, v in labels.items() if k.startswith("operation-")}

    def test_simple_operations(self):
        for operation in ("cleanup", "upgradesstables", "scrub", "compact", "flush", "garbagecollect"):
            with self.subTest(operation=operation):
                done = self.run_plugin(operation, "--pod", "demo-dc1-rack1-0")
                self.assertEqual(done.stdout, f"demo-dc1-rack1-0: {operation} is asked for\n")
                self.assertEqual(self.labels("demo-dc1-rack1-0"), {"name": operation, "status": "ToDo", "argument": "", "start": "", "end": ""})

    def test_prefix_means_all_that_begin_so(self):
        self.world.put("pods", pod("demo-dc1-rack1-1", **{"operation-name": "rebuild", "operation-status": "Ongoing"}))
        done = self.run_plugin("cleanup", "--prefix", "demo-dc1-rack1")
        self.assertIn("demo-dc1-rack1-1: rebuild is Ongoing; left out", done.stderr)
        self.assertEqual(self.labels("demo-dc1-rack1-0")["name"], "cleanup")
        self.assertEqual(self.labels("demo-dc1-rack1-1")["name"], "rebuild")
        self.assertEqual(self.labels("demo-dc1-rack2-0"), {})

    def test_dry_run_writes_nothing(self):
        self.assertIn("would be asked for", self.run_plugin("cleanup", "--prefix", "demo", "--dry-run").stdout)
        self.run_plugin("restart", "--crd", "demo", "--full", "--dry-run")
        self.run_plugin("remove", "--pod", "demo-dc1-rack1-0", "--crd", "demo", "--dry-run")
        self.assertEqual(self.world.writes, [])

    def test_rebuild_and_remove_have_arguments(self):
        self.run_plugin("rebuild", "--pod", "demo-dc1-rack1-0", "dc2")
        self.assertEqual(self.labels("demo-dc1-rack1-0")["argument"], "dc2")
        self.run_plugin("remove", "--pod", "demo-dc1-rack2-0", "--previous-ip", "10.0.0.9", "--from-pod", "demo-dc1-rack1-1")
        self.assertEqual(self.labels("demo-dc1-rack1-1")["argument"], "demo-dc1-rack2-0_10.0.0.9")
        self.assertIn("--previous-ip", self.run_plugin("remove", "--crd", "demo", expect=3).stderr)
        self.assertIn("--crd", self.run_plugin("remove", "--pod", "x", expect=3).stderr)
        # A Pod is never asked to remove itself.
        self.world.objects["pods"].pop("demo-dc1-rack1-1")
        self.world.objects["pods"].pop("demo-dc1-rack2-0")
        self.assertIn("no Pod of demo", self.run_plugin("remove", "--pod", "demo-dc1-rack1-0", "--crd", "demo", expect=3).stderr)

    def test_restart(self):
        self.run_plugin("restart", "--crd", "demo", "--rack", "dc1.rack1")
        self.assertEqual([self.labels(p).get("name") for p in sorted(self.world.objects["pods"])], ["restart", "restart", None])
        self.assertIn("in dc1.nowhere", self.run_plugin("restart", "--crd", "demo", "--rack", "dc1.nowhere", expect=3).stderr)
        self.assertIn("one of", self.run_plugin("restart", "--crd", "demo", expect=3).stderr)
        self.run_plugin("restart", "--crd", "demo", "--dc", "dc1")
        self.assertEqual(self.labels("demo-dc1-rack2-0")["name"], "restart")

    def test_pause_and_unpause(self):
        self.assertIn("operation-status ToDo", self.run_plugin("pause", "cleanup", "--prefix", "demo", expect=3).stderr)
        self.run_plugin("cleanup", "--pod", "demo-dc1-rack1-0")
        self.run_plugin("pause", "cleanup", "--prefix", "demo")
        self.assertEqual(self.labels("demo-dc1-rack1-0")["status"], "Paused")
        self.run_plugin("unpause", "cleanup", "--prefix", "demo")
        self.assertEqual(self.labels("demo-dc1-rack1-0")["status"], "ToDo")

    def test_replace_says_what_to_do(self):
        self.assertIn("remove --pod demo-dc1-rack1-0 --previous-ip 10.0.0.9 --crd demo",
                      self.run_plugin("replace", "--pod", "demo-dc1-rack1-0", "--previous-ip", "10.0.0.9", expect=3).stderr)

    def test_plan_explain_simulate(self):
        self.world.objects["pods"].clear()
        done = self.run_plugin("plan", "demo", "--format", "json")
        kinds = [a["kind"] for a in json.loads(done.stdout)["plan"]["actions"]]
        self.assertIn("create_rack", kinds)
        self.assertIn("Exit codes", self.run_plugin("plan", "--help").stdout)
        self.assertIn("rack1", self.run_plugin("explain", "demo", "dc1/rack1").stdout)
        # Options count wherever they stand: another namespace has no such cluster.
        for arguments in (("explain", "demo", "dc1/rack1", "-n", "elsewhere"), ("plan", "demo", "--runbook", "-n", "elsewhere"),
                          ("simulate", "demo", "-n", "elsewhere", "--hours", "1")):
            self.world.paths.clear()
            self.run_plugin(*arguments)
            self.assertTrue(self.world.paths and all("/namespaces/elsewhere/" in p or "/namespaces/" not in p for p in self.world.paths), arguments)
        self.assertIn("converged", self.run_plugin("simulate", "demo", "--hours", "12").stdout)
        other = self.work / "other.json"
        other.write_text(json.dumps(cluster(nodesPerRacks=2)))
        done = self.run_plugin("plan", "demo", "-f", str(other), "--format", "json")
        self.assertEqual(sum(a["kind"] == "start_node" for a in json.loads(done.stdout)["plan"]["actions"]), 2)
        self.assertEqual(self.world.writes, [], "looking writes nothing")
        self.assertIn("played", self.run_plugin("plan", "nobody", expect=3).stderr)

    def test_approve_lets_the_operator_start(self):
        self.world.objects["pods"].clear()
        self.world.put("cassandraclusters", cluster(policy={"mode": "approve"}))
        process = subprocess.Popen([OPERATOR, "run", "--kubeconfig", self.config, "--listen", f"127.0.0.1:{free_port()}", "--poll", "1",
                                    "--idle", "1"], stderr=subprocess.DEVNULL)
        try:
            end = time.monotonic() + 20
            plan = {}
            while time.monotonic() < end and not plan.get("fingerprint"):
                plan = self.world.objects["cassandraclusters"]["demo"].get("status", {}).get("plan", {})
                time.sleep(0.1)
            time.sleep(2)
            self.assertFalse(self.world.objects["statefulsets"], "it acts without approval")
            status = self.run_plugin("status", "demo").stdout
            self.assertIn("wait for an approval", status)
            self.assertIn(plan["fingerprint"], status)
            self.assertIn("another one by now", self.run_plugin("approve", "demo", "0123456789abcdef", expect=3).stderr)
            self.assertRegex(self.run_plugin("approve", "demo", plan["fingerprint"]).stdout, r"approved: plan \w+ of demo, [1-9]\d* actions")
            end = time.monotonic() + 30
            while time.monotonic() < end and not self.world.objects["statefulsets"]:
                time.sleep(0.1)
            self.assertTrue(self.world.objects["statefulsets"], "it does not start what was approved")
            self.assertIn("approved by me", self.run_plugin("history", "demo").stdout)
        finally:
            process.terminate()
            process.wait(timeout=20)

    def test_status_and_history_before_any_operator(self):
        self.assertIn("no operator has looked at it yet", self.run_plugin("status").stdout)
        self.assertEqual(json.loads(self.run_plugin("status", "-o", "json").stdout)[0]["name"], "demo")
        self.assertIn("version 0", self.run_plugin("history", "demo").stdout)
        self.assertIn("no CassandraCluster x", self.run_plugin("status", "x", expect=3).stderr)

    def test_trouble(self):
        for code, expect in ((401, 3), (403, 3), (500, 6), (503, 6), (429, 6)):
            with self.subTest(code=code):
                self.world.trouble = lambda method, plural, name, code=code: code
                self.assertIn(f"played {code}", self.run_plugin("cleanup", "--prefix", "demo", expect=expect).stderr)
        self.world.trouble = lambda method, plural, name: 409 if method == "PATCH" else None
        self.assertIn("changed meanwhile", self.run_plugin("cleanup", "--pod", "demo-dc1-rack1-0", expect=3).stderr)
        self.world.trouble = lambda method, plural, name: 404 if method == "PATCH" else None
        self.assertIn("played 404", self.run_plugin("cleanup", "--pod", "demo-dc1-rack1-0", expect=3).stderr)

    def test_bad_input(self):
        self.assertIn("one of --pod and --prefix", self.run_plugin("cleanup", expect=3).stderr)
        self.assertIn("no Pod", self.run_plugin("cleanup", "--pod", "nobody", expect=3).stderr)
        self.assertIn("kubectl casskop --help", self.run_plugin("nonsense", expect=3).stderr)
        self.assertIn("nowhere", self.run_plugin("status", "--context", "nowhere", expect=3).stderr)
        self.assertIn("--output", self.run_plugin("status", "-o", "xml", expect=3).stderr)
        for shell in ("bash", "zsh", "fish"):
            self.assertIn("upgradesstables", self.run_plugin("completion", shell).stdout)


if __name__ == "__main__":
    PLUGIN, OPERATOR = sys.argv.pop(1), sys.argv.pop(1)
    unittest.main()
