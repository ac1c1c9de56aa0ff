#!/usr/bin/env python3
"""cassplan-operator observe against an API server and nodes that this test plays, well and badly.

usage: observe_test.py OPERATOR CASSPLAN
"""
import http.server
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
STORY = ROOT / "examples/clusters/grow"
OPERATOR = CASSPLAN = ""
KINDS = {"cassandraclusters": "CassandraCluster", "statefulsets": "StatefulSet", "pods": "Pod",
         "persistentvolumeclaims": "PersistentVolumeClaim", "services": "Service",
         "poddisruptionbudgets": "PodDisruptionBudget", "resourcequotas": "ResourceQuota",
         "controllerrevisions": "ControllerRevision", "nodes": "Node", "storageclasses": "StorageClass"}


def story():
    """The story's dump, with addresses of this machine: (items, answers by address)."""
    text = (STORY / "observed/kubernetes.json").read_text()
    files = {p.stem: p.read_text() for p in (STORY / "observed/jolokia").glob("*.json")}
    pods = {i["metadata"]["name"]: i["status"]["podIP"] for i in json.loads(text)["items"]
            if i["kind"] == "Pod" and i.get("status", {}).get("podIP")}
    for number, address in enumerate(sorted(set(pods.values()))):
        there = f"127.77.0.{number + 1}"
        text = re.sub(rf"(?<![\d.]){re.escape(address)}(?!\d)", there, text)
        files = {k: re.sub(rf"(?<![\d.]){re.escape(address)}(?!\d)", there, v) for k, v in files.items()}
    items = json.loads(text)["items"]
    answers = {i["status"]["podIP"]: files[i["metadata"]["name"]] for i in items
               if i["kind"] == "Pod" and i["metadata"]["name"] in files}
    return items, answers


class World:
    """What both servers answer; `trouble` maps a plural or an address to what goes wrong."""

    def __init__(self):
        self.items, self.answers = story()
        self.trouble = {}
        self.seen = []
        self.page = 500


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, code, body, **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def status(self, code, message, **headers):
        self.reply(code, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "code": code}, **headers)

    def do_GET(self):
        world = self.server.world
        url = urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qs(url.query)
        plural = url.path.rsplit("/", 1)[-1]
        world.seen.append((self.path, self.headers.get("Authorization")))
        trouble = world.trouble.get(plural)
        if callable(trouble) and trouble(self, query):
            return
        start = int(query.get("continue", ["0"])[0])
        kind = KINDS[plural]
        items = [{k: v for k, v in i.items() if k not in ("kind", "apiVersion")} for i in world.items if i["kind"] == kind]
        version = "/".join(url.path.split("/namespaces/")[0].strip("/").split("/")[1:][:2]) if "/namespaces/" in url.path \
            else "/".join(url.path.strip("/").split("/")[1:-1])
        end = start + (min(world.page, int(query["limit"][0])) if "limit" in query else len(items))
        metadata = {"resourceVersion": "7"} | ({"continue": str(end)} if end < len(items) else {})
        self.reply(200, {"kind": kind + "List", "apiVersion": version, "metadata": metadata, "items": items[start:end]})

    def do_POST(self):
        world = self.server.world
        address = self.connection.getsockname()[0]
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        world.seen.append((address, self.headers.get("Authorization")))
        trouble = world.trouble.get(address)
        if callable(trouble) and trouble(self, asked):
            return
        told = {(e["request"]["mbean"], e["request"].get("attribute"), json.dumps(e["request"].get("arguments"))): e
                for e in json.loads(world.answers[address])}
        self.reply(200, [told.get((e["mbean"], e.get("attribute"), json.dumps(e.get("arguments"))),
                                  {"request": e, "status": 404, "error": "no such attribute", "error_type": "x"}) for e in asked])


