#!/usr/bin/env python3
"""The subcommands beside plan, and the formats that programs read, over the golden cases and the examples.

usage: commands_test.py BINARY [--update]

--update writes docs/schema/plan.schema.json, the outputs in docs/ci.md and tests/golden/*/explain.txt.
"""
import json
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

try:
    import jsonschema
except ImportError:  # python3-jsonschema of Debian; tests/run.sh installs it
    jsonschema = None

ROOT = pathlib.Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests" / "golden"
CLUSTERS = ROOT / "examples" / "clusters"
BINARY = ""
UPDATE = False
EXPLAINED = {  # golden case -> what is asked; the answers are stored and reviewed
    "b15-resources-while-decommissioning": "dc1/rack1/1",
    "s07-pod-gone-other-not-ready": "volume-last",
    "s08-new-image-and-scale-down": "dc1/rack1/0",
}

# Our own subset of SARIF 2.1.0: what GitHub requires of a file, and nothing that is not in the standard.
TEXT = {"type": "object", "required": ["text"], "additionalProperties": False,
        "properties": {"text": {"type": "string", "minLength": 1}}}
LEVEL = {"enum": ["none", "note", "warning", "error"]}


def closed(required, **properties):
    return {"type": "object", "required": required, "additionalProperties": False, "properties": properties}


SARIF = closed(
    ["version", "runs"], **{"$schema": {"type": "string", "format": "uri"}}, version={"const": "2.1.0"},
    runs={"type": "array", "minItems": 1, "items": closed(
        ["tool", "results"], columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]}, properties={"type": "object"},
        tool=closed(["driver"], driver=closed(["name", "rules"], name={"type": "string"}, rules={
            "type": "array", "items": closed(["id"], id={"type": "string", "pattern": "^[a-z0-9-]+$"},
                                             shortDescription=TEXT, help=TEXT,
                                             defaultConfiguration=closed(["level"], level=LEVEL))})),
        results={"type": "array", "maxItems": 5000, "items": closed(
            ["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"], ruleId={"type": "string"},
            ruleIndex={"type": "integer", "minimum": 0}, level=LEVEL, message=TEXT,
            partialFingerprints={"type": "object", "additionalProperties": {"type": "string"}},
            locations={"type": "array", "items": closed(
                [], logicalLocations={"type": "array", "items": closed(
                    ["fullyQualifiedName"], fullyQualifiedName={"type": "string"})},
                physicalLocation=closed(
                    ["artifactLocation"],
                    artifactLocation=closed(["uri"], uri={"type": "string", "pattern": "^[^ \\\\]+$"}),
                    region=closed(["startLine"], startLine={"type": "integer", "minimum": 1},
                                  startColumn={"type": "integer", "minimum": 1})))})})})


def run(*args, cwd=ROOT, stdin=None):
    return subprocess.run([BINARY, *map(str, args)], cwd=cwd, input=stdin, capture_output=True, text=True, timeout=120,
                          check=False)


def cases():
    for folder in sorted(GOLDEN.iterdir()):
        if (folder / "plan.json").exists():
            yield folder


def options_of(folder):
    """What golden_test.cc gives to the command, in the case's folder."""
    observed, desired = "observed", "desired.yaml"
    if (folder / "source").exists():
        observed = (folder / "source").read_text().strip()
        if not (folder / desired).exists():
            desired = observed + "/cluster.yaml"
    options = ["--desired", desired, "--observed", observed]
    for name, file in (("--policy", "policy.yaml"), ("--ledger", "ledger.json")):
        if (folder / file).exists():
            options += [name, file]
    return options


def plan_of(folder):
    return json.loads((folder / "plan.json").read_text(encoding="utf-8"))


