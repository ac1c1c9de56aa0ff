#!/usr/bin/env python3
"""What cassplan-operator costs with many clusters of nine nodes that all are as desired.

usage: operator_bench.py BUILD [--real] [--clusters N ...] [--seconds S]     BUILD: a build folder, such as build/release

The nodes are played in this process, with objects and answers as real ones have them (tests/golden/dumps.py). So is the API server; with --real it
is a real one with etcd (that of tests/e2e, without controllers: what is put there stays). Only the operator's own memory and time are measured.
First all clusters are looked at at once (a start), then for S seconds nothing changes.
"""
import argparse
import concurrent.futures
import http.client
import http.server
import json
import os
import pathlib
import re
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/golden")]
import dumps  # noqa: E402
import operator_test  # noqa: E402

NAMESPACE = dumps.NAMESPACE


def nine_nodes(cassplan):
    """(objects, answers by Pod) of one cluster that converged."""
    spec = dumps.cluster({"dc1": (3, ["rack1", "rack2", "rack3"])})
    with tempfile.TemporaryDirectory() as folder:
        case = dumps.Case("bench", spec, spec, {"app": {"dc1": 3}})
        case.write_dump(str(cassplan), folder)
        objects = json.loads(pathlib.Path(folder, "kubernetes.json").read_text())["items"]
        answers = {p.stem: p.read_text() for p in pathlib.Path(folder, "jolokia").glob("*.json")}
    next(o for o in objects if o["kind"] == "CassandraCluster")["spec"] = spec["spec"]
    return objects, answers


class Api(operator_test.Handler):
    """Lists are written once for each version of a kind: their size is the operator's matter, not ours."""

    def do_GET(self):
        plural, name, query = self.parts()
        world = self.server.world
        if name or "watch" in query:
            return super().do_GET()
        with world.changed:
            key = (plural, max((int(o["metadata"]["resourceVersion"]) for o in world.objects[plural].values()), default=0))
            if world.written.get(plural, (None,))[0] != key:
                body = {"kind": operator_test.KINDS[plural] + "List", "apiVersion": "v1", "metadata": {"resourceVersion": str(world.version)},
                        "items": list(world.objects[plural].values())}
                world.written[plural] = (key, json.dumps(body).encode())
            data = world.written[plural][1]
        world.lists += 1
        world.bytes += len(data)
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        return None


class Nodes(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        first, second = self.server.answers[self.connection.getsockname()[0]]
        data = second if b"getKeyspaceReplicationInfo" in asked else first
        self.server.asked += 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class Server(operator_test.Server):
    request_queue_size = 1024


PLURALS = {kind: plural for plural, kind in operator_test.KINDS.items()}


def rings(count, objects, answers):
    """Of each cluster its objects, and what each of its nodes answers, by address."""
    text = json.dumps(objects)
    pods = {o["metadata"]["name"]: o["status"]["podIP"] for o in objects if o["kind"] == "Pod"}
    uid = next(o["metadata"]["uid"] for o in objects if o["kind"] == "CassandraCluster")
    for i in range(count):
        name = f"ring{i:03}"
        changes = [(rf"\b{dumps.NAME}\b", name), (re.escape(uid), f"{uid[:-3]}{i:03}")]
        for n, address in enumerate(sorted(pods.values())):
            changes.append((rf"(?<![\d.]){re.escape(address)}(?!\d)", f"127.{10 + i // 250}.{i % 250}.{n + 1}"))

        def renamed(what, changes=changes):
            for pattern, into in changes:
                what = re.sub(pattern, into, what)
            return what

        made = json.loads(renamed(text))
        told = {}
        for o in made:
            if o["kind"] == "Pod":
                answer = json.loads(renamed(answers[o["metadata"]["name"].replace(name, dumps.NAME)]))
                second = [e for e in answer if e["request"].get("operation") == "getKeyspaceReplicationInfo"]
                first = [e for e in answer if e not in second]
                told[o["status"]["podIP"]] = (json.dumps(first).encode(), json.dumps(second).encode())
        yield made, told


class PlayedServer:
    """Objects in memory."""

    def __init__(self):
        self.world = operator_test.World()
        self.world.written, self.world.lists, self.world.bytes = {}, 0, 0
        self.server = Server(("127.0.0.1", 0), Api)
        self.server.world = self.world
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def fill(self, made):
        for i, objects in enumerate(made):
            for o in objects:
                if o["kind"] in PLURALS and (o["kind"] not in ("Node", "StorageClass") or i == 0):
                    self.world.objects[PLURALS[o["kind"]]][o["metadata"]["name"]] = o
                    o["metadata"]["resourceVersion"] = "1"

    def kubeconfig(self, folder):
        config = pathlib.Path(folder, "config")
        config.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "here", "users": [{"name": "u", "user": {"token": "t"}}],
            "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u", "namespace": NAMESPACE}}],
            "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{self.server.server_address[1]}"}}]}))
        return config

    def clusters(self):
        return list(self.world.objects["cassandraclusters"].values())

    def versions(self):
        return sum(w[1] != "leases" for w in self.world.writes)

    def written(self, before):
        return self.versions() - before

    def close(self):
        self.world.over = True
        self.server.shutdown()
        self.server.server_close()


