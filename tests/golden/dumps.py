"""Makes dumps (lib/dump/dump.h) of clusters that CassKop would have made. Standard library only, deterministic.

The StatefulSets, Services and the budget of a dump are those that `cassplan render` gives for the CassandraCluster that
ran before the change, plus what the API server and the controllers add, so that nothing differs but what a case says.
"""

import copy
import hashlib
import json
import os
import re
import subprocess
import tempfile
import uuid

NOW = 1795351000
NOW_TEXT = "2026-11-22T12:36:40Z"
CREATED = "2026-10-01T08:00:00Z"
NAME = "demo"
NAMESPACE = "cassandra"
LOAD_BYTES = 20 << 30
TOKENS = 4
LABEL = "cassandraclusters.db.orange.com"

# What a node can be.
NORMAL = "NORMAL"
JOINING = "JOINING"
LEAVING = "LEAVING"
DECOMMISSIONED = "DECOMMISSIONED"  # has left; its process and its pod are still there
DOWN = "DOWN"  # its pod is there and not ready, its Jolokia does not answer, the others see it down
MISSING = "MISSING"  # a member whose pod is not there
GONE = "GONE"  # has left, its pod is gone, its claim is still there
PENDING = "PENDING"  # a member whose pod waits for a machine
SILENT = "SILENT"  # as NORMAL, and its Jolokia does not answer
GHOST = "GHOST"  # a member that is down, with neither pod nor claim
DEAD_JOINING = "DEAD_JOINING"  # began to join; its pod crashes, the others see it joining and down
LEAVING_DOWN = "LEAVING_DOWN"  # died while it was leaving
LEFTOVER = "LEFTOVER"  # never seen: only a claim is there
UNSEEN = "UNSEEN"  # says NORMAL and its pod is ready, and the others do not see it up yet
OUTSIDE = "OUTSIDE"  # an up member without pod and claim: somebody else runs it
IN_RING = {NORMAL, LEAVING, DOWN, MISSING, PENDING, SILENT, GHOST, LEAVING_DOWN, UNSEEN, OUTSIDE}
HAS_POD = {NORMAL, JOINING, LEAVING, DECOMMISSIONED, DOWN, PENDING, SILENT, DEAD_JOINING, LEAVING_DOWN,
           UNSEEN}
ANSWERS = {NORMAL, JOINING, LEAVING, DECOMMISSIONED, UNSEEN}
AWAY = {DOWN, MISSING, PENDING, GHOST, LEAVING_DOWN, DEAD_JOINING, UNSEEN}  # members or joiners that do not answer to their peers
IS_JOINING = {JOINING, DEAD_JOINING}
IS_LEAVING = {LEAVING, LEAVING_DOWN}


# ---- CassandraClusters

def cluster(topology, **spec):
    """A CassandraCluster; `topology`: {"dc1": (nodes per rack, ["rack1", ...])}."""
    base = {
        "cassandraImage": "cassandra:4.1.9",
        "imagepullpolicy": "IfNotPresent",
        "nodesPerRacks": next(iter(topology.values()))[0] or 1,
        "dataCapacity": "100Gi",
        "dataStorageClass": "fast",
        "deletePVC": True,
        "hardAntiAffinity": False,
        "maxPodUnavailable": 1,
        "autoPilot": True,
        "resources": {"requests": {"cpu": "4", "memory": "16Gi"}, "limits": {"cpu": "4", "memory": "16Gi"}},
        "config": {"cassandra-yaml": {"num_tokens": TOKENS, "concurrent_writes": 32},
                   "jvm-server-options": {"initial_heap_size": "4G", "max_heap_size": "4G"}},
    }
    base.update(spec)
    dcs = [{"name": dc, "nodesPerRacks": nodes, "rack": [{"name": rack} for rack in racks]}
           for dc, (nodes, racks) in topology.items()]
    base["topology"] = {"dc": dcs}
    return {"apiVersion": "db.orange.com/v2", "kind": "CassandraCluster",
            "metadata": {"name": NAME, "namespace": NAMESPACE}, "spec": base}