class Server:
    def __init__(self, world, address):
        self.server = http.server.ThreadingHTTPServer((address, 0), Handler)
        self.server.daemon_threads = True
        self.server.world = world
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Observe(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.api, self.nodes = Server(self.world, "127.0.0.1"), Server(self.world, "0.0.0.0")
        self.addCleanup(self.api.stop)
        self.addCleanup(self.nodes.stop)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work = pathlib.Path(folder.name)
        self.config = self.work / "config"
        self.write_config(token="secret")
        self.cluster = next(i for i in self.world.items if i["kind"] == "CassandraCluster") if any(
            i["kind"] == "CassandraCluster" for i in self.world.items) else None

    def write_config(self, **user):
        self.config.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "here",
            "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u", "namespace": "cassandra"}}],
            "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{self.api.port}"}}],
            "users": [{"name": "u", "user": user}]}))

    def observe(self, *more, output="dump", expect=0):
        done = subprocess.run([OPERATOR, "observe", "--cluster", "demo", "--output", self.work / output, "--kubeconfig",
                               self.config, "--jolokia-port", str(self.nodes.port), *more], capture_output=True, text=True,
                              check=False, timeout=120)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def plan(self, folder):
        now = json.loads((folder / "dump.json").read_text())["observed_at_seconds"]
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
        done = subprocess.run([CASSPLAN, "plan", "--desired", STORY / "desired.yaml", "--observed", folder, "--format", "json",
                               "--now", stamp], capture_output=True, text=True, check=False)
        self.assertIn(done.returncode, (0, 2, 4), done.stderr)  # nothing to do, a plan, blocked
        return json.loads(done.stdout)

    def test_plans_as_the_recorded_dump(self):
        """What is collected gives the plan that the recorded files give."""
        done = self.observe()
        self.assertRegex(done.stdout, r"^\d+ nodes of cassandra/demo in ")
        recorded = self.work / "recorded"
        (recorded / "jolokia").mkdir(parents=True)
        now = json.loads((STORY / "observed/dump.json").read_text())
        (recorded / "dump.json").write_text(json.dumps(now))
        (recorded / "kubernetes.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": self.world.items}))
        by_address = {i["status"]["podIP"]: i["metadata"]["name"] for i in self.world.items if i["kind"] == "Pod"}
        for address, answer in self.world.answers.items():
            (recorded / "jolokia" / f"{by_address[address]}.json").write_text(answer)
        # What is told is of the time when it was asked for; the recorded story was earlier.
        (self.work / "dump" / "dump.json").write_text(json.dumps(now))
        for file in (self.work / "dump/jolokia").glob("*.json"):
            entries = json.loads(file.read_text())
            self.assertTrue(all(abs(time.time() - e["timestamp"]) < 120 for e in entries))
            file.write_text(json.dumps([e | {"timestamp": now["observed_at_seconds"]} for e in entries]))
        for file in (recorded / "jolokia").glob("*.json"):
            entries = json.loads(file.read_text())
            file.write_text(json.dumps([e | {"timestamp": now["observed_at_seconds"]} for e in entries]))
        for folder in (recorded, self.work / "dump"):
            (folder / "schema.json").write_text((STORY / "observed/schema.json").read_text())
        ids = [[a["id"] for a in self.plan(folder)["plan"]["actions"]] for folder in (self.work / "dump", recorded)]
        self.assertEqual(ids[0], ids[1])
        self.assertGreater(len(ids[0]), 2)

    def test_pages_and_the_token(self):
        self.world.page = 2
        self.observe()
        collected = json.loads((self.work / "dump/kubernetes.json").read_text())["items"]
        key = lambda i: (i["kind"], i["metadata"]["name"])
        self.assertEqual(sorted(map(key, collected)), sorted(map(key, (i for i in self.world.items if i["kind"] in KINDS.values()))))
        self.assertIn("Bearer secret", {a for p, a in self.world.seen if p.startswith("/api")})
        self.assertEqual({None}, {a for p, a in self.world.seen if not p.startswith("/api")}, "nodes get no token")

    def test_pages_that_are_too_old_begin_again(self):
        self.world.page = 2
        state = {"left": 1}

        def gone(handler, query):
            if "continue" in query and state["left"]:
                state["left"] -= 1
                handler.status(410, "too old")
                return True
            return False

        self.world.trouble["pods"] = gone
        self.observe()
        names = [i["metadata"]["name"] for i in json.loads((self.work / "dump/kubernetes.json").read_text())["items"] if i["kind"] == "Pod"]
        self.assertEqual(len(names), len(set(names)))
        self.assertEqual(len(names), sum(i["kind"] == "Pod" for i in self.world.items))

    def test_busy_server_is_asked_again(self):
        state = {"left": 2}

        def busy(handler, _):
            if not state["left"]:
                return False
            state["left"] -= 1
            handler.status(429 if state["left"] else 503, "busy", Retry_After="0")
            return True

        self.world.trouble["statefulsets"] = busy
        self.observe()
        self.assertEqual(state["left"], 0)

    def test_optional_kinds_may_be_forbidden(self):
        self.world.trouble["nodes"] = lambda handler, _: handler.status(403, "nodes is forbidden") or True
        done = self.observe(expect=1)
        self.assertIn("missing: nodes: list nodes: HTTP 403: nodes is forbidden", done.stderr)

    def test_needed_kinds_may_not(self):
        self.world.trouble["pods"] = lambda handler, _: handler.status(403, "pods is forbidden") or True
        done = self.observe(expect=3)
        self.assertIn("error: list pods: HTTP 403: pods is forbidden", done.stderr)
        self.assertFalse((self.work / "dump").exists())

    def test_hanging_node_delays_no_other_and_is_unknown(self):
        victim = sorted(self.world.answers)[0]

        def hang(*_):
            time.sleep(20)
            return True

        self.world.trouble[victim] = hang
        start = time.monotonic()
        done = self.observe("--timeout", "1", expect=1)
        self.assertLess(time.monotonic() - start, 15)
        self.assertRegex(done.stderr, r"missing: demo-dc1-rack1-0: .*127\.77\.0\.1")
        response = self.plan(self.work / "dump")
        self.assertTrue(any("demo-dc1-rack1-0" in json.dumps(f) or "dc1/rack1/0" in json.dumps(f)
                            for f in response["findings"]), response["findings"])

    def test_nonsense_is_told(self):
        self.world.trouble["services"] = lambda handler, _: handler.reply(200, b"<html>") or True
        self.assertIn("the answer is no", self.observe(expect=6).stderr)

    def test_node_that_wants_a_password(self):
        for address in self.world.answers:
            self.world.trouble[address] = lambda handler, _: (
                False if handler.headers.get("Authorization") == "Basic dTpw" else handler.reply(401, b"") or True)
        self.assertIn("Jolokia wants another user or password", self.observe(expect=1).stderr)
        secret = self.work / "password"
        secret.write_text("p\n")
        self.observe("--replace", "--jolokia-user", "u", "--jolokia-password-file", secret)

    def test_folders_are_not_overwritten(self):
        (self.work / "full").mkdir()
        (self.work / "full/mine.txt").write_text("x")
        self.assertIn("is not empty; name another folder", self.observe(output="full", expect=3).stderr)
        self.observe()
        self.assertIn("or --replace", self.observe(expect=3).stderr)
        (self.work / "dump/jolokia/gone.json").write_text("[]")
        self.observe("--replace")
        self.assertFalse((self.work / "dump/jolokia/gone.json").exists())

    def test_bad_configs(self):
        for text, said in (("", "a kubeconfig is due here"), ("a: [", "config:"), ("{}", "no current-context"),
                           ("{current-context: x}", 'no context "x"')):
            self.config.write_text(text)
            self.assertIn(said, self.observe(expect=3).stderr)
        self.config.unlink()
        self.assertIn("config", self.observe(expect=3).stderr)

    def test_server_that_is_not_there(self):
        port, self.api.port = self.api.port, 1
        self.write_config(token="x")
        self.api.port = port
        self.assertIn("127.0.0.1", self.observe(expect=6).stderr)

    def test_arguments(self):
        for more in (("--timeout", "0"), ("--jolokia-port", "99999"), ("--nonsense",)):
            self.assertIn("cassplan-operator --help", self.observe(*more, expect=3).stderr)
        done = subprocess.run([OPERATOR, "version"], capture_output=True, text=True, check=True)
        self.assertRegex(done.stdout, r"^cassplan-operator \d")


if __name__ == "__main__":
    OPERATOR, CASSPLAN = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1])