PATHS = {"CassandraCluster": "apis/db.orange.com/v2", "StatefulSet": "apis/apps/v1", "PodDisruptionBudget": "apis/policy/v1"}
ORDER = ("CassandraCluster", "Service", "PodDisruptionBudget", "StatefulSet", "PersistentVolumeClaim", "Pod")


class RealServer:
    """etcd and kube-apiserver; nobody acts on what is put there, so Pods stay as they are told to be."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.address = "127.0.79.1"
        self.environment = {**os.environ, "CASSPLAN_E2E_STATE": self.folder.name, "CASSPLAN_E2E_IP": self.address, "CASSPLAN_E2E_PODS": "127.101"}
        subprocess.run([ROOT / "tests/e2e/up"], check=True, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.local = threading.local()
        pki = pathlib.Path(self.folder.name, "pki")
        self.tls = ssl.create_default_context(cafile=pki / "ca.crt")
        self.tls.load_cert_chain(pki / "admin.crt", pki / "admin.key")
        self.ask("POST", "/api/v1/namespaces", {"metadata": {"name": NAMESPACE}})
        while self.ask("GET", f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts/default", codes=(200, 404)).get("code") == 404:
            time.sleep(0.1)
        for name in ("kube-controller-manager", "kube-scheduler", "runner"):
            os.kill(int(pathlib.Path(self.folder.name, "pids", name).read_text().split()[0]), signal.SIGKILL)

    def ask(self, method, path, body=None, content="application/json", codes=(200, 201), again=10):
        if not hasattr(self.local, "connection"):
            self.local.connection = http.client.HTTPSConnection(self.address, 6443, context=self.tls, timeout=60)
        try:
            self.local.connection.request(method, path, None if body is None else json.dumps(body), {"Content-Type": content})
            answer = self.local.connection.getresponse()
            told = json.loads(answer.read())
        except (http.client.HTTPException, OSError):
            self.local.connection.close()
            if method != "GET" or again == 0:
                raise
            time.sleep(1)
            return self.ask(method, path, body, content, codes, again - 1)
        if answer.status not in codes:
            raise SystemExit(f"{method} {path}: {told.get('message')}")
        return told

    def path(self, kind):
        return f"/{PATHS.get(kind, 'api/v1')}/namespaces/{NAMESPACE}/{PLURALS[kind]}"

    def put(self, objects):
        """One cluster. uids are the server's; what names an owner names it by that."""
        uids = {}
        for o in sorted((o for o in objects if o["kind"] in ORDER), key=lambda o: ORDER.index(o["kind"])):
            old = o["metadata"]["uid"]
            for field in ("uid", "resourceVersion", "creationTimestamp", "generation"):
                o["metadata"].pop(field, None)
            for owner in o["metadata"].get("ownerReferences", []):
                owner["uid"] = uids[owner["uid"]]
            status = o.pop("status", None)
            uids[old] = self.ask("POST", self.path(o["kind"]), o)["metadata"]["uid"]
            if status:
                self.ask("PATCH", f"{self.path(o['kind'])}/{o['metadata']['name']}/status", {"status": status}, "application/merge-patch+json")

    def fill(self, made):
        made = list(made)
        for name in {o["spec"].get("serviceAccountName", "default") for o in made[0] if o["kind"] == "Pod"} - {"default"}:
            self.ask("POST", f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts", {"metadata": {"name": name}})
        for o in made[0]:
            if o["kind"] == "StorageClass":
                self.ask("POST", "/apis/storage.k8s.io/v1/storageclasses", o)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(self.put, made))

    def kubeconfig(self, folder):
        config = pathlib.Path(folder, "config")
        config.write_text(pathlib.Path(self.folder.name, "admin.kubeconfig").read_text().replace("namespace: default", f"namespace: {NAMESPACE}"))
        return config

    def clusters(self):
        time.sleep(1)
        return self.ask("GET", self.path("CassandraCluster"))["items"]

    def versions(self):
        return {(kind, o["metadata"]["name"]): o["metadata"]["resourceVersion"] for kind in (*ORDER, "ConfigMap") for o in self.ask("GET", self.path(kind))["items"]}

    def written(self, before):
        return len(set(self.versions().items()) ^ set(before.items()))

    def close(self):
        subprocess.run([ROOT / "tests/e2e/down", "--wipe"], check=False, env=self.environment, stderr=subprocess.DEVNULL)
        self.folder.cleanup()