def scalar(value):
    if isinstance(value, str):
        plain = re.fullmatch(r"[A-Za-z/][A-Za-z0-9_./:-]*", value) and value not in ("true", "false", "null", "yes", "no")
        return value if plain else "'" + value.replace("'", "''") + "'"
    return json.dumps(value)


def yaml_lines(value, indent=0):
    """Block YAML of maps, lists and scalars."""
    pad = "  " * indent
    for key, item in value.items():
        if isinstance(item, dict) and item:
            yield f"{pad}{key}:"
            yield from yaml_lines(item, indent + 1)
        elif isinstance(item, list) and item:
            yield f"{pad}{key}:"
            for entry in item:
                lines = list(yaml_lines(entry, indent + 2)) if isinstance(entry, dict) else [f"{pad}    {scalar(entry)}"]
                yield f"{pad}  - {lines[0].lstrip()}"
                yield from lines[1:]
        else:
            yield f"{pad}{key}: {scalar(item)}"


# ---- reading what `cassplan render` prints

def parse_scalar(text):
    if text.startswith("'"):
        return text[1:-1].replace("''", "'")
    if text.startswith(('"', "{", "[")) or re.fullmatch(r"-?\d+|true|false|null", text):
        return json.loads(text)
    return text


KEY = re.compile(r"((?:'[^']*')|[^'\s][^:]*):(?: (.*))?$")


def parse_block(lines, at, indent):
    """The block at `lines[at]` ([(indent, text)]) -> (value, the line after it)."""
    if lines[at][1].startswith("- "):
        items = []
        while at < len(lines) and lines[at][0] == indent and lines[at][1].startswith("- "):
            text = lines[at][1][2:]
            if KEY.match(text):
                lines[at] = (indent + 2, text)
                value, at = parse_block(lines, at, indent + 2)
            else:
                value, at = parse_scalar(text), at + 1
            items.append(value)
        return items, at
    result = {}
    while at < len(lines) and lines[at][0] == indent and not lines[at][1].startswith("- "):
        match = KEY.match(lines[at][1])
        if not match:
            raise ValueError(f"not understood: {lines[at][1]}")
        key, text = parse_scalar(match.group(1)), match.group(2)
        at += 1
        if text:
            result[key] = parse_scalar(text)
        else:
            result[key], at = parse_block(lines, at, lines[at][0])
    return result, at


def parse_documents(text):
    for document in re.split(r"^---\n", text, flags=re.M):
        lines = [(len(line) - len(line.lstrip()), line.strip()) for line in document.splitlines() if line.strip()]
        if lines:
            yield parse_block(lines, 0, 0)[0]


def run(command, *arguments):
    done = subprocess.run([command, *arguments], capture_output=True, text=True)
    if done.returncode not in (0, 4, 5):
        raise SystemExit(f"{' '.join([command, *arguments])}: {done.stderr}")
    return done.stdout


def render(command, cr):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(cr, file)
        file.flush()
        return list(parse_documents(run(command, "render", "--desired", file.name)))


# ---- nodes

def uid(*parts):
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(str(part) for part in parts)))


class Node:
    def __init__(self, dc, rack, ordinal, state):
        self.dc, self.rack, self.ordinal, self.state = dc, rack, ordinal, state
        self.slot = f"{dc}/{rack}/{ordinal}"
        self.pod = f"{NAME}-{dc}-{rack}-{ordinal}"
        self.host_id = uid("host", self.slot)
        self.address = ""
        self.pod_address = ""  # where it is now; the others may know another one
        self.tokens = []
        self.release = ""


def target_of(slot):
    dc, rack, ordinal = slot.split("/")
    return {"datacenter": dc, "rack": rack, "ordinal": int(ordinal)}


def member_of(slot):
    """The member in a slot, as the ledger names it."""
    return {**target_of(slot), "host_id": uid("host", slot)}


