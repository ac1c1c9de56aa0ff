#!/usr/bin/env python3
"""What deploy/ gives to Kubernetes: kustomize and the Helm chart make the same objects, and they hold what is promised.

usage: deploy_test.py [CASSPLAN_OPERATOR]     the operator's own --help is compared with the arguments that are given to it

Needs kubectl (its kustomize, no server). `helm` is found on the PATH or in $HELM; without it what the chart's templates make is not
tested, and a line says so.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
CHART = ROOT / "deploy/helm/cassplan-operator"
KUBECTL = shutil.which("kubectl")
HELM = os.environ.get("HELM") or shutil.which("helm")
OPERATOR = ""


def run(*command, stdin=None, code=0):
    done = subprocess.run([str(c) for c in command], input=stdin, capture_output=True, text=True, check=False, timeout=60,
                          env={**os.environ, "KUBECONFIG": os.devnull})
    if (done.returncode == 0) != (code == 0):
        raise AssertionError(f"{command}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout if code == 0 else done.stderr


def objects(text):
    """Of YAML: by kind and name. kubectl reads it, without a server."""
    if not text.strip():
        return {}
    listed = run(KUBECTL, "patch", "--local", "-f", "-", "--type", "merge", "-p", "{}", "-o", "json", stdin=text)
    decoder, at, found = json.JSONDecoder(), 0, {}
    while at < len(listed.rstrip()):
        one, at = decoder.raw_decode(listed, at)
        at += len(listed[at:]) - len(listed[at:].lstrip())
        key = f"{one['kind']}/{one['metadata']['name']}"
        assert key not in found, f"{key} comes twice"
        found[key] = one
    return found


def kustomize(folder):
    return objects(run(KUBECTL, "kustomize", ROOT / "deploy" / folder))


def helm(*arguments, code=0):
    text = run(HELM, "template", "release", CHART, "--namespace", "shop", "--kube-version", "1.30", *arguments, code=code)
    return objects(text) if code == 0 else text


@unittest.skipUnless(KUBECTL, "no kubectl")
class Deploy(unittest.TestCase):
    maxDiff = None

    def container(self, found):
        return found["Deployment/cassplan-operator"]["spec"]["template"]["spec"]["containers"][0]

    def test_the_pod_may_do_little(self):
        for folder in ("operator", "overlays/machines", "overlays/small"):
            with self.subTest(folder=folder):
                found = kustomize(folder)
                deployment = found["Deployment/cassplan-operator"]["spec"]
                pod = deployment["template"]["spec"]
                self.assertTrue(pod["securityContext"]["runAsNonRoot"])
                self.assertEqual(pod["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})
                container = self.container(found)
                self.assertEqual(container["securityContext"], {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                                                                "capabilities": {"drop": ["ALL"]}})
                environment = {e["name"]: e["valueFrom"]["fieldRef"]["fieldPath"] for e in container["env"]}
                self.assertEqual(environment["WATCH_NAMESPACE"], "metadata.namespace")
                self.assertEqual((environment["POD_NAME"], environment["POD_UID"]), ("metadata.name", "metadata.uid"))
                for probe, path in (("livenessProbe", "/healthz"), ("readinessProbe", "/readyz")):
                    self.assertEqual(container[probe]["httpGet"], {"path": path, "port": "http"})
                self.assertIn("memory", container["resources"]["limits"])
                self.assertGreaterEqual(pod["terminationGracePeriodSeconds"], 30)
                self.assertEqual(deployment["selector"]["matchLabels"].items() - deployment["template"]["metadata"]["labels"].items(), set())
                self.assertIn(f"ServiceAccount/{pod['serviceAccountName']}", found)
                for rule in found["Role/cassplan-operator"]["rules"]:
                    self.assertNotIn("*", rule["verbs"] + rule["resources"] + rule["apiGroups"], rule)
                    self.assertFalse(set(rule["resources"]) & {"secrets"} and set(rule["verbs"]) - {"get"}, rule)

    def test_the_overlay_of_machines_binds_the_account_where_it_is(self):
        found = kustomize("overlays/machines")
        binding = found["ClusterRoleBinding/cassplan-operator-read"]
        where = found["Deployment/cassplan-operator"]["metadata"]["namespace"]
        self.assertEqual(binding["subjects"], [{"kind": "ServiceAccount", "name": "cassplan-operator", "namespace": where}])
        self.assertEqual(binding["roleRef"]["name"], "cassplan-operator-read")
        for rule in found["ClusterRole/cassplan-operator-read"]["rules"]:
            self.assertLessEqual(set(rule["verbs"]), {"get", "list", "watch"})

    def test_the_overlay_of_volumes_lets_it_keep_disks_and_no_more(self):
        found = kustomize("overlays/volumes")
        self.assertEqual(found.keys(), {"ClusterRole/cassplan-operator-volumes", "ClusterRoleBinding/cassplan-operator-volumes"})
        self.assertEqual(found["ClusterRole/cassplan-operator-volumes"]["rules"],
                         [{"apiGroups": [""], "resources": ["persistentvolumes"], "verbs": ["get", "patch"]}])
        binding = found["ClusterRoleBinding/cassplan-operator-volumes"]
        self.assertEqual(binding["subjects"], kustomize("overlays/machines")["ClusterRoleBinding/cassplan-operator-read"]["subjects"])

    def test_the_image_is_the_one_that_is_built(self):
        built = re.search(r"-t (\S+)", (ROOT / "deploy/Containerfile").read_text()).group(1)
        self.assertEqual(self.container(kustomize("operator"))["image"], built)
        self.assertIn(f"appVersion: {built.split(':')[1]}\n", (CHART / "Chart.yaml").read_text())
        # What the build copies is not left out of it.
        for line in (ROOT / ".containerignore").read_text().splitlines():
            self.assertNotIn(line, ("lib", "include", "examples", "capi", "CMakeLists.txt"))

    def test_the_arguments_are_known(self):
        if not OPERATOR:
            self.skipTest("no operator was given")
        known = run(OPERATOR, "run", "--help")
        for folder in ("operator", "overlays/small"):
            arguments = self.container(kustomize(folder))["args"]
            self.assertEqual(arguments[0], "run")
            for one in arguments[1:]:
                self.assertTrue(not one.startswith("--") or one in known, one)
        self.assertIn("--commands", known)

    def test_the_chart_has_no_files_of_its_own_for_them(self):
        """It reads those of kustomize; so they cannot differ, whether there is a helm to show it or not."""
        for link, target in (("operator", "deploy/operator"), ("crds", "deploy/crds"), ("machines", "deploy/overlays/machines"),
                             ("volumes", "deploy/overlays/volumes")):
            self.assertEqual((CHART / link).resolve(), ROOT / target)
        templates = "".join(p.read_text() for p in (CHART / "templates").iterdir())
        for name in ("operator/deployment.yaml", '"role.yaml"', '"service-account.yaml"', '"machines"', '"volumes"', "%s/cluster-role.yaml"):
            self.assertIn(name, templates)
        listed = set(re.findall(r"^  - (\S+\.yaml)$", (ROOT / "deploy/operator/kustomization.yaml").read_text(), flags=re.M))
        self.assertEqual(listed, {"deployment.yaml", "role.yaml", "service-account.yaml"}, "the chart's templates do not read all of these")


@unittest.skipUnless(KUBECTL and HELM, "no helm: what the chart makes is not tested")
class Helm(unittest.TestCase):
    maxDiff = None

    def test_the_same_objects_as_kustomize(self):
        self.assertEqual(helm(), kustomize("operator"))
        crds = helm("--include-crds")
        self.assertEqual(crds.keys() - helm().keys(), {"CustomResourceDefinition/cassandraclusters.db.orange.com"})
        self.assertIn("linted", run(HELM, "lint", "--strict", CHART))

    def test_values(self):
        found = helm("--set", "image.repository=reg.example:5000/x/cassplan-operator,image.tag=v9,image.pullPolicy=Always,replicas=1,machines=true,volumes=true",
                     "--set", "image.pullSecrets={one,two},args={--log-level,debug},nodeSelector.disk=ssd,podLabels.team=a,podAnnotations.b=c",
                     "--set", "priorityClassName=high,resources.limits.memory=2Gi,nodeServiceAccount=false,tolerations[0].key=k,env[0].name=TZ,env[0].value=UTC",
                     "--set", "podLabels.app\\.kubernetes\\.io/name=other", "--set-string", "commands.backup=#!/bin/sh\nexit 0")
        deployment = found["Deployment/cassplan-operator"]["spec"]
        pod = deployment["template"]["spec"]
        container = pod["containers"][0]
        self.assertEqual(container["image"], "reg.example:5000/x/cassplan-operator:v9")
        self.assertEqual((container["imagePullPolicy"], deployment["replicas"], pod["priorityClassName"]), ("Always", 1, "high"))
        self.assertEqual(pod["imagePullSecrets"], [{"name": "one"}, {"name": "two"}])
        self.assertEqual(container["args"], ["run", "--log-level", "debug", "--commands", "/etc/cassplan/commands"])
        self.assertEqual(container["resources"], {"limits": {"memory": "2Gi"}})
        self.assertEqual([e["name"] for e in container["env"]], ["WATCH_NAMESPACE", "POD_NAME", "POD_UID", "TZ"])
        self.assertEqual((pod["nodeSelector"], pod["tolerations"]), ({"disk": "ssd"}, [{"key": "k"}]))
        # The label that the Deployment selects by stays.
        self.assertEqual(deployment["template"]["metadata"]["labels"], {"app.kubernetes.io/name": "cassplan-operator", "team": "a"})
        self.assertEqual(deployment["template"]["metadata"]["annotations"]["b"], "c")
        self.assertNotIn("ServiceAccount/cassandra-cluster-node", found)
        self.assertEqual(found["ConfigMap/cassplan-operator-commands"]["data"], {"backup": "#!/bin/sh\nexit 0"})
        self.assertEqual(pod["volumes"][0]["configMap"], {"name": "cassplan-operator-commands", "defaultMode": 0o555})
        binding = found["ClusterRoleBinding/cassplan-operator-read-shop"]
        self.assertEqual(binding["subjects"][0]["namespace"], "shop")
        self.assertEqual(found[f"ClusterRole/{binding['roleRef']['name']}"]["rules"],
                         kustomize("overlays/machines")["ClusterRole/cassplan-operator-read"]["rules"])
        binding = found["ClusterRoleBinding/cassplan-operator-volumes-shop"]
        self.assertEqual(found[f"ClusterRole/{binding['roleRef']['name']}"]["rules"],
                         kustomize("overlays/volumes")["ClusterRole/cassplan-operator-volumes"]["rules"])
        # Other programs make other Pods.
        changed = helm("--set-string", "commands.backup=#!/bin/sh\nexit 1")["Deployment/cassplan-operator"]["spec"]["template"]["metadata"]
        self.assertNotEqual(changed["annotations"]["cassplan/commands"], deployment["template"]["metadata"]["annotations"]["cassplan/commands"])

    def test_the_tag_alone(self):
        self.assertEqual(Deploy().container(helm("--set", "image.repository=r/o"))["image"], "r/o:0.1.0")
        self.assertEqual(Deploy().container(helm("--set-string", "image.tag=7"))["image"], "cassplan-operator:7")

    def test_values_that_mean_nothing_are_refused(self):
        for bad in ("imge.tag=1", "replicas=0", "replicas=two", "image.pullPolicy=Sometimes", "machines=maybe", "args=x", "commands.Backup=x"):
            with self.subTest(bad=bad):
                self.assertRegex(helm("--set", bad, code=1), "values don't meet the specifications|Additional property|commands")


if __name__ == "__main__":
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-") and pathlib.Path(sys.argv[1]).exists():
        OPERATOR = str(pathlib.Path(sys.argv.pop(1)).resolve())
    if not KUBECTL:
        print("no kubectl: deploy/ is not tested here", file=sys.stderr)
    elif not HELM:
        print("no helm (on the PATH or in $HELM): what the chart's templates make is not tested here", file=sys.stderr)
    unittest.main()
