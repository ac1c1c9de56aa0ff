#!/usr/bin/env python3
"""The cassplan command as a person or a CI job runs it: options, exit codes, what goes to which stream.

usage: cli_test.py BINARY
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

BINARY = ""
DATA = pathlib.Path(__file__).resolve().parent / "data" / "kubernetes"
CREATED = DATA / "01-created"
SCALED = DATA / "02-scaled-up"


def run(*args, stdin=None, env=None, binary=None):
    environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR",)}
    environment.update(env or {})
    return subprocess.run([binary or BINARY, *map(str, args)], input=stdin, capture_output=True, text=True,
                          env=environment, timeout=120, check=False)


def big_cluster(racks, nodes):
    """Desired and observed of a healthy cluster that runs another template."""
    now = 1795388400

    def report(source, subject, **facts):
        return {"source": source, "observed_at_seconds": now, "status": "ok", "subject": subject, **facts}

    names = [f"rack{k}" for k in range(1, racks + 1)]
    desired = {"cluster": "big", "owner_id": "u", "datacenters": [{"name": "dc1", "racks": [
        {"name": rack, "nodes": nodes, "template": {"revision": "new", "release": "4.1.10"}} for rack in names]}]}
    complete = {f"{what}_complete": True for what in ("objects", "racks", "slots", "volumes")}
    reports = [report("kubernetes", {}, inventory=complete)]
    peers = []
    for k, rack in enumerate(names):
        place = {"datacenter": "dc1", "rack": rack}
        reports.append(report("kubernetes", {**place, "uid": rack}, rack={
            "present": True, "nodes": nodes, "template": {"revision": "old", "release": "4.1.10"}, "owner_id": "u", "parallel": True}))
        for i in range(nodes):
            host, address = f"{k:08x}-0000-4000-8000-{i:012x}", f"10.{k}.{i // 250}.{i % 250 + 1}"
            number = k * nodes + i
            tokens = [(number * 7919 + t * 104729) * 2654435761 * 40503 % 2**64 - 2**63 for t in range(4)]
            shared = {"host_id": host, "address": address, "release": "4.1.10", "schema_version": "s",
                      "tokens": sorted(tokens), **place}
            reports.append(report("kubernetes", {**place, "ordinal": i, "uid": f"pod-{number}"}, slot={
                "present": True, "ready": True, "address": address, "template_revision": "old", "owner_id": rack}))
            reports.append(report("jolokia", {**place, "ordinal": i, "host_id": host}, node={
                **shared, "mode": "normal", "native_transport": True, "cluster": "big", "gossip": True,
                "partitioner": "Murmur3Partitioner", "snitch": "GossipingPropertyFileSnitch"}))
            peers.append({**shared, "state": "up"})
    reports.append(report("jolokia", {}, view={
        "viewers": [p["host_id"] for p in peers], "peers": peers, "complete": True}))
    reports.append(report("schema", {}, schema={"complete": True, "keyspaces": [
        {"name": "app", "strategy": "NetworkTopologyStrategy",
         "datacenters": [{"datacenter": "dc1", "replication_factor": 3}]}]}))
    return desired, {"reports": reports}


class CommandLine(unittest.TestCase):

    def fails(self, result, *texts):
        """Invalid input: exit 3, nothing on standard output, each line of standard error an error."""
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertEqual(result.stdout, "")
        for line in result.stderr.splitlines():
            self.assertTrue(line.startswith("error: "), line)
        for text in texts:
            self.assertIn(text, result.stderr)

    def test_help_of_every_command_has_examples_and_exit_codes(self):
        for command in ("plan", "explain", "verify", "lint", "diff", "schema", "render", "version", "completion"):
            result = run(command, "--help")
            self.assertEqual(result.returncode, 0)
            self.assertIn("Example", result.stdout)
            self.assertIn("cassplan " + command, result.stdout)
            self.assertEqual(result.stderr, "")
        for args in (["--help"], ["plan", "--help"]):
            self.assertIn("5  refused", run(*args).stdout)

    def test_misuse(self):
        self.fails(run(), "subcommand is required")
        self.fails(run("frob"), '"frob" is no command', "plan, explain", "cassplan --help")
        self.assertEqual(run("--version").stdout, run("version").stdout)
        self.fails(run("plan", "--frob"), "--frob", "cassplan plan --help")
        self.fails(run("plan", "--format", "xml"), "--format")
        self.fails(run("completion", "tcsh"))
        self.fails(run("plan"), "--desired: is missing", "--observed: is missing", "--new-cluster")
        self.fails(run("plan", "--request", "x", "--desired", "y"), "--request: holds everything")
        self.fails(run("plan", "--desired", "-", "--observed", "-"), "only once")
        self.fails(run("plan", "--desired", "x", "--observed", "y", "--new-cluster"), "--new-cluster")

    def test_files_that_cannot_be_read(self):
        self.fails(run("plan", "--desired", "/nowhere", "--observed", "/nowhere/else"),
                   "error: /nowhere: No such file", "error: /nowhere/else: No such file")
        self.fails(run("plan", "--desired", "/", "--new-cluster"), "error: /: is a folder")
        self.fails(run("render", "--desired", "/nowhere"), "error: /nowhere: No such file")
        for file in ("kubernetes.json", next(SCALED.glob("jolokia/*.json")).relative_to(SCALED)):
            self.fails(run("plan", "--desired", SCALED / "cluster.yaml", "--observed", SCALED / file), "is one file of a dump")
        with tempfile.TemporaryDirectory() as folder:
            self.fails(run("plan", "--desired", SCALED / "cluster.yaml", "--observed", folder), "kubernetes.json",
                       "kubectl get")

    def test_an_empty_file_is_believed_by_no_command(self):
        """It is what a failed download leaves; nothing may take it for a cluster, a plan or a policy that is fine."""
        cluster = ["--desired", SCALED / "cluster.yaml", "--observed", SCALED]
        for text, told in (("", "is empty"), (" \n", "is empty"), ("{}", "")):
            self.fails(run("plan", "--desired", "-", "--new-cluster", stdin=text), told)
            self.fails(run("lint", "-", stdin=text), told or "names no cluster")
            self.fails(run("verify", *cluster, "--plan", "-", stdin=text), told or "is no plan")
            self.fails(run("diff", "-", "/nowhere", stdin=text), told or "is no plan")
        self.fails(run("plan", *cluster, "--policy", "-", stdin=""), "is empty")

    def test_a_target_that_is_nowhere_is_an_error(self):
        args = ["plan", "--desired", SCALED / "cluster.yaml", "--observed", CREATED]
        self.fails(run(*args, "--target", "dc11"), 'called "dc11"', "near are dc1")
        whole = run(*args, "--target", "dc1").stdout
        self.assertIn("only what concerns dc1\n", whole)
        slot = next(iter(self.names_of_slots()))
        self.assertIn("only what concerns dc1/", " ".join(run(*args, "--target", slot).stdout.split()))

    @staticmethod
    def names_of_slots():
        return [path.stem for path in SCALED.glob("jolokia/*.json")]

    def test_every_problem_has_its_place(self):
        text = (SCALED / "cluster.yaml").read_text()
        bad = text.replace("\nspec:\n", "\nspec:\n  nodePerRacks: 3\n  unlockNextOperation: many\n")
        self.assertNotEqual(bad, text)
        result = run("plan", "--desired", "-", "--new-cluster", stdin=bad)
        self.fails(result, "nodePerRacks", "unlockNextOperation")
        line = bad.splitlines().index("  nodePerRacks: 3") + 1
        self.assertIn(f"error: <stdin>:{line}:3: ", result.stderr)

    def test_other_kinds_of_objects_are_named(self):
        self.fails(run("plan", "--desired", "-", "--new-cluster", stdin="apiVersion: apps/v1\nkind: Deployment\n"),
                   'error: <stdin>:1:', '"apps/v1" is not known')

    def test_bad_times(self):
        for time in ("yesterday", "0", "-5", "2026-13-01T00:00:00Z", "99999999999999"):
            self.fails(run("plan", "--desired", SCALED / "cluster.yaml", "--new-cluster", f"--now={time}"), "--now")

    def test_policy_inside_the_cluster(self):
        text = (SCALED / "cluster.yaml").read_text()
        bad = text.replace("\nspec:\n", "\nspec:\n  policy:\n    rack_widht: 3\n    levels: [LOCAL]\n")
        result = run("plan", "--desired", "-", "--new-cluster", stdin=bad)
        line = bad.splitlines().index("    rack_widht: 3") + 1
        self.fails(result, f"error: <stdin>:{line}:5: spec.policy.rack_widht", f"error: <stdin>:{line + 1}:")
        good = text.replace("\nspec:\n", "\nspec:\n  policy:\n    rack_width: 3\n")
        with tempfile.TemporaryDirectory() as folder:
            policy = pathlib.Path(folder, "policy.yaml")
            policy.write_text("rack_width: 2\n")
            saved = pathlib.Path(folder, "request.json")
            result = run("plan", "--desired", "-", "--new-cluster", "--policy", policy, "--save-request", saved,
                         stdin=good)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn("spec.policy: is not used", result.stdout.replace("\n    ", " "))
            self.assertEqual(json.loads(saved.read_text())["policy"], {"rack_width": 2})

    def test_new_cluster(self):
        result = run("plan", "--desired", SCALED / "cluster.yaml", "--new-cluster", "--now", "2026-11-22T23:00:00Z")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("as of 2026-11-22T23:00:00Z, does not exist yet", result.stdout)
        self.assertIn("create 3 racks in dc1", result.stdout)

    def test_detailed_exit_code(self):
        args = ["plan", "--desired", SCALED / "cluster.yaml"]
        self.assertEqual(run(*args, "--new-cluster", "--detailed-exitcode").returncode, 2)
        self.assertEqual(run(*args, "--new-cluster").returncode, 0)
        converged = run(*args, "--observed", SCALED, "--detailed-exitcode")
        self.assertEqual(converged.returncode, 0, converged.stdout)
        self.assertTrue(converged.stdout.startswith("Nothing to do"))

    def test_time_of_the_observation_is_the_default(self):
        request = self.save_request("--observed", SCALED)
        newest = max(r["observed_at_seconds"] for r in request["observed"]["reports"])
        self.assertEqual(request["now_seconds"], newest)

    def save_request(self, *args):
        with tempfile.TemporaryDirectory() as folder:
            saved = pathlib.Path(folder, "request.json")
            result = run("plan", "--desired", SCALED / "cluster.yaml", "--save-request", saved, *args)
            self.assertIn(result.returncode, (0, 4, 5), result.stderr)
            return json.loads(saved.read_text())

    def test_the_live_object_gives_its_identity(self):
        """A file that was never applied belongs to the live object of its name: otherwise nothing could be touched."""
        self.assertNotEqual(self.save_request("--observed", SCALED)["desired"].get("owner_id", ""), "")

    def test_a_saved_request_gives_the_same_plan(self):
        with tempfile.TemporaryDirectory() as folder:
            saved = pathlib.Path(folder, "request.json")
            first = run("plan", "--desired", SCALED / "cluster.yaml", "--observed", CREATED, "--format", "json",
                        "--save-request", saved)
            second = run("plan", "--request", saved, "--format", "json")
            self.assertEqual(first.returncode, second.returncode)
            a, b = json.loads(first.stdout), json.loads(second.stdout)
            self.assertEqual(a["plan"], b["plan"])
            self.assertEqual(a["plan_fingerprint"], b["plan_fingerprint"])

    def test_json_is_the_same_in_every_run(self):
        args = ["plan", "--desired", SCALED / "cluster.yaml", "--observed", CREATED, "--format", "json"]
        first = run(*args)
        self.assertEqual(first.stdout, run(*args).stdout)
        self.assertEqual(first.stdout, json.dumps(json.loads(first.stdout), indent=2, sort_keys=True,
                                                  ensure_ascii=False) + "\n")

    def test_ready_is_the_frontier_of_complete(self):
        args = ["plan", "--desired", SCALED / "cluster.yaml", "--observed", CREATED, "--format", "json"]
        complete = json.loads(run(*args).stdout)
        ready = json.loads(run(*args, "--horizon", "ready").stdout)
        frontier = [a["id"] for a in complete["plan"]["actions"] if a.get("ready")]
        self.assertTrue(frontier)
        self.assertEqual([a["id"] for a in ready["plan"]["actions"]], frontier)

    def test_unknown_fields_of_an_observation_are_findings(self):
        request = self.save_request("--observed", SCALED)
        request["observed"]["reports"][0]["colour"] = "green"
        with tempfile.TemporaryDirectory() as folder:
            observed = pathlib.Path(folder, "observed.json")
            observed.write_text(json.dumps(request["observed"]))
            result = run("plan", "--desired", SCALED / "cluster.yaml", "--observed", observed)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn("[unknown-field]", result.stdout)
            observed.write_text('{"reports": [{"source": 5}]}')
            self.fails(run("plan", "--desired", SCALED / "cluster.yaml", "--observed", observed), "source")

    def test_native_desired(self):
        desired = "cluster: demo\ndatacenters:\n- name: dc1\n  racks:\n  - {name: r1, nodes: 1, template: {revision: a}}\n"
        result = run("plan", "--desired", "-", "--new-cluster", stdin=desired)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("start dc1/r1/0", result.stdout)
        self.fails(run("plan", "--desired", "-", "--new-cluster", stdin=desired.replace("nodes: 1", "nodes: -1")),
                   "nodes")

    def plan_big_cluster(self, *args, policy="rack_width: 1000\n"):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            desired, observed = big_cluster(3, 333)
            (folder / "desired.json").write_text(json.dumps(desired))
            (folder / "observed.json").write_text(json.dumps(observed))
            (folder / "policy.yaml").write_text(policy)
            result = run("plan", "--desired", folder / "desired.json", "--observed", folder / "observed.json",
                         "--policy", folder / "policy.yaml", *args)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def test_a_thousand_nodes_in_forty_lines(self):
        text = self.plan_big_cluster()
        self.assertLessEqual(len(text.splitlines()), 40)
        self.assertLessEqual(max(map(len, text.splitlines())), 100)
        for rack in ("rack1", "rack2", "rack3"):
            self.assertRegex(text, rf"restart 333 nodes in dc1/{rack} +together")
        self.assertIn("app  dc1  2 of 3 replicas up  no level fails", text)
        narrow = self.plan_big_cluster(policy="rack_width: 1\n")
        self.assertLessEqual(len(narrow.splitlines()), 40)
        self.assertRegex(narrow, "restart 333 nodes in dc1/rack3 +one at a time")
        self.assertIn("restart dc1/rack2/7", self.plan_big_cluster("--target", "dc1/rack2/7"))

    def test_text_is_ascii_and_at_most_100_columns(self):
        for verbosity in ((), ("-v",), ("-vv",)):
            text = run("plan", "--desired", SCALED / "cluster.yaml", "--observed", CREATED, *verbosity).stdout
            self.assertTrue(text.isascii())
            if not verbosity:
                self.assertLessEqual(max(map(len, text.splitlines())), 100)

    def test_colours(self):
        args = ["plan", "--desired", SCALED / "cluster.yaml", "--observed", CREATED]
        self.assertNotIn("\x1b", run(*args).stdout)
        self.assertIn("\x1b[", run(*args, "--color", "always").stdout)
        self.assertEqual(self.on_a_terminal(args, {}).count("\x1b[") > 0, True)
        self.assertNotIn("\x1b[", self.on_a_terminal(args, {"NO_COLOR": "1"}))
        self.assertNotIn("\x1b[", self.on_a_terminal([*args, "--color", "never"], {}))

    @staticmethod
    def on_a_terminal(args, env):
        import pty
        master, slave = pty.openpty()
        environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
        environment.update({"TERM": "xterm"}, **env)
        process = subprocess.Popen([BINARY, *map(str, args)], stdout=slave, env=environment)
        os.close(slave)
        text = b""
        while True:
            try:
                part = os.read(master, 65536)
            except OSError:
                break
            if not part:
                break
            text += part
        process.wait(timeout=60)
        os.close(master)
        return text.decode()

    def test_output_file(self):
        args = ["plan", "--desired", SCALED / "cluster.yaml", "--observed", CREATED]
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "plan.txt")
            result = run(*args, "--output", path)
            self.assertEqual(result.stdout, "")
            self.assertEqual(path.read_text(), run(*args).stdout)
            self.assertEqual(os.listdir(folder), ["plan.txt"])
            result = run(*args, "--output", pathlib.Path(folder, "no", "plan.txt"))
            self.assertEqual(result.returncode, 1)
            self.assertIn("No such file", result.stderr)

    def test_a_full_disk_is_an_error(self):
        with open("/dev/full", "w") as full:
            result = subprocess.run([BINARY, "version"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("No space left", result.stderr)

    def test_render(self):
        result = run("render", "--desired", SCALED / "cluster.yaml")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout.count("kind: StatefulSet"), 3)
        self.fails(run("render", "--desired", "-", stdin="cluster: demo\n"))

    def test_completion_runs_in_bash(self):
        script = run("completion", "bash").stdout
        probe = ("\nCOMP_WORDS=(cassplan plan --format '')\nCOMP_CWORD=3\n_cassplan\necho \"${COMPREPLY[*]}\"\n"
                 "COMP_WORDS=(cassplan pl)\nCOMP_CWORD=1\n_cassplan\necho \"${COMPREPLY[*]}\"\n")
        done = subprocess.run(["bash", "-c", script + probe], capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout, "text json markdown sarif junit proto\nplan\n")


if __name__ == "__main__":
    BINARY = sys.argv.pop(1)
    unittest.main()