class Explain(unittest.TestCase):
    maxDiff = None

    def test_every_held_action_has_a_reason_and_a_remedy(self):
        asked = 0
        for folder in cases():
            for held in plan_of(folder).get("held", [])[:3]:
                with self.subTest(folder.name, kind=held["kind"]):
                    asked += 1
                    result = run("explain", held["action_id"], *options_of(folder), "--format", "json", cwd=folder)
                    self.assertEqual(result.returncode, 0, result.stderr)
                    items = json.loads(result.stdout)["items"]
                    self.assertTrue(any(i["kind"] == "why" and i.get("text") for i in items), result.stdout)
                    obstacles = [i for i in items if i["kind"] == "why_not_now"]
                    self.assertTrue(obstacles)
                    for item in obstacles:
                        self.assertTrue(item.get("text") and item.get("rule") and item.get("remedy"), item)
        self.assertGreater(asked, 5)

    def test_stored_answers(self):
        for name, what in EXPLAINED.items():
            with self.subTest(name):
                answer = run("explain", what, *options_of(GOLDEN / name), cwd=GOLDEN / name).stdout
                stored = GOLDEN / name / "explain.txt"
                if UPDATE:
                    stored.write_text(answer, encoding="utf-8")
                self.assertEqual(stored.read_text(encoding="utf-8"), answer)

    def test_unknown_names(self):
        folder = GOLDEN / "s08-new-image-and-scale-down"
        result = run("explain", "quorm", *options_of(folder), cwd=folder)
        self.assertEqual((result.returncode, result.stdout), (3, ""))
        self.assertIn("near are quorum", result.stderr)


