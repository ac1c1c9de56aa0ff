#!/usr/bin/env python3
"""cassplan-operator run against a played API server that misbehaves in every way that real ones do.

usage: operator_test.py OPERATOR [unittest arguments]
"""
import contextlib
import http.server
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

OPERATOR = ""
NAMESPACE = "shop"
KINDS = {"cassandraclusters": "CassandraCluster", "statefulsets": "StatefulSet", "pods": "Pod", "configmaps": "ConfigMap",
         "persistentvolumeclaims": "PersistentVolumeClaim", "services": "Service", "poddisruptionbudgets": "PodDisruptionBudget",
         "resourcequotas": "ResourceQuota", "controllerrevisions": "ControllerRevision", "nodes": "Node",
         "storageclasses": "StorageClass", "leases": "Lease", "secrets": "Secret", "events": "Event"}


def merge(into, patch):
    for key, value in patch.items():
        if value is None:
            into.pop(key, None)
        elif isinstance(value, dict):
            into[key] = merge(dict(into.get(key) or {}), value)
        else:
            into[key] = value
    return into


class World:
    """The objects, what was written, and what goes wrong: `trouble(method, plural, name)` returns a code, "hang", the bytes of an
    answer, or None."""

    def __init__(self):
        self.objects = {plural: {} for plural in KINDS}
        self.version = 10
        self.changed = threading.Condition()
        self.events = []
        self.writes = []
        self.reads = []
        self.paths = []
        self.trouble = lambda method, plural, name: None
        self.watch_trouble = lambda plural: None  # "gone", "drop" or "hang"
        self.over = False

    def put(self, plural, obj, kind="MODIFIED"):
        with self.changed:
            name = obj["metadata"]["name"]
            kind = "ADDED" if name not in self.objects[plural] else kind
            self.version += 1
            obj["metadata"]["resourceVersion"] = str(self.version)
            obj["metadata"].setdefault("uid", f"uid-{self.version}")
            obj["metadata"].setdefault("generation", 1)
            self.objects[plural][name] = obj
            self.events.append((self.version, plural, kind, json.loads(json.dumps(obj))))
            self.changed.notify_all()
            return obj

    def delete(self, plural, name):
        with self.changed:
            obj = self.objects[plural].pop(name)
            self.version += 1
            self.events.append((self.version, plural, "DELETED", obj))
            self.changed.notify_all()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, code, body):
        data = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def refuse(self, code, reason):
        self.reply(code, {"kind": "Status", "apiVersion": "v1", "code": code, "reason": reason, "message": f"played {code}"})

    def parts(self):
        url = urllib.parse.urlsplit(self.path)
        parts = url.path.strip("/").split("/")
        parts = parts[2:] if parts[0] == "api" else parts[3:]
        if parts[0] == "namespaces" and len(parts) > 2:
            parts = parts[2:]
        return parts[0], parts[1] if len(parts) > 1 else "", urllib.parse.parse_qs(url.query)

    def begin(self, method):
        plural, name, query = self.parts()
        world = self.server.world
        code = world.trouble(method, plural, name)
        if isinstance(code, bytes):
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(200)
            self.send_header("Content-Length", str(len(code)))
            self.end_headers()
            self.wfile.write(code)
            return None
        if code == "hang":
            while not world.over:
                time.sleep(0.05)
            self.close_connection = True
            return None
        if code:
            length = int(self.headers.get("Content-Length") or 0)
            self.rfile.read(length)
            self.refuse(code, "Conflict" if code == 409 else "Played")
            return None
        return plural, name, query

    def do_GET(self):
        begun = self.begin("GET")
        if begun is None:
            return
        plural, name, query = begun
        world = self.server.world
        world.reads.append((plural, name))
        world.paths.append(self.path)
        if "watch" in query:
            self.watch(plural, int(query["resourceVersion"][0] or 0))
        elif name:
            obj = world.objects[plural].get(name)
            self.reply(200, obj) if obj else self.refuse(404, "NotFound")
        else:
            with world.changed:
                body = {"kind": KINDS[plural] + "List", "apiVersion": "v1", "metadata": {"resourceVersion": str(world.version)},
                        "items": list(world.objects[plural].values())}
            self.reply(200, body)

    def watch(self, plural, since):
        world = self.server.world
        what = world.watch_trouble(plural)
        if what == "gone":
            self.refuse(410, "Expired")
            return
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while not world.over:
            with world.changed:
                new = [e for e in world.events if e[0] > since and e[1] == plural]
                if not new:
                    world.changed.wait(0.05)
            if what == "hang":
                continue  # an open connection on which nothing ever comes
            if what == "drop":
                self.close_connection = True
                return
            try:
                for version, _, kind, obj in new:
                    since = version
                    data = (json.dumps({"type": kind, "object": obj}) + "\n").encode()
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                self.wfile.flush()
            except OSError:
                self.close_connection = True
                return
        self.close_connection = True

    def body(self):
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def write(self, method):
        begun = self.begin(method)
        if begun is None:
            return None
        body = self.body()
        self.server.world.writes.append((method, *begun[:2]))
        return (*begun, body)

    def change(self, method, what):
        """What `what` makes of the object that is there, and nobody else's write between the two; a number is a refusal."""
        begun = self.write(method)
        if begun is None:
            return
        plural, name, _, body = begun
        world = self.server.world
        with world.changed:
            there = world.objects[plural].get(name)
            made = 404 if there is None and method != "POST" else what(world, plural, there, body)
        if isinstance(made, int):
            self.refuse(made, "NotFound" if made == 404 else "AlreadyExists" if method == "POST" else "Conflict")
        else:
            self.reply(201 if method == "POST" else 200, made)

    def do_POST(self):
        def create(world, plural, _, body):
            if "generateName" in body["metadata"]:
                body["metadata"]["name"] = body["metadata"]["generateName"] + str(world.version)
            return 409 if body["metadata"]["name"] in world.objects[plural] else world.put(plural, body)

        self.change("POST", create)

    def do_PUT(self):
        def replace(world, plural, there, body):
            same = body["metadata"].get("resourceVersion") == there["metadata"]["resourceVersion"]
            return world.put(plural, body) if same else 409

        self.change("PUT", replace)

    def do_DELETE(self):
        def delete(world, plural, there, body):
            if body.get("preconditions", {}).get("uid", there["metadata"]["uid"]) != there["metadata"]["uid"]:
                return 409
            world.delete(plural, there["metadata"]["name"])
            return {"kind": "Status", "apiVersion": "v1"}

        self.change("DELETE", delete)

    def do_PATCH(self):
        self.change("PATCH", lambda world, plural, there, body: world.put(plural, merge(json.loads(json.dumps(there)), body)))


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request, client_address):
        """Who is killed in the middle of a request breaks the connection; that is no news here."""