def used(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def requests(port):
    text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10).read().decode()
    return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith("cassplan_api_requests{"))


def measure(build, api, count, seconds, objects, answers):
    nodes = Server(("0.0.0.0", 0), Nodes)
    nodes.answers, nodes.asked = {}, 0
    made = list(rings(count, objects, answers))
    for _, told in made:
        nodes.answers.update(told)
    api.fill(objects for objects, _ in made)
    threading.Thread(target=nodes.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        port = operator_test.free_port()
        begun = time.monotonic()
        process = subprocess.Popen([build / "examples/operator/cassplan-operator", "run", "--kubeconfig", api.kubeconfig(folder), "--listen",
                                    f"127.0.0.1:{port}", "--jolokia-port", str(nodes.server_address[1])],
                                   stderr=subprocess.DEVNULL)
        try:
            while True:
                outcomes = [c.get("status", {}).get("plan", {}).get("outcome") for c in api.clusters()]
                if outcomes.count("converged") == count:
                    break
                if time.monotonic() - begun > 600:
                    raise SystemExit(f"not all converged: {({o: outcomes.count(o) for o in set(outcomes)})}")
                time.sleep(0.1)
            first = time.monotonic() - begun
            start_cpu = used(process.pid)
            time.sleep(5)
            versions = api.versions()
            cpu, asked, api_asked = used(process.pid), nodes.asked, requests(port)
            time.sleep(seconds)
            cpu = used(process.pid) - cpu
            api_asked = requests(port) - api_asked
            print(f"| {count} | {first:.1f} | {start_cpu:.1f} | {resident(process.pid):.0f} | {100 * cpu / seconds:.1f} | "
                  f"{(nodes.asked - asked) / seconds:.1f} | {api_asked / seconds:.1f} | {api.written(versions)} |", flush=True)
        finally:
            process.terminate()
            process.wait(timeout=60)
            api.close()
            nodes.shutdown()
            nodes.server_close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--clusters", type=int, nargs="+", default=[1, 50, 500])
    parser.add_argument("--real", action="store_true", help="a real API server; needs what tests/e2e needs")
    parser.add_argument("--seconds", type=int, default=70, help="longer than the operator's --idle, so that each cluster is looked at")
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    objects, answers = nine_nodes(build / "examples/cli/cassplan")
    print("| clusters | all looked at (s) | processor for it (s) | memory (MiB) | then: processor (%) | node requests/s | API requests/s | objects written |")
    print("|---|---|---|---|---|---|---|---|")
    for count in arguments.clusters:
        measure(build, RealServer() if arguments.real else PlayedServer(), count, arguments.seconds, objects, answers)


if __name__ == "__main__":
    main()