class Formats(unittest.TestCase):

    def test_sarif_of_every_case(self):
        self.assertIsNotNone(jsonschema, "apt-get install python3-jsonschema")
        validator = jsonschema.Draft202012Validator(SARIF)
        located = 0
        for folder in cases():
            with self.subTest(folder.name):
                result = run("plan", *options_of(folder), "--format", "sarif", cwd=folder)
                self.assertIn(result.returncode, (0, 4, 5), result.stderr)
                log = json.loads(result.stdout)
                validator.validate(log)
                rules = [r["id"] for r in log["runs"][0]["tool"]["driver"]["rules"]]
                self.assertEqual(rules, sorted(set(rules)))
                fingerprints = set()
                for one in log["runs"][0]["results"]:
                    self.assertEqual(rules[one["ruleIndex"]], one["ruleId"])
                    fingerprints.add(one["partialFingerprints"]["cassplan/v1"])
                    located += any("region" in at.get("physicalLocation", {}) for at in one["locations"])
                self.assertEqual(len(fingerprints), len(log["runs"][0]["results"]))
        self.assertGreater(located, 10)
        with self.assertRaises(jsonschema.ValidationError):
            validator.validate({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x", "rules": []}}}]})

    def test_junit_of_every_case(self):
        for folder in cases():
            with self.subTest(folder.name):
                suites = ElementTree.fromstring(run("plan", *options_of(folder), "--format", "junit", cwd=folder).stdout)
                suite = suites.find("testsuite")
                tests = suite.findall("testcase")
                self.assertEqual(int(suite.get("tests")), len(tests))
                self.assertEqual(int(suite.get("failures")), len(suite.findall("testcase/failure")))
                self.assertEqual(int(suite.get("skipped")), len(suite.findall("testcase/skipped")))
                plan = plan_of(folder)
                self.assertEqual(any("held." in t.get("classname") for t in tests), bool(plan.get("held")))
                self.assertTrue(all(t.get("name") for t in tests))

    def test_markdown_of_every_case(self):
        for folder in cases():
            with self.subTest(folder.name):
                text = run("plan", *options_of(folder), "--format", "markdown", cwd=folder).stdout
                self.assertLessEqual(len(text.encode()), 65000)
                self.assertTrue(text.startswith("<!-- cassplan "))
                self.assertEqual(text.count("<details>"), text.count("</details>"))
                for held in plan_of(folder).get("held", []):
                    for by in held["by"]:
                        if by["guard"] != "predecessor":
                            self.assertIn(f"`{by['guard']}`", text)

    def test_runbook_has_every_action(self):
        for folder in cases():
            with self.subTest(folder.name):
                text = run("plan", *options_of(folder), "--runbook", "-v", cwd=folder).stdout
                actions = plan_of(folder).get("plan", {}).get("actions", [])
                self.assertEqual(text.count("    run:  "), len(actions))
                for action in actions:
                    self.assertIn(action["manual"], text)
        self.assertEqual(run("plan", "--runbook", "--format", "json", *options_of(folder), cwd=folder).returncode, 3)

    def test_proto_is_not_empty(self):
        folder = GOLDEN / "s01-scale-up"
        done = subprocess.run([BINARY, "plan", *options_of(folder), "--format", "proto"], cwd=folder,
                              capture_output=True, check=True)
        self.assertGreater(len(done.stdout), 500)


class Gate(unittest.TestCase):

    def test_fail_on(self):
        folder = GOLDEN / "s08-new-image-and-scale-down"
        for what, code in (("irreversible", 6), ("unavailable", 6), ("disruption", 6), ("changes", 6), ("warning", 6),
                           ("held", 0)):
            result = run("plan", *options_of(folder), "--fail-on", what, cwd=folder)
            self.assertEqual(result.returncode, code, what)
            self.assertEqual(result.stderr.startswith(f"error: --fail-on {what}: "), code == 6)
            self.assertTrue(result.stdout.startswith("Changes planned"))
        folder = GOLDEN / "s10-datacenter-to-zero-with-data"
        self.assertEqual(run("plan", *options_of(folder), "--fail-on", "warning", cwd=folder).returncode, 5)
        self.assertEqual(run("plan", *options_of(folder), "--fail-on", "nothing", cwd=folder).returncode, 3)


class Verify(unittest.TestCase):

    def test_a_plan_is_proven_and_a_bad_one_is_not(self):
        folder = GOLDEN / "s08-new-image-and-scale-down"
        good = run("verify", *options_of(folder), "--plan", "plan.json", "--require-complete", cwd=folder)
        self.assertEqual(good.returncode, 0, good.stdout + good.stderr)
        self.assertIn("all that can be reached", good.stdout)
        few = run("verify", *options_of(folder), "--max-states", "3", "--require-complete", cwd=folder)
        self.assertEqual(few.returncode, 4, few.stdout)
        plan = plan_of(folder)
        for action in plan["plan"]["actions"]:
            action.pop("requires_ids", None)
            action.pop("sections", None)
        plan["plan"].pop("sections", None)
        with tempfile.TemporaryDirectory() as name:
            bad = pathlib.Path(name, "bad.json")
            bad.write_text(json.dumps(plan))
            result = run("verify", *options_of(folder), "--plan", bad, "--format", "json", cwd=folder)
            self.assertEqual(result.returncode, 5, result.stdout + result.stderr)
            self.assertTrue(json.loads(result.stdout)["violations"])
            bad.write_text('{"outcome": "converged"}')
            self.assertEqual(run("verify", *options_of(folder), "--plan", bad, cwd=folder).returncode, 0)
            plan["plan"]["actions"][0]["requires_ids"] = ["nobody"]
            bad.write_text(json.dumps(plan))
            self.assertEqual(run("verify", *options_of(folder), "--plan", bad, cwd=folder).returncode, 3)


class Diff(unittest.TestCase):

    def test_exit_codes_and_json(self):
        a, b = GOLDEN / "s01-scale-up/plan.json", GOLDEN / "s03-scale-down/plan.json"
        self.assertEqual(run("diff", a, a).returncode, 0)
        result = run("diff", a, b, "--format", "json")
        self.assertEqual(result.returncode, 2)
        found = json.loads(result.stdout)
        ids = [{x["id"] for x in json.loads(p.read_text())["plan"]["actions"]} for p in (a, b)]
        self.assertEqual({x["id"] for x in found["added"]}, ids[1] - ids[0])
        self.assertEqual({x["id"] for x in found["removed"]}, ids[0] - ids[1])
        self.assertEqual(run("diff", a, "/nowhere").returncode, 3)
        self.assertEqual(run("diff", a, "-", stdin=b.read_text()).returncode, 2)


class Lint(unittest.TestCase):

    def test_every_rule_is_documented(self):
        source = (ROOT / "lib/lint/lint.cc").read_text(encoding="utf-8")
        table = source[source.index("kRules[]"):source.index("}  // namespace")]
        slugs = re.findall(r'^\s+\{"([a-z-]+)",', table, flags=re.M)
        self.assertGreater(len(slugs), 15)
        told = re.findall(r"^## `([a-z-]+)`$", (ROOT / "docs/lint.md").read_text(encoding="utf-8"), flags=re.M)
        self.assertEqual(told, slugs)

    def test_formats_and_exit_codes(self):
        self.assertIsNotNone(jsonschema, "apt-get install python3-jsonschema")
        spec = CLUSTERS / "grow/desired.yaml"
        text = run("lint", spec)
        self.assertEqual(text.returncode, 2)
        self.assertRegex(text.stdout, r"desired.yaml:\d+:\d+: warning: .*\[volumes-deleted\]")
        jsonschema.validate(json.loads(run("lint", spec, "--format", "sarif").stdout), SARIF)
        ElementTree.fromstring(run("lint", spec, "--format", "junit").stdout)
        self.assertIn("| :warning: warning | `volumes-deleted` |", run("lint", spec, "--format", "markdown").stdout)
        self.assertEqual(json.loads(run("lint", spec, "--format", "json").stdout)["findings"][0]["rule"], "volumes-deleted")
        clean = run("lint", "-", stdin=spec.read_text().replace("deletePVC: true", "deletePVC: false"))
        self.assertEqual((clean.returncode, clean.stdout), (0, "Nothing to find fault with.\n"))
        self.assertEqual(run("lint", spec, CLUSTERS / "rolling-update/desired.yaml").returncode, 5)
        self.assertEqual(run("lint", "/nowhere").returncode, 3)
        self.assertEqual(run("lint", spec, spec, "--observed", "x").returncode, 3)

    def test_with_a_dump(self):
        result = run("lint", CLUSTERS / "grow/desired.yaml", "--observed", CLUSTERS / "grow/observed")
        self.assertIn("[ordered-ready]", result.stdout)


class LintOfADump(unittest.TestCase):
    """Each thing that lint looks for in a dump, put into a healthy one: found, with the line of the user's file."""

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def setUp(self):
        source = CLUSTERS / "rolling-update"
        shutil.rmtree(self.folder / "dump", ignore_errors=True)
        shutil.copytree(source / "observed", self.folder / "dump")
        self.spec = (source / "desired.yaml").read_text().replace("deletePVC: true", "deletePVC: false")
        self.objects = json.loads((self.folder / "dump/kubernetes.json").read_text())
        self.schema = json.loads((self.folder / "dump/schema.json").read_text())
        for item in self.objects["items"]:  # otherwise a note
            if item["kind"] == "StatefulSet":
                item["spec"]["podManagementPolicy"] = "Parallel"

    def lint(self, *options, spec=None):
        (self.folder / "cluster.yaml").write_text(spec or self.spec)
        (self.folder / "dump/kubernetes.json").write_text(json.dumps(self.objects))
        (self.folder / "dump/schema.json").write_text(json.dumps(self.schema))
        return run("lint", "cluster.yaml", "--observed", "dump", *options, cwd=self.folder)

    def keyspace(self, name, **replication):
        for row in self.schema:
            if row["keyspace_name"] == name:
                row["replication"] = {"class": "org.apache.cassandra.locator.NetworkTopologyStrategy", **replication}

    def item(self, kind, name):
        return next(i for i in self.objects["items"] if i["kind"] == kind and i["metadata"]["name"] == name)

    def finds(self, result, rule, level, at, *texts):
        """`at`: the text of the line that the finding names."""
        lines = [line for line in result.stdout.splitlines() if line.endswith(f"[{rule}]")]
        self.assertEqual(len(lines), 1, result.stdout + result.stderr)
        match = re.match(r"cluster.yaml:(\d+):\d+: (\w+): ", lines[0])
        self.assertTrue(match, lines[0])
        self.assertEqual((self.spec.splitlines()[int(match.group(1)) - 1].strip(), match.group(2)), (at, level), lines[0])
        for text in texts:
            self.assertIn(text, lines[0])
        self.assertEqual(result.returncode, {"error": 5, "warning": 2, "note": 0}[level])

    def test_a_healthy_one(self):
        result = self.lint()
        self.assertEqual((result.returncode, result.stdout), (0, "Nothing to find fault with.\n"))

    def test_more_replicas_than_nodes(self):
        self.keyspace("shop", dc1="12")
        self.finds_all(self.lint(), {"replication-nodes": ("error", "nodesPerRacks: 3"), "rack-count": ("warning", "- name: dc1")})

    def finds_all(self, result, wanted):
        for rule, (level, at) in wanted.items():
            line = next((line for line in result.stdout.splitlines() if line.endswith(f"[{rule}]")), "")
            match = re.match(r"cluster.yaml:(\d+):\d+: (\w+): ", line)
            self.assertTrue(match, result.stdout)
            self.assertEqual((self.spec.splitlines()[int(match.group(1)) - 1].strip(), match.group(2)), (at, level), line)

    def test_simple_strategy(self):
        self.keyspace("shop", **{"class": "org.apache.cassandra.locator.SimpleStrategy", "replication_factor": "3"})
        self.finds(self.lint(), "simple-strategy", "warning", "dc:", "keyspace shop")

    def test_auth_with_one_replica(self):
        self.keyspace("system_auth", dc1="1")
        self.finds(self.lint(), "auth-replication", "warning", "dc:", "log in")

    def test_keyspace_that_tolerates_nothing(self):
        self.keyspace("shop", dc1="2")
        self.finds(self.lint(), "intolerant-replication", "warning", "- name: dc1", "keyspace shop has 2 replicas")

    def test_datacenter_that_is_none(self):
        self.keyspace("shop", dc1="3", dc2="3")
        self.finds(self.lint(), "unknown-datacenter", "error", "dc:", "dc2")

    def test_leaked_auto_bootstrap(self):
        wanted = "auto_bootstrap: false"
        self.spec = self.spec.replace("      num_tokens: 4\n", f"      num_tokens: 4\n      {wanted}\n")
        result = self.lint()
        self.assertEqual(result.returncode, 5, result.stdout)
        self.assertIn("[auto-bootstrap]", result.stdout)
        self.assertRegex(result.stdout, r"cluster.yaml:\d+:\d+: error: ")

    def test_workload_that_starts_in_order(self):
        self.item("StatefulSet", "demo-dc1-rack2")["spec"]["podManagementPolicy"] = "OrderedReady"
        self.finds(self.lint(), "ordered-ready", "note", "- name: dc1", "rack dc1/rack2 starts")

    def test_kept_volume(self):
        kept = json.loads(json.dumps(self.item("PersistentVolumeClaim", "data-demo-dc1-rack2-2")))
        kept["metadata"].update(name="data-demo-dc1-rack2-3", uid="kept")
        self.objects["items"].append(kept)
        self.finds(self.lint(), "kept-volume", "warning", "- name: dc1", "data-demo-dc1-rack2-3")

    def test_upgrade_that_skips_a_release(self):
        self.spec = self.spec.replace("cassandra:4.1.10", "cassandra:3.11.19")
        self.finds(self.lint(), "version-path", "error", "cassandraImage: cassandra:3.11.19", "4.1")

    def test_cleanup_owed(self):
        (self.folder / "ledger.json").write_text(json.dumps({"cleanup_owed": [
            {"target": {"datacenter": "dc1", "rack": "rack1", "ordinal": 0}}]}))
        self.finds(self.lint("--ledger", "ledger.json"), "cleanup-owed", "warning", "dc:", "dc1/rack1/0")

    def test_repair_age(self):
        saved = self.folder / "request.json"
        self.lint()
        run("plan", "--desired", "cluster.yaml", "--observed", "dump", "--save-request", saved, cwd=self.folder)
        request = json.loads(saved.read_text())
        now = request["now_seconds"]
        request["observed"]["reports"].append({
            "source": "reaper", "observed_at_seconds": now, "status": "ok", "repairs": {"tables": [
                {"keyspace": "shop", "table": "carts", "repaired_at_seconds": now - 11 * 86400}]}})
        (self.folder / "observed.json").write_text(json.dumps(request["observed"]))
        result = run("lint", "cluster.yaml", "--observed", "observed.json", cwd=self.folder)
        self.finds(result, "repair-age", "error", "dc:", "shop.carts was repaired 11 d")

    def test_seed_that_joins(self):
        """Only what is proven: a seed that does not answer may well be a member."""
        answers = self.folder / "dump/jolokia/demo-dc1-rack1-0.json"
        text = answers.read_text()
        self.assertIn('"NORMAL"', text)
        answers.write_text(text.replace('"NORMAL"', '"JOINING"'))
        self.finds(self.lint(), "seed-joins", "warning", "- name: dc1", "dc1/rack1/0 is a seed and no member yet")
        answers.unlink()
        self.assertNotIn("seed-joins", self.lint().stdout)


class Schema(unittest.TestCase):

    def test_the_stored_schema_is_the_commands(self):
        stored = ROOT / "docs/schema/plan.schema.json"
        now = run("schema", "plan").stdout
        if UPDATE:
            stored.write_text(now, encoding="utf-8")
        self.assertEqual(stored.read_text(encoding="utf-8"), now, "run tests/commands_test.py BINARY --update")

    def test_every_golden_plan_is_legal(self):
        self.assertIsNotNone(jsonschema, "apt-get install python3-jsonschema")
        schema = json.loads(run("schema", "plan").stdout)
        for definition in schema["$defs"].values():
            definition["additionalProperties"] = False  # stricter than what readers are given
        validator = jsonschema.Draft202012Validator(schema)
        for folder in cases():
            with self.subTest(folder.name):
                validator.validate(plan_of(folder))
        for bad in ({"outcome": "fine"}, {"plan": {"actions": [{"attempt": "1"}]}}, {"colour": 1}):
            self.assertFalse(validator.is_valid(bad), bad)

    def test_every_schema_is_one(self):
        self.assertIsNotNone(jsonschema, "apt-get install python3-jsonschema")
        for name in ("plan", "request", "policy", "desired", "observed", "ledger", "capabilities", "explanation"):
            jsonschema.Draft202012Validator.check_schema(json.loads(run("schema", name).stdout))
        self.assertEqual(run("schema", "weather").returncode, 3)


class Docs(unittest.TestCase):
    maxDiff = None

    def test_every_fact_is_documented(self):
        text = (ROOT / "docs/plan-format.md").read_text(encoding="utf-8")
        told = set(re.findall(r"^\| `([a-z_]+)` \|", text, flags=re.M))
        for folder in cases():
            for action in plan_of(folder).get("plan", {}).get("actions", []):
                for part in ("preconditions", "done_when", "abort_when", "effects"):
                    for condition in action.get(part, []):
                        self.assertIn(condition["fact"], told, f"{folder.name}: add it to docs/plan-format.md")
        # Those of kinds that no golden case has.
        named = set()
        for source in (ROOT / "lib/planner").glob("explain_*.cc"):
            named |= set(re.findall(r'\b(?:Pre|Done|Abort|Effect|Rack)\("([a-z_]+)"', source.read_text(encoding="utf-8")))
        self.assertGreater(len(named), 20)
        self.assertEqual(named - told, set(), "add them to docs/plan-format.md")

    def test_every_finding_rule_is_documented(self):
        source = (ROOT / "lib/report/rules.cc").read_text(encoding="utf-8")
        slugs = re.findall(r'^\s+\{"([a-z-]+)", kFinding,', source, flags=re.M)
        self.assertGreater(len(slugs), 15)
        told = re.findall(r"^\| `([a-z-]+)` \|", (ROOT / "docs/findings.md").read_text(encoding="utf-8"), flags=re.M)
        self.assertEqual(told, slugs)
        for folder in cases():
            for finding in plan_of(folder).get("findings", []):
                self.assertIn(f'{{"{finding["rule"]}", ', source, f"{folder.name}: add it to lib/report/rules.cc")

    def test_ci_examples_are_what_happens(self):
        path = ROOT / "docs/ci.md"
        text = path.read_text(encoding="utf-8")
        self.assertIn("```console\n$ cassplan", text)

        def again(block):
            done = run(*shlex.split(block.group(2))[1:])
            # The output may hold fences itself.
            fence = "````" if "```" in done.stdout else "```"
            code = f"[exit {done.returncode}]\n" if done.returncode else ""
            return f"{fence}console\n$ {block.group(2)}\n{done.stdout}{done.stderr}{code}{fence}"

        real = re.sub(r"^(````?)console\n\$ (cassplan [^\n]*)\n.*?^\1$", again, text, flags=re.S | re.M)
        if UPDATE:
            path.write_text(real, encoding="utf-8")
            text = real
        self.assertEqual(text, real)

    def test_ci_recipes_name_options_that_exist(self):
        text = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
        for command in ("plan", "lint", "verify", "diff"):
            options = run(command, "--help").stdout
            for line in re.findall(rf"^.*cassplan {command} .*$", text, flags=re.M):
                for option in re.findall(r" (--[a-z-]+)", line.split(f"cassplan {command}", 1)[1]):
                    self.assertIn(option, options, line)


class Completion(unittest.TestCase):

    def test_fish_and_zsh(self):
        fish = run("completion", "fish").stdout
        for command in ("plan", "explain", "verify", "lint", "diff", "schema", "render"):
            self.assertIn(f"-f -a {command} ", fish)
        self.assertEqual(len(re.findall(r"(?<!\\)'", fish)) % 2, 0)
        self.assertTrue(run("completion", "zsh").stdout.startswith("#compdef cassplan\n"))


if __name__ == "__main__":
    BINARY = str(pathlib.Path(sys.argv.pop(1)).resolve())
    if "--update" in sys.argv:
        sys.argv.remove("--update")
        UPDATE = True
    unittest.main()
