#!/usr/bin/env python3
"""What cassplan-operator costs with many clusters of nine nodes that all are as desired.

usage: operator_bench.py BUILD [--clusters N ...] [--seconds S]     BUILD: a build folder, such as build/release

The API server and the nodes are played in this process, with objects and answers as real ones have them (tests/golden/dumps.py), so that only the
operator's own memory and time are measured. First all clusters are looked at at once (a start), then for S seconds nothing changes.
"""
import argparse
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time

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


def fill(world, nodes, count, objects, answers):
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
        for o in made:
            if o["kind"] in PLURALS and (o["kind"] not in ("Node", "StorageClass") or i == 0):
                world.objects[PLURALS[o["kind"]]][o["metadata"]["name"]] = o
                o["metadata"]["resourceVersion"] = "1"
        for o in made:
            if o["kind"] == "Pod":
                told = json.loads(renamed(answers[o["metadata"]["name"].replace(name, dumps.NAME)]))
                second = [e for e in told if e["request"].get("operation") == "getKeyspaceReplicationInfo"]
                first = [e for e in told if e not in second]
                nodes.answers[o["status"]["podIP"]] = (json.dumps(first).encode(), json.dumps(second).encode())


def used(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def measure(build, count, seconds, objects, answers):
    world = operator_test.World()
    world.written, world.lists, world.bytes = {}, 0, 0
    api = Server(("127.0.0.1", 0), Api)
    api.world = world
    nodes = Server(("0.0.0.0", 0), Nodes)
    nodes.answers, nodes.asked = {}, 0
    fill(world, nodes, count, objects, answers)
    for server in (api, nodes):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder, "config")
        config.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "here", "users": [{"name": "u", "user": {"token": "t"}}],
            "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u", "namespace": NAMESPACE}}],
            "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{api.server_address[1]}"}}]}))
        begun = time.monotonic()
        process = subprocess.Popen([build / "examples/operator/cassplan-operator", "run", "--kubeconfig", config, "--listen",
                                    f"127.0.0.1:{operator_test.free_port()}", "--jolokia-port", str(nodes.server_address[1])],
                                   stderr=subprocess.DEVNULL)
        try:
            clusters = world.objects["cassandraclusters"].values()
            while sum(c.get("status", {}).get("plan", {}).get("outcome") == "converged" for c in clusters) < count:
                if time.monotonic() - begun > 600:
                    outcomes = [c.get("status", {}).get("plan", {}).get("outcome") for c in clusters]
                    raise SystemExit(f"not all converged: {({o: outcomes.count(o) for o in set(outcomes)})}")
                time.sleep(0.1)
            first = time.monotonic() - begun
            start_cpu = used(process.pid)
            time.sleep(5)
            cpu, asked, lists, size, writes = used(process.pid), nodes.asked, world.lists, world.bytes, len(world.writes)
            time.sleep(seconds)
            cpu = used(process.pid) - cpu
            others = [w for w in world.writes[writes:] if w[1] != "leases"]
            print(f"| {count} | {first:.1f} | {start_cpu:.1f} | {resident(process.pid):.0f} | {100 * cpu / seconds:.1f} | "
                  f"{(nodes.asked - asked) / seconds:.1f} | {(world.lists - lists) / seconds:.1f} | {(world.bytes - size) / seconds / 1e6:.1f} | {len(others)} |", flush=True)
        finally:
            process.terminate()
            process.wait(timeout=60)
            world.over = True
            for server in (api, nodes):
                server.shutdown()
                server.server_close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--clusters", type=int, nargs="+", default=[1, 50, 500])
    parser.add_argument("--seconds", type=int, default=70, help="longer than the operator's --idle, so that each cluster is looked at")
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    objects, answers = nine_nodes(build / "examples/cli/cassplan")
    print("| clusters | all looked at (s) | processor for it (s) | memory (MiB) | then: processor (%) | node requests/s | lists/s | MB/s | writes |")
    print("|---|---|---|---|---|---|---|---|---|")
    for count in arguments.clusters:
        measure(build, count, arguments.seconds, objects, answers)


if __name__ == "__main__":
    main()
