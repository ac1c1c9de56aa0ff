#!/usr/bin/env python3
"""cassplan-operator apply PLAN against a played API server.

usage: apply_test.py CASSPLAN_OPERATOR KUBECTL_CASSKOP [unittest arguments]
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
import unittest

import operator_test
from operator_test import cluster

OPERATOR = PLUGIN = ""


class Apply(unittest.TestCase):
    setUp, serve, clean, config = (getattr(operator_test.Operator, name) for name in ("setUp", "serve", "clean", "config"))

    def environment(self):
        return {**os.environ, "KUBECONFIG": str(self.config()), "USER": "me"}

    def plan(self, name="plan.json"):
        """Of what is there now."""
        done = subprocess.run([PLUGIN, "plan", "demo", "--format", "json"], capture_output=True, text=True, check=False, timeout=60,
                              env=self.environment())
        self.assertIn(done.returncode, (0, 4), done.stderr)
        path = self.work / name
        path.write_text(done.stdout)
        return str(path)

    def apply(self, plan, *more, expect=0, stdin=None):
        done = subprocess.run([OPERATOR, "apply", plan, "--cluster", "demo", "--poll", "1", *more], capture_output=True, text=True,
                              check=False, timeout=60, env=self.environment(), input=stdin)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        if expect:
            self.assertIn("error: ", done.stderr)
        return done

    def put_empty(self, **spec):
        """A cluster whose plan needs no node."""
        self.world.put("cassandraclusters", cluster(topology={"dc": [{"name": "dc1", "nodesPerRacks": 0, "rack": [{"name": "rack1"}]}]}, **spec))

    def put_leftover(self):
        """A rack without nodes that nobody wants any more: one action, delete_rack."""
        uid = self.world.objects["cassandraclusters"]["demo"]["metadata"]["uid"]
        labels = {"cassandracluster": "demo", "cassandraclusters.db.orange.com.dc": "dc1", "cassandraclusters.db.orange.com.rack": "rack9",
                  "dc-rack": "dc1-rack9"}
        self.world.put("statefulsets", {
            "metadata": {"name": "demo-dc1-rack9", "namespace": "shop", "labels": labels, "ownerReferences": [
                {"apiVersion": "db.orange.com/v2", "kind": "CassandraCluster", "name": "demo", "uid": uid, "controller": True}]},
            "spec": {"replicas": 0, "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": {"containers": []}}},
            "status": {"replicas": 0, "observedGeneration": 1}})

    def test_does_the_plan_and_ends(self):
        self.put_empty(policy={"mode": "plan"})
        self.put_leftover()
        plan = self.plan()
        kinds = [a["kind"] for a in json.loads(pathlib.Path(plan).read_text())["plan"]["actions"]]
        self.assertEqual(set(kinds), {"create_cluster_objects", "delete_rack"})
        dry = self.apply(plan, "--dry-run").stdout
        self.assertIn("it is still the plan", dry)
        self.assertEqual(self.world.writes, [])
        done = self.apply(plan)
        for kind in kinds:
            self.assertIn(f"starts  {kind}", done.stdout)
            self.assertIn(f"done    {kind}", done.stdout)
            self.assertIn(kind, dry)
        self.assertIn("all of it is done", done.stdout)
        self.assertFalse(self.world.objects["statefulsets"])
        self.assertTrue(self.world.objects["services"])
        # The Lease is free again, and nothing is left to do.
        self.assertEqual(self.world.objects["leases"]["cassplan-operator"]["spec"]["holderIdentity"], "")
        self.assertIn("another one by now", self.apply(plan, expect=3).stderr)
        self.assertIn("nothing can start", self.apply(self.plan()).stdout)

    def test_a_plan_on_standard_input(self):
        self.put_empty()
        self.assertIn("all of it is done", self.apply("-", stdin=pathlib.Path(self.plan()).read_text()).stdout)

    def test_another_plan_by_now(self):
        self.put_empty()
        plan = self.plan()
        self.put_leftover()
        later = self.plan("later.json")
        self.assertIn("planned now: delete_rack dc1/rack9", self.apply(plan, expect=3).stderr)
        self.world.objects["statefulsets"].clear()
        self.assertIn("not planned any more: delete_rack dc1/rack9", self.apply(later, expect=3).stderr)
        self.put_empty(policy={"levels": ["quorum"]})
        self.assertIn("the policy, is another one", self.apply(plan, expect=3).stderr)
        self.assertEqual({plural for _, plural, _ in self.world.writes}, {"leases"})

    def meanwhile(self, seen, then):
        """`then`, as soon as it is `seen`."""

        def watch():
            while not self.world.over and not seen():
                time.sleep(0.01)
            then()

        threading.Thread(target=watch, daemon=True).start()

    def script(self, name, text):
        folder = self.work / "commands"
        folder.mkdir(exist_ok=True)
        path = folder / name
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)
        return str(folder)

    def test_what_comes_up_meanwhile_is_not_done(self):
        self.put_empty()
        self.meanwhile(lambda: self.world.objects["services"], self.put_leftover)
        self.assertIn("all of it is done", self.apply(self.plan()).stdout)
        self.assertEqual(list(self.world.objects["statefulsets"]), ["demo-dc1-rack9"])
        self.assertNotIn(("DELETE", "statefulsets", "demo-dc1-rack9"), self.world.writes)

    def test_a_spec_that_changes_meanwhile_ends_it(self):
        """What was begun ends; nothing begins any more."""
        folder = self.script("delete_rack", f"touch {self.work}/begun; while ! [ -e {self.work}/changed ]; do sleep 0.1; done; exit 1\n")
        self.put_empty()
        self.put_leftover()
        plan = self.plan()

        def change():
            self.put_empty(policy={"levels": ["quorum"]})
            time.sleep(2.5)  # a look
            (self.work / "changed").touch()

        self.meanwhile((self.work / "begun").exists, change)
        done = self.apply(plan, "--commands", folder, expect=4)
        self.assertIn("was changed meanwhile", done.stderr)
        self.assertEqual(done.stdout.count("starts  delete_rack"), 1)

    def test_an_operator_that_acts_is_not_crossed(self):
        self.put_empty(policy={"mode": "plan"})
        plan = self.plan()
        acting = subprocess.Popen([OPERATOR, "run", "--kubeconfig", self.config(), "--listen", f"127.0.0.1:{self.port}", "--identity", "other"],
                                  stderr=subprocess.DEVNULL)
        self.processes.append(acting)
        try:
            end = time.monotonic() + 20
            while "cassplan-operator" not in self.world.objects["leases"] and time.monotonic() < end:
                time.sleep(0.1)
            told = self.apply(plan, expect=3).stderr
            self.assertIn("other holds Lease cassplan-operator", told)
            self.assertIn("kubectl casskop approve demo", told)
            self.assertFalse(self.world.objects["services"])
        finally:
            acting.terminate()
            acting.wait(timeout=20)
        self.processes.remove(acting)
        self.apply(plan)

    def test_in_the_pod_of_an_operator_it_is_somebody_else(self):
        self.put_empty(policy={"mode": "plan"})
        plan = self.plan()
        pod = {**self.environment(), "POD_NAME": "op-0", "POD_UID": "uid-1"}
        acting = subprocess.Popen([OPERATOR, "run", "--listen", f"127.0.0.1:{self.port}"], stderr=subprocess.DEVNULL, env=pod)
        self.processes.append(acting)
        try:
            end = time.monotonic() + 20
            while "cassplan-operator" not in self.world.objects["leases"] and time.monotonic() < end:
                time.sleep(0.1)
            done = subprocess.run([OPERATOR, "apply", plan, "--cluster", "demo", "--poll", "1"], capture_output=True, text=True, check=False,
                                  timeout=60, env=pod)
            self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
            self.assertIn("op-0_uid-1 holds Lease cassplan-operator", done.stderr)
            self.assertEqual(self.world.objects["leases"]["cassplan-operator"]["spec"]["holderIdentity"], "op-0_uid-1")
        finally:
            acting.terminate()
            acting.wait(timeout=20)
        self.processes.remove(acting)

    def test_what_fails_ends_it(self):
        self.put_empty()
        self.put_leftover()
        folder = self.script("delete_rack", "echo the machine room burns\nexit 1\n")
        done = self.apply(self.plan(), "--commands", folder, "--attempts", "2", expect=4)
        self.assertEqual(done.stdout.count("failed  delete_rack dc1/rack9: "), 2)
        self.assertIn("the machine room burns", done.stdout)
        self.assertIn("failed 2 times", done.stderr)

    def test_a_signal_ends_it(self):
        self.world.put("cassandraclusters", cluster())  # its node never comes
        process = subprocess.Popen([OPERATOR, "apply", self.plan(), "--cluster", "demo", "--poll", "1"], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, env=self.environment())
        end = time.monotonic() + 30
        while not any(s["spec"]["replicas"] for s in self.world.objects["statefulsets"].values()) and time.monotonic() < end:
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 1, out + err)
        self.assertIn("starts  start_node", out)
        self.assertIn("goes on there", err)
        self.assertEqual(self.world.objects["leases"]["cassplan-operator"]["spec"]["holderIdentity"], "")

    def test_a_server_that_goes_away(self):
        self.put_empty()
        plan = self.plan()
        self.world.trouble = lambda method, plural, name: 503
        self.apply(plan, "--no-leader-election", expect=6)
        self.world.trouble = lambda method, plural, name: 403 if plural == "leases" else None
        self.assertIn("played 403", self.apply(plan, expect=3).stderr)
        # In the middle: it is tried again.
        left = [4]

        def trouble(method, plural, _):
            if method == "GET" or plural == "leases" or left[0] == 0:
                return None
            left[0] -= 1
            return 503

        self.world.trouble = trouble
        self.assertIn("all of it is done", self.apply(plan).stdout)
        self.assertEqual(left, [0])

    def test_bad_input(self):
        self.put_empty()
        plan = self.plan()
        good = json.loads(pathlib.Path(plan).read_text())

        def told(change):
            path = self.work / "bad.json"
            path.write_text(change if isinstance(change, str) else json.dumps(change))
            return self.apply(str(path), expect=3).stderr

        self.assertIn("no-such-plan", self.apply("no-such-plan", expect=3).stderr)
        self.assertIn("bad.json", told(""))
        self.assertIn("bad.json:1:", told("[1]"))
        self.assertIn("bad.json:1:3", told("{ nonsense"))
        self.assertIn("fingreprint", told({"fingreprint": "x"}))
        self.assertIn("bad.json: plan_fingerprint: is missing", told({**good, "plan_fingerprint": ""}))
        self.assertIn("bad.json: plan.format_version: 2.0", told({**good, "plan": {**good["plan"], "format_version": "2.0"}}))
        self.assertIn("bad.json: plan.actions[0].id: is missing", told({**good, "plan": {**good["plan"], "actions": [
            {**good["plan"]["actions"][0], "id": ""}]}}))
        self.assertIn("another one by now", told({**good, "plan_fingerprint": "0123"}))
        self.world.objects["cassandraclusters"].clear()
        self.assertIn("404", self.apply(plan, expect=3).stderr)
        self.assertIn("--attempts", self.apply(plan, "--attempts", "0", expect=3).stderr)
        done = subprocess.run([OPERATOR, "apply", "--help"], capture_output=True, text=True, check=True)
        self.assertIn("Exit codes: 0 all of it is done", done.stdout)


if __name__ == "__main__":
    OPERATOR, PLUGIN = (str(pathlib.Path(sys.argv.pop(1)).resolve()) for _ in range(2))
    operator_test.OPERATOR = OPERATOR
    unittest.main()