def slots_of(cr):
    for dc in cr["spec"]["topology"]["dc"]:
        for rack in dc["rack"]:
            for ordinal in range(dc["nodesPerRacks"]):
                yield dc["name"], rack["name"], ordinal


def release_of(cr):
    return cr["spec"]["cassandraImage"].split(":")[1]


def make_nodes(case):
    slots = list(slots_of(case.old))
    for slot in case.states:
        dc, rack, ordinal = slot.split("/")
        if (dc, rack, int(ordinal)) not in slots:
            slots.append((dc, rack, int(ordinal)))
    nodes = [Node(*slot, case.states.get("/".join(map(str, slot)), NORMAL)) for slot in slots]
    racks = sorted({(node.dc, node.rack) for node in nodes})
    for node in nodes:
        node.address = f"10.244.{racks.index((node.dc, node.rack)) + 1}.{node.ordinal + 10}"
        node.host_id = case.host_ids.get(node.slot, node.host_id)
        node.release = release_of(case.earlier if node.slot in case.on_earlier else case.old)
    by_slot = {node.slot: node for node in nodes}
    for node in nodes:
        node.pod_address = by_slot[case.swapped[node.slot]].address if node.slot in case.swapped else node.address
    # Even, with some noise, so that every node has about the same share.
    spread = sorted((node for node in nodes if node.state in IN_RING), key=lambda n: (n.ordinal, n.rack, n.dc))
    step = (1 << 64) // max(1, len(spread) * TOKENS)
    for k, node in enumerate(spread):
        for j in range(TOKENS):
            digest = hashlib.sha256(f"{node.slot}/{j}".encode()).digest()
            noise = int.from_bytes(digest[:8], "big") % (step // 4)
            node.tokens.append(-(1 << 63) + (j * len(spread) + k) * step + noise + 1)
    return nodes


# ---- jolokia/<pod>.json

STORAGE = "org.apache.cassandra.db:type=StorageService"
SNITCH = "org.apache.cassandra.db:type=EndpointSnitchInfo"
FAILURES = "org.apache.cassandra.net:type=FailureDetector"
GOSSIP_STATUS = {JOINING: "BOOT", DEAD_JOINING: "BOOT", LEAVING: "LEAVING", LEAVING_DOWN: "LEAVING", DECOMMISSIONED: "LEFT", GONE: "LEFT"}


def gossip_text(nodes, schema_version):
    lines = []
    for node in nodes:
        if node.state == LEFTOVER:
            continue
        lines.append(f"/{node.address}")
        status = GOSSIP_STATUS.get(node.state, "NORMAL")
        token = node.tokens[0] if node.tokens else -1
        for key, value in (("STATUS_WITH_PORT", f"{status},{token}"), ("SCHEMA", schema_version), ("DC", node.dc),
                           ("RACK", node.rack), ("RELEASE_VERSION", node.release), ("HOST_ID", node.host_id)):
            lines.append(f"  {key}:9:{value}")
    return "\n".join(lines) + "\n"


def answers_of(me, nodes, case):
    ring = [node for node in nodes if node.state in IN_RING]
    known = ring + [node for node in nodes if node.state in IS_JOINING]
    live = [node for node in known
            if node.state not in AWAY or node is me or f"{me.slot} {node.slot}" in case.still_up]
    schema_version = uid("schema", json.dumps(case.keyspaces, sort_keys=True))

    def addresses(chosen):
        return [node.address for node in chosen]

    storage = {
        "OperationMode": NORMAL if me.state == UNSEEN else me.state,
        "LocalHostId": me.host_id,
        "EndpointToHostId": {node.address: node.host_id for node in known},
        "LiveNodes": addresses(live),
        "UnreachableNodes": addresses(node for node in nodes if node not in live and node.state != LEFTOVER),
        "JoiningNodes": addresses(node for node in nodes if node.state in IS_JOINING),
        "LeavingNodes": addresses(node for node in nodes if node.state in IS_LEAVING),
        "MovingNodes": [],
        "SchemaVersion": schema_version,
        "ReleaseVersion": me.release,
        "TokenToEndpointMap": {str(token): node.address for node in ring for token in node.tokens},
        "Keyspaces": [row["keyspace_name"] for row in schema_rows(case)],
        "NativeTransportRunning": me.state in (NORMAL, LEAVING, UNSEEN),
        "GossipRunning": me.state != DECOMMISSIONED,
        "ClusterName": NAME,
        "PartitionerName": "org.apache.cassandra.dht.Murmur3Partitioner",
        "LoadMap": {node.address: f"{case.load >> 30}.0 GiB" for node in live},
    }
    asked = [(STORAGE, name, value) for name, value in storage.items()]
    asked += [(SNITCH, "Datacenter", me.dc), (SNITCH, "Rack", me.rack),
              (FAILURES, "AllEndpointStates", gossip_text(nodes, schema_version))]
    asked += case.answers.get(me.slot, [])
    return [{"request": {"type": "read", "mbean": mbean, "attribute": name}, "value": value, "status": 200,
             "timestamp": NOW} for mbean, name, value in asked]


# ---- schema.json

def schema_rows(case):
    locator = "org.apache.cassandra.locator."
    auth = {}
    for replication in case.keyspaces.values():
        for dc, factor in replication.items():
            auth[dc] = str(max(factor, int(auth.get(dc, 0))))
    auth.update({dc: str(factor) for dc, factor in case.auth.items()})
    rows = [("system", {"class": locator + "LocalStrategy"}), ("system_schema", {"class": locator + "LocalStrategy"}),
            ("system_auth", {"class": locator + "NetworkTopologyStrategy", **auth}),
            ("system_distributed", {"class": locator + "SimpleStrategy", "replication_factor": "3"}),
            ("system_traces", {"class": locator + "SimpleStrategy", "replication_factor": "2"})]
    for name, replication in case.keyspaces.items():
        factors = {dc: str(factor) for dc, factor in replication.items()}
        rows.append((name, {"class": locator + "NetworkTopologyStrategy", **factors}))
    return [{"keyspace_name": name, "durable_writes": True, "replication": map_} for name, map_ in rows]


# ---- kubernetes.json

def with_server_fields(item, owner=None):
    item = copy.deepcopy(item)
    meta = item["metadata"]
    meta.update(creationTimestamp=CREATED, resourceVersion="1000", uid=uid(item["kind"], meta["name"]))
    if owner is not None:
        meta["ownerReferences"] = [{"apiVersion": owner["apiVersion"], "controller": True, "kind": owner["kind"],
                                    "name": owner["metadata"]["name"], "uid": owner["metadata"]["uid"]}]
    return item


def cluster_object(case, objects):
    item = with_server_fields(case.old)
    item["metadata"]["generation"] = 1
    seeds = []
    for workload in objects:
        if workload["kind"] != "StatefulSet":
            continue
        boot = next(c for c in workload["spec"]["template"]["spec"]["initContainers"] if c["name"] == "bootstrap")
        seeds = next(e["value"] for e in boot["env"] if e["name"] == "CASSANDRA_SEEDS").split(",")
    item["status"] = {"phase": "Running", "lastClusterAction": "Initializing", "lastClusterActionStatus": "Done",
                      "seedlist": seeds}
    return item


def revision_name(workload):
    digest = hashlib.sha256(json.dumps(workload["spec"]["template"], sort_keys=True).encode()).hexdigest()[:10]
    return f"{workload['metadata']['name']}-{digest}"


def stateful_set(workload, owner, nodes, case):
    item = with_server_fields(workload, owner)
    rack = item["metadata"]["labels"]["dc-rack"].replace("-", "/")
    mine = [node for node in nodes if f"{node.dc}/{node.rack}" == rack and node.state in HAS_POD]
    item["metadata"]["generation"] = 1
    item["spec"].setdefault("podManagementPolicy", "OrderedReady")
    item["spec"].update(replicas=case.replicas.get(rack, item["spec"]["replicas"]), revisionHistoryLimit=10)
    revision = revision_name(workload)
    item["status"] = {"observedGeneration": 1, "replicas": len(mine), "currentRevision": revision,
                      "readyReplicas": sum(is_ready(node) for node in mine), "updateRevision": revision}
    return item


def is_ready(node):
    return node.state in (NORMAL, LEAVING, SILENT, UNSEEN)


def pod(node, workload, made_from, case):
    ready = is_ready(node)
    template = copy.deepcopy(made_from["spec"]["template"])
    meta = template["metadata"]
    meta.update(name=node.pod, namespace=NAMESPACE, generateName=workload["metadata"]["name"] + "-")
    meta["labels"].update({"controller-revision-hash": revision_name(made_from),
                           "statefulset.kubernetes.io/pod-name": node.pod,
                           "apps.kubernetes.io/pod-index": str(node.ordinal)})
    item = with_server_fields({"apiVersion": "v1", "kind": "Pod", **template}, workload)
    spec = item["spec"]
    spec.update(nodeName=f"machine-{node.dc}-{node.rack}-{node.ordinal}", hostname=node.pod,
                subdomain=NAME)
    spec["volumes"].insert(0, {"name": "data", "persistentVolumeClaim": {"claimName": f"data-{node.pod}"}})
    status = "True" if ready else "False"
    state = {"running": {"startedAt": CREATED}}
    if node.state in (DOWN, DEAD_JOINING, LEAVING_DOWN):
        state = {"waiting": {"reason": "CrashLoopBackOff"}}
    if node.slot in case.pod_uids:
        item["metadata"]["uid"] = case.pod_uids[node.slot]
    if node.state == PENDING:
        del spec["nodeName"]
        item["status"] = {"phase": "Pending", "conditions": [
            {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]}
        return item
    item["status"] = {
        "phase": "Running", "podIP": node.pod_address, "startTime": CREATED,
        "conditions": [{"type": "PodScheduled", "status": "True"}, {"type": "Ready", "status": status}],
        "containerStatuses": [{"name": "cassandra", "ready": ready, "restartCount": 7 if state.get("waiting") else 0,
                               "state": state}],
    }
    return item


def claim(node, workload, case):
    template = workload["spec"]["volumeClaimTemplates"][0]
    capacity = case.claims.get(node.slot, template["spec"]["resources"]["requests"]["storage"])
    item = {"apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": {"name": f"data-{node.pod}", "namespace": NAMESPACE, "labels": template["metadata"]["labels"]},
            "spec": {**template["spec"], "resources": {"requests": {"storage": capacity}},
                     "volumeName": "pvc-" + uid("volume", node.slot)[:8]},
            "status": {"phase": "Bound", "capacity": {"storage": capacity}}}
    item = with_server_fields(item)
    marks = case.claim_marks.get(node.slot, {})
    if marks:
        item["metadata"]["annotations"] = dict(marks)
    return item


def other_pod(name, claim_name):
    """A pod of somebody else that uses a claim."""
    return with_server_fields({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": NAMESPACE},
                               "spec": {"volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": claim_name}}]},
                               "status": {"phase": "Running"}})