def cluster(name="demo", generation=1, **spec):
    return {"apiVersion": "db.orange.com/v2", "kind": "CassandraCluster",
            "metadata": {"name": name, "namespace": NAMESPACE, "uid": f"uid-of-{name}", "generation": generation},
            "spec": {"cassandraImage": "cassandra:4.1.10", "nodesPerRacks": 1, "dataCapacity": "1Gi", **spec}}

NONSENSE = (b"", b"<html>sign in</html>", b"[]", b"null", b"{}", b'{"kind":"PodList","items":{"a":1}}', b'{"kind":"List","items":[7]}', b"{" * 5000,
            b"\xff\xfe\x00", b'{"type":"MODIFIED","object":{"kind":7,"metadata":"x"}}\n', b'{"type":7,"object":7}\n',
            b'{"kind":"Status","status":"Failure","metadata":{"name":[],"labels":7},"spec":"x","status":[1],"data":7}')


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Operator(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work = pathlib.Path(folder.name)
        self.world = World()
        self.serve(0)
        self.processes = []
        self.copiers = []
        self.addCleanup(self.clean)
        self.port = free_port()

    def serve(self, port):
        self.server = Server(("127.0.0.1", port), Handler)
        self.server.world = self.world
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def clean(self):
        self.world.over = True
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
        for copier in self.copiers:
            copier.join()
        for process in self.processes:
            process.stderr.close()
        self.server.shutdown()
        self.server.server_close()

    def config(self):
        path = self.work / "config"
        path.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "here",
            "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u", "namespace": NAMESPACE}}],
            "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{self.server.server_address[1]}"}}],
            "users": [{"name": "u", "user": {"token": "t"}}]}))
        return path

    def start(self, *more, identity="one", pod=None):
        """`pod`: name and uid of the Pod that it believes to be in; else it is told who it is."""
        known = [] if pod else ["--identity", identity]
        told = {"POD_NAME": pod[0], "POD_UID": pod[1]} if pod else {}
        process = subprocess.Popen([OPERATOR, "run", "--kubeconfig", self.config(), "--listen", f"127.0.0.1:{self.port}", "--poll", "1",
                                    "--idle", "1", *known, *more], stderr=subprocess.PIPE, text=True, env={**os.environ, **told})

        def copy():
            with (self.work / f"{identity}.log").open("a") as log:
                for line in process.stderr:
                    log.write(line)
                    log.flush()

        copier = threading.Thread(target=copy, daemon=True)
        copier.start()
        self.copiers.append(copier)
        self.processes.append(process)
        return process

    def log(self, identity="one"):
        if not (self.work / f"{identity}.log").exists():
            return []
        return [json.loads(line) for line in (self.work / f"{identity}.log").read_text().splitlines() if line.endswith("}")]

    def until(self, what, condition, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return
            time.sleep(0.05)
        self.fail(f"{what}: not within {seconds} s; it says {[e for e in self.log()][-8:]}")

    def page(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def stop(self, process, number=signal.SIGTERM, expect=0):
        process.send_signal(number)
        self.assertEqual(process.wait(timeout=20), expect)

    def made(self):
        return set(self.world.objects["statefulsets"]) and self.world.objects["services"]

    # ---- the good case

    def test_makes_what_is_missing_and_tells_it(self):
        process = self.start()
        self.until("ready", lambda: self.page("/readyz")[0] == 200)
        self.assertEqual(self.page("/healthz"), (200, "ok\n"))
        self.world.put("cassandraclusters", cluster())
        self.until("the StatefulSet", self.made)
        rack = self.world.objects["statefulsets"]["demo-dc1-rack1"]
        self.assertEqual(rack["spec"]["updateStrategy"], {"type": "OnDelete"})
        self.until("the first node", lambda: self.world.objects["statefulsets"]["demo-dc1-rack1"]["spec"]["replicas"] == 1)
        self.until("the status", lambda: self.world.objects["cassandraclusters"]["demo"].get("status", {}).get("phase"))
        status = self.world.objects["cassandraclusters"]["demo"]["status"]
        self.assertEqual(status["phase"], "Initializing")
        self.assertEqual(status["observedGeneration"], 1)
        self.assertEqual({c["type"] for c in status["conditions"]}, {"Ready", "Progressing", "Held", "Accepted", "Observed"})
        self.assertIn('cassplan_actions_started_total{cluster="demo",kind="create_rack",namespace="shop"} 1', self.page("/metrics")[1])
        ledger = json.loads(self.world.objects["configmaps"]["demo-cassplan"]["data"]["ledger"])
        self.assertEqual([s["kind"] for s in ledger["started"]], ["start_node"])
        self.stop(process)
        self.assertEqual(self.world.objects["leases"]["cassplan-operator"]["spec"]["holderIdentity"], "")

    def test_writes_nothing_when_nothing_changes(self):
        self.world.put("cassandraclusters", cluster())
        self.start()
        self.until("the first node", self.made)
        self.until("the status", lambda: self.world.objects["cassandraclusters"]["demo"].get("status"))
        time.sleep(3)
        writes = [w for w in self.world.writes if w[1] != "leases"]
        reads = len(self.world.reads)
        time.sleep(3)
        self.assertEqual([w for w in self.world.writes if w[1] != "leases"], writes)
        self.assertGreater(len(self.world.reads), reads, "it does not look any more")

    def test_a_spec_that_cannot_be_used_is_told_in_the_status(self):
        self.world.put("cassandraclusters", cluster(nodesPerRacks="three"))
        self.start()
        self.until("the status", lambda: self.world.objects["cassandraclusters"]["demo"].get("status"))
        status = self.world.objects["cassandraclusters"]["demo"]["status"]
        self.assertEqual(status["lastClusterAction"], "CorrectCRDConfig")
        accepted = {c["type"]: c for c in status["conditions"]}["Accepted"]
        self.assertEqual(accepted["status"], "False")
        self.assertIn("nodesPerRacks", accepted["message"])
        self.assertFalse(self.world.objects["statefulsets"])
        self.world.put("cassandraclusters", {**cluster(generation=2), "status": status})
        self.until("it goes on", self.made)

    def test_one_bad_cluster_stops_no_other(self):
        self.world.put("cassandraclusters", cluster("bad", nodesPerRacks="three"))
        self.start()
        self.until("it is refused", lambda: self.world.objects["cassandraclusters"]["bad"].get("status"))
        self.world.put("cassandraclusters", cluster("good"))
        self.until("the other one", lambda: "good-dc1-rack1" in self.world.objects["statefulsets"])

    def test_a_deleted_cluster_is_let_go(self):
        self.world.put("cassandraclusters", cluster())
        self.start()
        self.until("the StatefulSet", self.made)
        self.world.delete("cassandraclusters", "demo")
        self.until("it is let go", lambda: any(e["message"] == "looks no more after" for e in self.log()))
        self.assertIn("cassplan_clusters 0", self.page("/metrics")[1])

    def claim(self, name, owner):
        self.world.put("persistentvolumeclaims", {"metadata": {"name": name, "namespace": NAMESPACE, "labels": {"cassandracluster": owner}}})

    def test_claims_go_only_where_that_is_asked_for(self):
        finalizer = "kubernetes.io/pvc-to-delete"
        for name, wanted in (("keeps", False), ("drops", True)):
            self.world.put("cassandraclusters", cluster(name, deletePVC=wanted))
            self.claim(f"data-{name}-dc1-rack1-0", name)
        self.start()
        clusters = self.world.objects["cassandraclusters"]
        self.until("the finalizer", lambda: finalizer in clusters["drops"]["metadata"].get("finalizers", []))
        self.until("the other one, too", lambda: clusters["keeps"].get("status"))
        self.assertNotIn("finalizers", clusters["keeps"]["metadata"])
        going = json.loads(json.dumps(clusters["drops"]))
        going["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
        going["metadata"]["finalizers"].insert(0, "somebody/else")
        self.world.put("cassandraclusters", going)
        self.until("it is let go", lambda: clusters["drops"]["metadata"]["finalizers"] == ["somebody/else"])
        self.assertEqual(set(self.world.objects["persistentvolumeclaims"]), {"data-keeps-dc1-rack1-0"})
        self.world.put("cassandraclusters", {**going, "metadata": {**going["metadata"], "name": "keeps", "uid": "uid-of-keeps", "finalizers": []}})
        self.until("the other one is let go", lambda: sum(e["message"] == "looks no more after" for e in self.log()) == 2)
        self.assertEqual(set(self.world.objects["persistentvolumeclaims"]), {"data-keeps-dc1-rack1-0"})

    def test_starts_are_told_as_events(self):
        self.world.put("cassandraclusters", cluster())
        self.start()
        self.until("the first node", self.done)
        self.until("an event", lambda: any(e["message"].startswith("start_node") for e in self.world.objects["events"].values()))
        self.assertEqual({e["involvedObject"]["name"] for e in self.world.objects["events"].values()}, {"demo"})

    # ---- trouble

    def test_a_program_of_ones_own(self):
        folder = self.work / "commands"
        folder.mkdir()
        script = folder / "create_cluster_objects.sh"
        script.write_text(f'#!/bin/sh\ncat > {self.work}/start\necho "$CASSPLAN_NAMESPACE/$CASSPLAN_CLUSTER" > {self.work}/who\n'
                          "echo not today >&2\nexit 3\n")
        script.chmod(0o755)
        self.world.put("cassandraclusters", cluster())
        process = self.start("--commands", str(folder))
        self.until("the program ran", lambda: any("ended with 3: not today" in e.get("why", "") for e in self.log()))
        start = json.loads((self.work / "start").read_text())
        self.assertEqual(start["action"]["kind"], "create_cluster_objects")
        self.assertEqual((self.work / "who").read_text(), f"{NAMESPACE}/demo\n")
        self.assertFalse(self.world.objects["services"])
        self.stop(process)

    def test_errors_are_tried_again(self):
        for code in (409, 429, 500, 503):
            with self.subTest(code=code):
                count = {"left": 6}

                def trouble(method, plural, _, code=code, count=count):
                    if method == "GET" and code == 409:
                        return None  # no answer to a read
                    if plural != "leases" and count["left"] > 0:
                        count["left"] -= 1
                        return code
                    return None

                name = f"c{code}"
                self.world.trouble = trouble
                if not self.processes:
                    self.start()
                self.world.put("cassandraclusters", cluster(name))
                self.until(f"{code} passes", lambda name=name: f"{name}-dc1-rack1" in self.world.objects["statefulsets"], 40)

    def test_a_watch_that_is_too_old_or_drops(self):
        for what in ("gone", "drop"):
            with self.subTest(what=what):
                self.world.watch_trouble = lambda plural, what=what: what
                if not self.processes:
                    self.start()
                self.world.put("cassandraclusters", cluster(what))
                self.until("it is seen all the same", lambda what=what: f"{what}-dc1-rack1" in self.world.objects["statefulsets"], 30)

    def test_a_watch_that_hangs_costs_only_time(self):
        """Nothing ever comes on it: the clusters that are known are looked at all the same."""
        self.world.watch_trouble = lambda plural: "hang"
        self.world.put("cassandraclusters", cluster())
        self.start()
        self.until("the StatefulSet", self.made)
        self.world.put("cassandraclusters", cluster(generation=2, maxPodUnavailable=2))
        self.until("the change is seen by looking", lambda: self.world.objects["cassandraclusters"]["demo"].get(
            "status", {}).get("observedGeneration") == 2)

    def test_a_server_that_hangs(self):
        self.world.put("cassandraclusters", cluster())
        self.world.trouble = lambda method, plural, name: "hang" if plural == "pods" else None
        process = self.start()
        self.until("it waits", lambda: ("cassandraclusters", "demo") in self.world.reads)
        self.stop(process)  # in time, with a request under way

    def test_a_server_that_answers_nonsense(self):
        """To every question, of lists, watches and single objects: it stays, and does nothing to clusters."""
        for number, answer in enumerate(NONSENSE):
            with self.subTest(answer=answer[:60]):
                self.port = free_port()
                process = self.start("--no-leader-election")
                self.until("ready", lambda: self.page("/readyz")[0] == 200)
                asked = []
                self.world.trouble = lambda method, plural, name, answer=answer, asked=asked: asked.append(plural) or answer
                self.world.put("cassandraclusters", cluster(f"c{number}"))
                self.until("it asks", lambda asked=asked: len(asked) > 3)
                self.assertEqual(self.page("/healthz")[0], 200)
                self.assertIsNone(process.poll())
                self.assertFalse(self.world.objects["statefulsets"])
                self.world.trouble = lambda method, plural, name: None
                if number == 0:
                    self.until("it goes on", self.made, 60)
                process.kill()
                process.wait()
                for plural in ("cassandraclusters", "statefulsets", "configmaps", "services"):
                    self.world.objects[plural].clear()

    def test_a_lease_of_nonsense(self):
        for number, spec in enumerate((7, "x", [], {"holderIdentity": 7, "leaseDurationSeconds": "x"}, {"leaseDurationSeconds": -(1 << 62)})):
            with self.subTest(spec=spec):
                self.world.put("leases", {"metadata": {"name": f"l{number}", "namespace": NAMESPACE}, "spec": spec})
                self.port = free_port()
                process = self.start("--lease", f"l{number}", identity=f"i{number}")
                self.until("it acts", lambda: "cassplan_leader 1" in self.page("/metrics")[1])
                self.stop(process)

    def test_a_ledger_that_cannot_be_read(self):
        """What is in flight is not known: nothing starts until a person has looked."""
        for number, text in enumerate(("", "nonsense", "[]", '{"version": "x"}', '{"started": 7}', "{" * 3000)):
            with self.subTest(text=text[:20]):
                name = f"demo{number}"
                self.world.put("configmaps", {"metadata": {"name": f"{name}-cassplan", "namespace": NAMESPACE, "labels": {
                    "cassandracluster": name, "cassplan/cluster-uid": f"uid-of-{name}"}}, "data": {"ledger": text}})
                self.world.put("cassandraclusters", cluster(name))
                if not self.processes:
                    self.start()
                self.until("it is told", lambda name=name: any(e.get("cluster") == name and f"ConfigMap {name}-cassplan" in e.get("why", "")
                                                               for e in self.log()))
                self.assertFalse(self.world.objects["statefulsets"])
        self.world.delete("configmaps", "demo1-cassplan")
        self.until("it goes on without one", lambda: "demo1-dc1-rack1" in self.world.objects["statefulsets"], 40)

    def test_odd_specs_are_told_in_the_status(self):
        odd = {"none": None, "text": "x", "list": [], "racks": {"topology": {"dc": [{"name": "dc1", "rack": "r"}]}},
               "negative": {"nodesPerRacks": -1}, "huge": {"nodesPerRacks": 1 << 70}, "image": {"cassandraImage": 7},
               "capacity": {"dataCapacity": "much"}, "twice": {"topology": {"dc": [{"name": "a"}, {"name": "a"}]}},
               "policy": {"policy": {"mode": "yes please"}},
               "wish": {"policy": {"wish": 1}}, "keyspaces": {"keyspaces": {"shop": {"dc1": "3"}}}, "secret": {"cqlSecret": "x"}}
        for name, spec in odd.items():
            known = cluster(name)
            known["spec"] = {**known["spec"], **spec} if isinstance(spec, dict) else spec
            self.world.put("cassandraclusters", known)
        self.start()
        for name in odd:
            with self.subTest(name=name):
                self.until("the status", lambda name=name: self.world.objects["cassandraclusters"][name].get("status"))
                status = self.world.objects["cassandraclusters"][name]["status"]
                accepted = {c["type"]: c for c in status["conditions"]}["Accepted"]
                self.assertEqual((accepted["status"], accepted["reason"], status["lastClusterAction"]), ("False", "Refused", "CorrectCRDConfig"), name)
                self.assertTrue(accepted["message"])
        self.assertFalse(self.world.objects["statefulsets"])

    def test_healthz_says_no_while_a_look_does_not_end(self):
        self.world.put("cassandraclusters", cluster())
        self.start("--stuck", "1")
        self.until("the StatefulSet", self.made)
        self.assertEqual(self.page("/healthz"), (200, "ok\n"))
        self.world.trouble = lambda method, plural, name: "hang" if plural == "cassandraclusters" and name else None
        self.until("it says no", lambda: self.page("/healthz") == (503, "no\n"))
        self.world.trouble = lambda method, plural, name: None
        self.until("the request has ended, and all is well", lambda: self.page("/healthz")[0] == 200, 60)

    def test_a_server_that_is_gone_and_comes_back(self):
        self.world.put("cassandraclusters", cluster())
        self.start()
        self.until("the StatefulSet", self.made)
        port = self.server.server_address[1]
        self.server.shutdown()
        self.server.server_close()
        time.sleep(3)
        self.assertEqual(self.page("/healthz")[0], 200)
        self.serve(port)
        self.world.put("cassandraclusters", cluster("later"))
        self.until("it goes on", lambda: "later-dc1-rack1" in self.world.objects["statefulsets"], 40)

    def test_killed_at_any_moment_it_does_nothing_twice(self):
        self.world.put("cassandraclusters", cluster())
        for _ in range(6):
            process = self.start("--no-leader-election")
            seen = len(self.world.writes)
            self.until("it writes", lambda seen=seen: len(self.world.writes) > seen or self.done(), 10)
            process.kill()
            process.wait()
        self.start("--no-leader-election")
        self.until("it is done", self.done)
        posts = [w for w in self.world.writes if w[0] == "POST"]
        self.assertEqual(len(self.world.objects["statefulsets"]), 1)
        self.assertEqual(self.world.objects["statefulsets"]["demo-dc1-rack1"]["spec"]["replicas"], 1)
        self.assertTrue(posts)

    def done(self):
        rack = self.world.objects["statefulsets"].get("demo-dc1-rack1")
        return rack is not None and rack["spec"]["replicas"] == 1

    # ---- leader election

    def test_one_of_two_acts(self):
        first = self.start(identity="one")
        self.until("the Lease", lambda: self.world.objects["leases"])
        self.port = free_port()
        second = self.start(identity="two")
        self.until("the second waits", lambda: any(e["message"] == "waits for the Lease" for e in self.log("two")))
        self.assertEqual(self.page("/readyz")[0], 200)
        self.world.put("cassandraclusters", cluster())
        self.until("one acts", self.made)
        self.assertFalse([e for e in self.log("two") if e["message"] == "starts"])
        self.stop(first)
        self.world.put("cassandraclusters", cluster("later"))
        self.until("the other takes over", lambda: "later-dc1-rack1" in self.world.objects["statefulsets"], 40)
        self.stop(second)

    def test_a_container_that_is_started_again_takes_its_lease_back(self):
        """Killed with -9 it could not release it; nobody waits for its term to end. A Pod of the same name, but another uid, waits."""

        def spec():
            return self.world.objects["leases"]["cassplan-operator"]["spec"]

        first = self.start(pod=("op-0", "uid-1"))
        self.until("the Lease", lambda: self.world.objects["leases"])
        first.kill()
        first.wait()
        self.assertEqual(spec()["holderIdentity"], "op-0_uid-1")
        self.port = free_port()
        again = self.start(identity="again", pod=("op-0", "uid-1"))
        self.until("it acts", lambda: "cassplan_leader 1" in self.page("/metrics")[1])
        self.assertFalse([e for e in self.log("again") if e["message"] == "waits for the Lease"])
        self.assertEqual(spec()["leaseTransitions"], 0)
        again.kill()
        again.wait()
        self.start(identity="other", pod=("op-0", "uid-2"))
        self.until("another one waits", lambda: any(e["message"] == "waits for the Lease" for e in self.log("other")))
        self.assertEqual(spec()["holderIdentity"], "op-0_uid-1")

    def test_a_lost_lease_ends_it(self):
        process = self.start()
        self.until("the Lease", lambda: self.world.objects["leases"])
        lease = json.loads(json.dumps(self.world.objects["leases"]["cassplan-operator"]))
        lease["spec"]["holderIdentity"] = "somebody else"
        self.world.put("leases", lease)
        self.assertEqual(process.wait(timeout=20), 6)

    def test_a_lease_that_cannot_be_renewed_ends_it_in_time(self):
        """Before another one may take it: 15 s after the last renewal."""
        for trouble in ("hang", 503):
            with self.subTest(trouble=trouble):
                self.port = free_port()
                process = self.start(identity=str(trouble))
                self.until("it holds the Lease", lambda trouble=trouble: any(
                    lease["spec"]["holderIdentity"] == str(trouble) for lease in self.world.objects["leases"].values()))
                self.world.trouble = lambda method, plural, name, trouble=trouble: trouble if plural == "leases" else None
                begun = time.monotonic()
                self.assertEqual(process.wait(timeout=20), 6)
                self.assertLess(time.monotonic() - begun, 15)
                self.world.trouble = lambda method, plural, name: None
                self.world.objects["leases"].clear()

    # ---- what is written about it

    def test_all_that_it_tells_is_documented(self):
        root = pathlib.Path(__file__).resolve().parent.parent
        told = (root / "docs/operator.md").read_text()
        source = {name: (root / f"examples/operator/{name}.cc").read_text() for name in ("metrics", "status", "cluster_loop")}
        metrics = re.findall(r'Name\("(cassplan_[a-z_]+)"\)', source["metrics"])
        conditions = source["status"].split("void Conditions(")[1].split("\n  }\n")[0]
        names = set(re.findall(r'"([A-Z][A-Za-z]+)"', conditions)) - {"True", "False"}
        events = set(re.findall(r'"(Starts|Failed|EndingUnknown|[A-Z][a-z]+[A-Z][A-Za-z]+)"', source["cluster_loop"]))
        fields = set(re.findall(r'\(\*status\)\["([a-zA-Z]+)"\]', source["status"])) - {"conditions"}
        for found, least in ((metrics, 13), (names, 15), (events, 3), (fields, 8)):
            self.assertGreaterEqual(len(found), least)
            for name in found:
                self.assertRegex(told, rf"`{name}[`.]", f"{name}: add it to docs/operator.md")

    def test_what_it_survives_is_shown_by_tests_that_exist(self):
        root = pathlib.Path(__file__).resolve().parent.parent
        table = (root / "docs/operator.md").read_text().split("### What it survives")[1].split("## Do one plan")[0]
        there = "".join(p.read_text() for pattern in ("tests/*_test.py", "lib/executors/*_test.cc", "tests/e2e/run") for p in sorted(root.glob(pattern)))
        named = [name for line in table.splitlines() if line.startswith("| ") for name in re.findall(r"`([A-Za-z0-9_]+)`", line.rsplit("|", 2)[1])]
        self.assertGreater(len(named), 20)
        for name in named:
            self.assertRegex(there, rf"def {name}\(|TEST(_F)?\([A-Za-z]+, {name}\)", f"{name}: named in docs/operator.md")

    # ---- bad input

    def run_badly(self, *arguments, environment=None):
        done = subprocess.run([OPERATOR, "run", *arguments], capture_output=True, text=True, check=False, timeout=30,
                              env={**os.environ, **(environment or {})})
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertTrue(done.stderr.startswith("error: "), done.stderr)
        return done.stderr

    def test_bad_flags(self):
        config = str(self.config())
        for flag, values in {"--poll": ("0", "-1", "x", "3601", ""), "--idle": ("0", "x", "99999999999999999999"), "--timeout": ("0", "601", "1.5"),
                             "--jolokia-port": ("0", "65536", "x"), "--log-level": ("loud", ""), "--log-format": ("xml", "")}.items():
            for value in values:
                self.assertIn(flag, self.run_badly("--kubeconfig", config, flag, value))
        self.assertIn("--nonsense", self.run_badly("--nonsense"))
        for name in ("a/b", "..", "A", "a b", ""):
            self.assertIn("Lease", self.run_badly("--kubeconfig", config, "--lease", name))
            if name:
                self.assertIn("namespace", self.run_badly("--kubeconfig", config, "--namespace", name))
        self.assertIn("--log-format", self.run_badly("--kubeconfig", config, "--log-format", "xml"))
        self.assertIn("not there", self.run_badly("--kubeconfig", "/not there"))
        self.assertIn("nowhere", self.run_badly("--kubeconfig", config, "--context", "nowhere"))
        self.assertIn("--listen", self.run_badly("--kubeconfig", config, "--listen", "nonsense"))
        self.assertIn("one namespace", self.run_badly("--kubeconfig", config, environment={"WATCH_NAMESPACE": "a,b"}))
        self.assertIn("no-such-file", self.run_badly("--kubeconfig", config, "--jolokia-password-file", "no-such-file"))
        self.assertIn("no-such-folder", self.run_badly("--kubeconfig", config, "--commands", "no-such-folder"))
        (self.work / "commands").mkdir()
        (self.work / "commands/drian").write_text("")
        self.assertIn("drian is no kind of action", self.run_badly("--kubeconfig", config, "--commands", str(self.work / "commands")))
        broken = self.work / "broken"
        broken.write_text("{")
        self.assertIn(str(broken), self.run_badly("--kubeconfig", str(broken)))

    def test_another_process_has_the_port(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            self.assertIn("name another port",
                          self.run_badly("--kubeconfig", str(self.config()), "--listen", f"127.0.0.1:{taken.getsockname()[1]}"))

    def test_requests_that_make_no_sense(self):
        self.start()
        self.until("ready", lambda: self.page("/readyz")[0] == 200)
        for bytes_sent in (b"\x00\xff\xfe\r\n\r\n", b"GET " + b"/a" * 20000 + b" HTTP/1.1\r\n\r\n", b"POST /metrics HTTP/1.1\r\nContent-Length: -5\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as s:
                s.sendall(bytes_sent)
                s.settimeout(2)
                try:
                    s.recv(1000)
                except OSError:
                    pass
        with contextlib.ExitStack() as silent:
            for _ in range(20):  # who connects and says nothing keeps nobody waiting for long
                silent.enter_context(socket.create_connection(("127.0.0.1", self.port), timeout=5))
            self.until("it answers", lambda: self.page("/healthz")[0] == 200)
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "NONSENSE"):
            request = urllib.request.Request(f"http://127.0.0.1:{self.port}/metrics", method=method, data=b"x" * 100000)
            with self.assertRaises(OSError, msg=method):  # an HTTPError is one, too
                urllib.request.urlopen(request, timeout=10)
        self.assertEqual(self.page("/../../etc/passwd")[0], 404)
        self.assertEqual(self.page("/nothing")[0], 404)
        self.assertEqual(self.page("/healthz")[0], 200)


if __name__ == "__main__":
    OPERATOR = sys.argv.pop(1)
    unittest.main()
