#!/usr/bin/env python3
"""kubectl-casskop against a played API server, and what it asks for done by the operator.

usage: plugin_test.py KUBECTL_CASSKOP OPERATOR [unittest arguments]
"""
import base64
import http.server
import json
import os
import pathlib
import shlex
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
        if expect is not None:
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
        self.assertIn("no other Pod of demo", self.run_plugin("remove", "--pod", "demo-dc1-rack1-0", "--crd", "demo", expect=3).stderr)

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

    def test_replace_asks_another_pod(self):
        host = "80216984-d20b-4f21-8c4a-79fcfafe63e3"
        self.assertIn("--host-id", self.run_plugin("replace", "--pod", "demo-dc1-rack1-0", expect=3).stderr)
        ledger = {"members": [{"host_id": host, "slot": {"datacenter": "dc1", "rack": "rack1", "ordinal": 0}},
                              {"host_id": "another", "slot": {"datacenter": "dc1", "rack": "rack1", "ordinal": 1}}]}
        self.world.put("configmaps", {"metadata": {"name": "demo-cassplan", "namespace": NAMESPACE, "labels": {
            "cassplan/cluster-uid": cluster()["metadata"]["uid"]}}, "data": {"ledger": json.dumps(ledger)}})
        before = len(self.world.writes)
        self.run_plugin("replace", "--pod", "demo-dc1-rack1-0", "--dry-run")
        self.assertEqual(len(self.world.writes), before)
        self.run_plugin("replace", "--pod", "demo-dc1-rack1-0", "--previous-ip", "10.0.0.9", "--from-pod", "demo-dc1-rack1-1")
        self.assertEqual(self.labels("demo-dc1-rack1-0"), {})
        self.assertEqual(self.labels("demo-dc1-rack1-1"), {"name": "replace", "status": "ToDo", "argument": host, "start": "", "end": ""})
        # What carries a request must not be what goes.
        self.assertIn("demo-dc1-rack1-0 is not there", self.run_plugin("replace", "--pod", "demo-dc1-rack1-0", "--from-pod", "demo-dc1-rack1-0", expect=3).stderr)
        self.run_plugin("replace", "--pod", "demo-dc1-rack1-0", "--host-id", "h2", "--from-pod", "demo-dc1-rack2-0")
        self.assertEqual(self.labels("demo-dc1-rack2-0")["argument"], "h2")
        # remove knows it, too.
        self.run_plugin("remove", "--pod", "demo-dc1-rack1-0", "--from-pod", "demo-dc1-rack2-0")
        self.assertEqual(self.labels("demo-dc1-rack2-0")["argument"], host)

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

    def test_approve_counts_where_something_is_held(self):
        self.world.put("cassandraclusters", cluster(policy={"mode": "approve"}))

        def plan():
            return json.loads(self.run_plugin("plan", "demo", "--format", "json", expect=None).stdout)

        before = plan()
        self.assertTrue(before["held"] and before["plan"]["actions"])
        self.assertIn("approval", [f["rule"] for f in before["findings"]])
        self.run_plugin("approve", "demo", before["plan_fingerprint"])
        after = plan()
        self.assertNotIn("approval", [f["rule"] for f in after["findings"]])
        self.assertTrue(any(a.get("ready") for a in after["plan"]["actions"]))

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

    def test_a_server_that_hangs(self):
        """Nothing waits for ever, and nothing is said to be done."""
        self.world.trouble = lambda method, plural, name: "hang"
        for arguments in (("status",), ("cleanup", "--prefix", "demo"), ("plan", "demo"), ("history", "demo"), ("approve", "demo", "f"),
                          ("restart", "--crd", "demo", "--full"), ("remove", "--pod", "demo-dc1-rack1-0", "--crd", "demo")):
            with self.subTest(arguments=arguments):
                begun = time.monotonic()
                done = self.run_plugin("--request-timeout", "1", *arguments, expect=6)
                self.assertLess(time.monotonic() - begun, 15)
                self.assertRegex(done.stderr, "^error: .+")
                self.assertEqual(done.stdout, "")
        self.world.trouble = lambda method, plural, name: "hang" if method == "PATCH" else None
        done = self.run_plugin("cleanup", "--pod", "demo-dc1-rack1-0", "--request-timeout", "1s", expect=6)
        self.assertNotIn("is asked for", done.stdout)

    def test_a_server_that_answers_nonsense(self):
        for answer in (b"", b"<html>sign in</html>", b"[]", b"null", b"7", b'"text"', b"{}", b'{"kind":"Pod"}', b"{" * 5000,
                       b'{"kind":"CassandraClusterList","items":[1,"x",null,{},{"metadata":7},{"metadata":{"name":["a"]}}]}',
                       b'{"kind":"PodList","items":{"a":1}}', b'{"kind":"PodList","items":null}', b"\xff\xfe\x00",
                       b'{"metadata":{"name":"demo","labels":[]},"spec":"x","status":[1,{"plan":2}],"data":{"ledger.json":"x"}}'):
            self.world.trouble = lambda method, plural, name, answer=answer: answer
            for arguments in (("status",), ("status", "-o", "json"), ("cleanup", "--prefix", "demo"), ("cleanup", "--pod", "demo-dc1-rack1-0"),
                              ("plan", "demo"), ("explain", "demo", "dc1"), ("history", "demo"), ("approve", "demo", "f"),
                              ("restart", "--crd", "demo", "--full"), ("remove", "--pod", "p", "--crd", "demo"), ("pause", "cleanup", "--prefix", "d"),
                              ("replace", "--pod", "p")):
                with self.subTest(answer=answer[:40], arguments=arguments):
                    done = subprocess.run([PLUGIN, *arguments], capture_output=True, text=True, check=False, timeout=60,
                                          env={**os.environ, "KUBECONFIG": str(self.config)})
                    self.assertIn(done.returncode, (0, 3, 6) if arguments[0] in ("status", "history") else (3, 6), done.stdout + done.stderr)
                    if done.returncode:
                        self.assertTrue("error: " in done.stderr and "internal: " not in done.stderr, done.stderr)
                    else:
                        self.assertNotEqual(done.stdout, "")
        self.assertEqual(self.world.writes, [])

    def test_every_example_of_the_docs(self):
        self.world.objects["pods"].clear()
        # Three racks in three zones, so that one can be lost.
        spec = {"nodesPerRacks": 1, "topology": {"dc": [{"name": "dc1", "rack": [
            {"name": f"rack{i}", "labels": {"topology.kubernetes.io/zone": f"zone-{z}"}} for i, z in ((1, "a"), (2, "b"), (3, "c"))]}]}}
        self.world.put("cassandraclusters", cluster(**spec))
        (self.work / "demo-new.yaml").write_text(json.dumps(cluster(**{**spec, "cassandraImage": "cassandra:4.1.11"})))
        fingerprint = json.loads(self.run_plugin("plan", "demo", "--format", "json", expect=None).stdout)["plan_fingerprint"]
        docs = pathlib.Path(__file__).resolve().parent.parent / "docs/kubectl-plugin.md"
        lines = [line for line in docs.read_text().splitlines() if line.startswith("kubectl casskop ")]
        lines += [line.strip() for line in self.run_plugin("--help").stdout.splitlines() if line.startswith("  kubectl casskop ")]
        self.assertGreater(len(lines), 12)
        says = {"status": "demo", "plan": "create", "explain": "dc1/rack1/0: planned", "simulate": "Hour 1", "approve": "approved: plan",
                "history": "version", "cleanup": "cleanup is asked for", "restart": "restart is asked for"}
        self.assertEqual(set(says), {shlex.split(line)[2] for line in lines})
        for line in lines:
            with self.subTest(line=line):
                arguments = shlex.split(line, comments=True)[2:]
                if arguments[0] == "approve":
                    arguments[2] = fingerprint
                self.world.objects["pods"].clear()
                if arguments[0] in ("cleanup", "restart"):
                    self.world.put("pods", pod("demo-dc1-rack1-0"))
                done = subprocess.run([PLUGIN, *arguments], capture_output=True, text=True, check=False, timeout=120, cwd=self.work,
                                      env={**os.environ, "KUBECONFIG": str(self.config), "USER": "me"})
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertIn(says[arguments[0]], done.stdout)

    def test_options_before_the_command(self):
        self.world.paths.clear()
        self.run_plugin("-n", "elsewhere", "status")
        self.assertTrue(self.world.paths and all("/namespaces/elsewhere/" in p for p in self.world.paths), self.world.paths)
        self.world.paths.clear()
        self.run_plugin("-n", "elsewhere", "--request-timeout", "20s", "cleanup", "--prefix", "demo", "-n", NAMESPACE)
        self.assertTrue(all(f"/namespaces/{NAMESPACE}/" in p for p in self.world.paths), self.world.paths)
        self.assertIn("nowhere", self.run_plugin("--context", "nowhere", "status", expect=3).stderr)
        for bad in ("0", "x", "5h", "-1", "4000"):
            self.assertIn("--request-timeout", self.run_plugin("--request-timeout", bad, "status", expect=3).stderr)

    def test_jolokia_wants_a_login(self):
        """Of the Secret that the cluster names, or of the command line."""
        asked = []

        class Jolokia(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                asked.append(self.headers.get("Authorization"))
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(401)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        node = Server(("127.0.0.1", 0), Jolokia)
        threading.Thread(target=node.serve_forever, daemon=True).start()
        self.addCleanup(node.server_close)
        self.addCleanup(node.shutdown)
        port = str(node.server_address[1])
        self.world.objects["pods"].clear()
        one = pod("demo-dc1-rack1-0")
        one["status"].update({"podIP": "127.0.0.1", "conditions": [{"type": "Ready", "status": "True"}]})
        one["spec"] = {"containers": [{"name": "cassandra", "image": "cassandra:4.1.10"}]}
        self.world.put("pods", one)
        (self.work / "password").write_text("pw\n")
        given = ("--jolokia-port", port, "--jolokia-user", "me", "--jolokia-password-file", str(self.work / "password"))

        def header(user, password):
            return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

        for command in (("plan", "demo"), ("approve", "demo", "0123")):
            asked.clear()
            self.run_plugin(*command, *given, expect=3 if command[0] == "approve" else None)
            self.assertEqual(set(asked), {header("me", "pw")}, command)
        self.world.put("cassandraclusters", cluster(imageJolokiaSecret={"name": "j"}))
        self.assertIn("Jolokia", self.run_plugin("plan", "demo", "--jolokia-port", port, expect=None).stderr)
        self.world.put("secrets", {"kind": "Secret", "metadata": {"name": "j"}, "data": {
            k: base64.b64encode(v.encode()).decode() for k, v in (("username", "them"), ("password", "theirs"))}})
        for command in (("plan", "demo"), ("approve", "demo", "0123")):
            asked.clear()
            self.run_plugin(*command, "--jolokia-port", port, expect=None)
            self.assertEqual(set(asked), {header("them", "theirs")}, command)
        self.assertIn("no-such-file", self.run_plugin("approve", "demo", "0123", "--jolokia-password-file", "no-such-file", expect=3).stderr)

    def test_bad_input(self):
        self.assertIn("one of --pod and --prefix", self.run_plugin("cleanup", expect=3).stderr)
        self.assertIn("no Pod", self.run_plugin("cleanup", "--pod", "nobody", expect=3).stderr)
        self.assertIn("kubectl casskop --help", self.run_plugin("nonsense", expect=3).stderr)
        self.assertIn("nowhere", self.run_plugin("status", "--context", "nowhere", expect=3).stderr)
        self.assertIn("--output", self.run_plugin("status", "-o", "xml", expect=3).stderr)
        for shell in ("bash", "zsh", "fish"):
            self.assertIn("upgradesstables", self.run_plugin("completion", shell).stdout)


if __name__ == "__main__":
    PLUGIN, OPERATOR = (str(pathlib.Path(sys.argv.pop(1)).resolve()) for _ in range(2))
    unittest.main()