def kubernetes_list(case, command, nodes):
    objects = render(command, case.old)
    owner = cluster_object(case, objects)
    earlier = {item["metadata"]["name"]: item for item in render(command, case.earlier)} if case.earlier else {}
    items = [owner]
    workloads = {}
    for item in objects:
        if item["kind"] == "StatefulSet":
            workloads[item["metadata"]["name"]] = item
            if case.only_claims:
                continue
            items.append(stateful_set(item, owner, nodes, case))
        else:
            items.append(with_server_fields(item, owner))
    stored = {item["metadata"]["name"]: item for item in items if item["kind"] == "StatefulSet"}
    for node in nodes:
        name = f"{NAME}-{node.dc}-{node.rack}"
        if node.state in HAS_POD:
            made_from = earlier[name] if node.slot in case.on_earlier else workloads[name]
            items.append(pod(node, stored[name], made_from, case))
            items[-1]["metadata"]["labels"].update(case.labels.get(node.slot, {}))
        if node.state not in (GHOST, OUTSIDE) and node.slot not in case.no_claims:
            items.append(claim(node, workloads[name], case))
        if node.slot in case.mounted_by:
            items.append(other_pod(case.mounted_by[node.slot], f"data-{node.pod}"))
    items.append({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "fast"},
                  "provisioner": "csi.example.com", "allowVolumeExpansion": case.expandable})
    if case.quota:
        keys = [{"requests.storage": value} for value in case.quota]
        items.append({"apiVersion": "v1", "kind": "ResourceQuota",
                      "metadata": {"name": "storage", "namespace": NAMESPACE},
                      "spec": {"hard": keys[0]}, "status": {"hard": keys[0], "used": keys[1]}})
    if case.edit:
        case.edit(items)
    return items


# ---- files

def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def json_lines(items):
    return "[\n" + ",\n".join(json.dumps(item, sort_keys=True) for item in items) + "\n]\n"


class Case:
    """A cluster (`old`, and how it is) and what is desired of it (`new`)."""

    def __init__(self, folder, old, new, keyspaces, states=None, replicas=None, earlier=None, on_earlier=(),
                 started=(), started_from=None, left=(), **more):
        self.folder = folder          # below tests/golden or examples/clusters
        self.old = old                # what the StatefulSets were made from; None: nothing exists
        self.new = new                # desired.yaml
        self.keyspaces = keyspaces    # name -> {datacenter: replication factor}; system_auth has the highest of each datacenter
        self.states = states or {}    # slot -> state; NORMAL when not named; may name slots that `old` has not
        self.replicas = replicas or {}  # rack -> spec.replicas; that of `old` when not named
        self.earlier = earlier        # what the pods in `on_earlier` were made from
        self.on_earlier = set(on_earlier)
        self.started = list(started)  # (kind, slot): actions in flight, which the ledger tells
        self.started_from = started_from or {}  # states in which those actions were planned
        self.left = list(left)        # slots whose nodes the ledger knows to have left
        self.labels = more.pop("labels", {})    # slot -> labels of its Pod beside those of its template
        self.answers = more.pop("answers", {})  # slot -> (mbean, attribute, value): what its node tells beside the rest
        self.policy = more.pop("policy", None)            # policy.yaml
        self.down = more.pop("down", {})                  # slot -> seconds since it was first seen down
        self.members = more.pop("members", False)         # the ledger knows who lives where
        self.quarantined = more.pop("quarantined", {})    # slot -> host id whose volume was set aside
        self.raw_started = more.pop("raw_started", [])    # (kind, slot, host id, state): in the ledger, by that id
        self.host_ids = more.pop("host_ids", {})          # slot -> host id, where not the usual one
        self.swapped = more.pop("swapped", {})            # slot -> the slot whose address its pod has now
        self.still_up = set(more.pop("still_up", []))     # "viewer member": that node still sees the other up
        self.pod_uids = more.pop("pod_uids", {})
        self.claim_marks = more.pop("claim_marks", {})    # slot -> annotations of its claim
        self.no_claims = set(more.pop("no_claims", []))   # slots whose claim is not there
        self.mounted_by = more.pop("mounted_by", {})      # slot -> another pod that uses its claim
        self.only_claims = more.pop("only_claims", False)  # no workload is there
        self.keep = more.pop("keep", None)                # files of these nodes only; None: of all that answer
        self.claims = more.pop("claims", {})              # slot -> size of its volume, where not the StatefulSet's
        self.expandable = more.pop("expandable", True)    # of the storage class "fast"
        self.quota = more.pop("quota", None)              # (hard, used) of requests.storage
        self.ledger = more.pop("ledger", {})              # what else is in the ledger
        self.auth = more.pop("auth", {})                  # datacenter -> replicas of system_auth, where not the highest
        self.load = more.pop("load", LOAD_BYTES)          # bytes on every node
        self.edit = more.pop("edit", None)                # changes the list of objects
        assert not more, more

    def write_dump(self, command, folder):
        nodes = make_nodes(self)
        items = kubernetes_list(self, command, nodes)
        lines = ",\n".join(json.dumps(item, sort_keys=True) for item in items)
        write(f"{folder}/kubernetes.json", '{"apiVersion": "v1", "kind": "List", "items": [\n' + lines + "\n]}\n")
        for node in nodes:
            if node.state in ANSWERS and (self.keep is None or node.slot in self.keep):
                write(f"{folder}/jolokia/{node.pod}.json", json_lines(answers_of(node, nodes, self)))
        write(f"{folder}/schema.json", json_lines(schema_rows(self)))
        write(f"{folder}/dump.json", json.dumps({"observed_at_seconds": NOW}) + "\n")

    def write_ledger(self, command, folder):
        ledger = {"version": 1, "now_seconds": NOW - 60}
        if self.started:
            ledger["started"] = list(self.in_flight(command, folder))
        if self.left:
            ledger["left"] = [{"host_id": uid("host", slot), "slot": target_of(slot), "at_seconds": NOW - 90}
                              for slot in self.left]
        nodes = make_nodes(self)
        host = {node.slot: node.host_id for node in nodes}
        if self.members:
            ledger["members"] = [{"host_id": node.host_id, "slot": target_of(node.slot)} for node in nodes
                                 if node.state in IN_RING]
        if self.down:
            ledger["first_seen_down"] = [{"host_id": host[slot], "at_seconds": NOW - seconds}
                                         for slot, seconds in self.down.items()]
        if self.quarantined:
            ledger["quarantined"] = [{"target": {**target_of(slot), "name": f"pvc-{uid('volume', slot)[:8]}"},
                                      "host_id": dead, "at_seconds": NOW - 86400}
                                     for slot, dead in self.quarantined.items()]
        for kind, slot, dead, state in self.raw_started:
            ledger.setdefault("started", []).append(
                {"id": uid("started", kind, slot)[:16], "kind": kind, "attempt": 1, "state": state,
                 "target": {**target_of(slot), "host_id": dead}, "started_at_seconds": NOW - 3600,
                 "deadline_seconds": NOW + 7200 if state == "in_flight" else NOW - 60})
        ledger.update(self.ledger)
        write(f"{folder}/ledger.json", json.dumps(ledger, indent=1) + "\n")

    def in_flight(self, command, folder):
        """Ids are those of the plan that was made before the actions began."""
        before = copy.copy(self)
        before.states, before.replicas, before.started, before.ledger = self.started_from, {}, [], {}
        with tempfile.TemporaryDirectory() as scratch:
            before.write_dump(command, f"{scratch}/observed")
            plan = json.loads(run(command, "plan", "--desired", f"{folder}/desired.yaml", "--observed",
                                  f"{scratch}/observed", "--format", "json"))
        for kind, slot in self.started:
            wanted = target_of(slot)
            action = next(a for a in plan["plan"]["actions"]
                          if a["kind"] == kind and wanted.items() <= a["target"].items())
            yield {"id": action["id"], "kind": kind, "target": action["target"], "attempt": 1, "state": "in_flight",
                   "started_at_seconds": NOW - 60, "deadline_seconds": NOW + 7200,
                   **{key: action[key] for key in ("request_uid",) if key in action}}

    def write_files(self, command, root):
        folder = f"{root}/{self.folder}"
        write(f"{folder}/desired.yaml", "\n".join(yaml_lines(self.new)) + "\n")
        if self.old is None:
            return
        answers = f"{folder}/observed/jolokia"
        for file in os.listdir(answers) if os.path.isdir(answers) else []:
            os.remove(f"{answers}/{file}")
        self.write_dump(command, f"{folder}/observed")
        if self.policy:
            write(f"{folder}/policy.yaml", "\n".join(yaml_lines(self.policy)) + "\n")
        if self.started or self.left or self.down or self.members or self.quarantined or self.raw_started or self.ledger:
            self.write_ledger(command, folder)
