#!/usr/bin/env python3
"""Writes desired.yaml, observed/ and ledger.json of the cases in the tables below.

    tests/golden/make_dumps.py build/examples/cli/cassplan [folder ...]

To add a case: add a line to a table, run this, write expect.txt and why.md, run golden_test with
CASSPLAN_UPDATE_GOLDENS=1, and read what it wrote. The words that a node's state can be stand in dumps.py.
"""

import json
import os
import sys

from dumps import (Case, cluster, DEAD_JOINING, DECOMMISSIONED, DOWN, GHOST, GONE, JOINING, LEAVING, LEFTOVER, member_of,
                   MISSING, NOW, OUTSIDE, PENDING, SILENT, uid, UNSEEN, write)

ONE = ["rack1"]
TWO = ["rack1", "rack2"]
THREE = ["rack1", "rack2", "rack3"]
NEW_IMAGE = "cassandra:4.1.10"
SHOP = {"shop": {"dc1": 2}}
SHOP3 = {"shop": {"dc1": 3}}
EVERYWHERE = {"shop": {"dc1": 2, "dc2": 1}, "stock": {"dc1": 2, "dc2": 1, "dc3": 1}, "logs": {"dc1": 2}}
NOT_DC2 = {"shop": {"dc1": 2, "dc3": 1}}
BIGGER = {"requests": {"cpu": "4", "memory": "24Gi"}, "limits": {"cpu": "4", "memory": "24Gi"}}


def f1(nodes, **spec):
    return cluster({"dc1": (nodes, ONE)}, **spec)


def f3(dc2=1, dc3=1, **spec):
    topology = {"dc1": (1, TWO), "dc2": (dc2, ONE), "dc3": (dc3, ONE)}
    return cluster({dc: shape for dc, shape in topology.items() if shape[0] is not None}, **spec)


# ---- upgrades

NEW_RELEASE = "cassandra:5.0.4"
SIX_SLOTS = [f"dc1/{rack}/{ordinal}" for rack in THREE for ordinal in range(2)]


def six(image="cassandra:4.1.9", nodes=2, mode=None, **spec):
    """Two nodes in each of three racks."""
    yaml = {"num_tokens": 4, "concurrent_writes": 32}
    if mode:
        yaml["storage_compatibility_mode"] = mode
    config = {"cassandra-yaml": yaml, "jvm-server-options": {"initial_heap_size": "4G", "max_heap_size": "4G"}}
    return cluster({"dc1": (nodes, THREE)}, cassandraImage=image, config=config, **spec)


def remembered(owed=(), line="5.0", snapshots=()):
    ledger = {}
    if owed:
        ledger["upgrade_owed"] = [{"target": member_of(slot), "release": line} for slot in owed]
    if snapshots:
        ledger["snapshots"] = [{"target": member_of(slot), "name": f"before-{line}", "release": line,
                                "at_seconds": NOW - 7200} for slot in snapshots]
    return ledger


# ---- volumes

def with_capacity(cr, dc, capacity, storage_class=None):
    """Capacity (and class) of one datacenter only."""
    for one in cr["spec"]["topology"]["dc"]:
        if one["name"] == dc:
            one["dataCapacity"] = capacity
            if storage_class:
                one["dataStorageClass"] = storage_class
    return cr


def only_in_datacenter(cr, dc, capacity):
    del cr["spec"]["dataCapacity"]
    return with_capacity(cr, dc, capacity, "fast")


def without_mount(items):
    """As CassKop makes it when only the datacenter has a capacity: claims that Cassandra does not mount."""
    for item in items:
        if item["kind"] not in ("StatefulSet", "Pod"):
            continue
        spec = item["spec"]["template"]["spec"] if item["kind"] == "StatefulSet" else item["spec"]
        for container in spec["containers"]:
            container["volumeMounts"] = [m for m in container.get("volumeMounts", []) if m["name"] != "data"]


ANOTHER_DISK = [{"mountPath": "/var/lib/cassandra/commitlog", "name": "commitlog",
                 "pvcSpec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "fast",
                             "resources": {"requests": {"storage": "10Gi"}}}}]
TWO_DCS = {"dc1": (2, ONE), "dc2": (2, ONE)}
BOTH = {"shop": {"dc1": 2, "dc2": 2}}

SIX = cluster({"dc1": (2, THREE)})
COMPACTIONS = "org.apache.cassandra.db:type=CompactionManager"


def asked(name, argument="", status="ToDo"):
    labels = {"operation-name": name, "operation-status": status}
    return {**labels, "operation-argument": argument} if argument else labels




def owned_by_another(items):
    """The workloads and the budget belong to a cluster that somebody else made under the same name."""
    for item in items:
        for owner in item["metadata"].get("ownerReferences", []):
            if owner["kind"] == "CassandraCluster":
                owner["uid"] = uid("CassandraCluster", "another life")


def with_a_neighbour(items):
    """Another cluster in the same namespace: its own CassandraCluster, workload, pods and claims."""
    text = json.dumps([item for item in items if item["kind"] in ("StatefulSet", "Pod", "PersistentVolumeClaim",
                                                                  "CassandraCluster")])
    for item in json.loads(text.replace("demo", "demo2")):
        meta = item["metadata"]
        meta["uid"] = uid(item["kind"], meta["name"])
        for owner in meta.get("ownerReferences", []):
            owner["uid"] = uid(owner["kind"], owner["name"])
        if item["kind"] == "Pod":
            item["status"]["podIP"] = item["status"]["podIP"].replace("10.244", "10.245")
        items.append(item)


def with_annotations(cr, **annotations):
    cr["spec"]["pod"] = {"annotations": annotations}
    return cr


def only_the_cluster(items):
    items[:] = [item for item in items if item["kind"] in ("CassandraCluster", "StorageClass")]


def parallel(items):
    """The workloads start their nodes at once, as those that cassplan makes."""
    for item in items:
        if item["kind"] == "StatefulSet":
            item["spec"]["podManagementPolicy"] = "Parallel"


TWO_RACKS = cluster({"dc1": (2, TWO)})
TEN = {"dc1": (2, ONE), "dc10": (2, ONE)}

GOLDEN = [
    Case("s01-scale-up", f1(3), f1(5), SHOP),
    Case("s02-scale-up-joining", f1(3), f1(5), SHOP, {"dc1/rack1/3": JOINING}, {"dc1/rack1": 4},
         started=[("start_node", "dc1/rack1/3")]),
    Case("s03-scale-down", f1(3), f1(2), SHOP),
    Case("s04-scale-down-leaving", f1(3), f1(2), SHOP, {"dc1/rack1/2": LEAVING},
         started=[("decommission", "dc1/rack1/2")]),
    Case("s05-decommissioned-unrecorded", f1(3), f1(2), SHOP, {"dc1/rack1/2": DECOMMISSIONED}),
    Case("s06-decommissioned-recorded", f1(3), f1(2), SHOP, {"dc1/rack1/2": DECOMMISSIONED},
         started=[("decommission", "dc1/rack1/2")]),
    Case("s07-pod-gone-other-not-ready", f1(3), f1(2), SHOP, {"dc1/rack1/2": GONE, "dc1/rack1/0": DOWN},
         {"dc1/rack1": 2}, left=["dc1/rack1/2"]),
    Case("s08-new-image-and-scale-down", f1(3), f1(2, cassandraImage=NEW_IMAGE), SHOP),
    Case("s09-add-datacenter", f1(3), cluster({"dc1": (3, ONE), "dc2": (3, ONE)}), SHOP),
    Case("s10-datacenter-to-zero-with-data", f3(), f3(dc2=0), EVERYWHERE),
    Case("s11-datacenter-to-zero", f3(dc2=3), f3(dc2=0), NOT_DC2),
    Case("s12-remove-empty-datacenter", f3(dc2=0), f3(dc2=None), NOT_DC2),
    Case("s13-remove-two-datacenters", f3(), f3(dc2=None, dc3=None), {"shop": {"dc1": 2}}),
    Case("s14-rename-rack", f1(3), cluster({"dc1": (3, ["rack2"])}), SHOP),
    Case("s14-add-rack", TWO_RACKS, cluster({"dc1": (2, THREE)}), {"shop": {"dc1": 2}}),
    Case("s14-remove-rack", cluster({"dc1": (2, THREE)}), TWO_RACKS, {"shop": {"dc1": 2}}),
    Case("s14-remove-rack-refused", cluster({"dc1": (2, THREE)}), TWO_RACKS, SHOP3),
    Case("s15-more-capacity", f1(3), f1(3, dataCapacity="200Gi"), SHOP),
    Case("s16-less-capacity", f1(3), f1(3, dataCapacity="50Gi"), SHOP),
    Case("s16-other-storage-class", f1(3), f1(3, dataStorageClass="slow"), SHOP),
    Case("b01-add-datacenter-nine-nodes", cluster({"dc1": (3, THREE)}),
         cluster({"dc1": (3, THREE), "dc2": (1, THREE)}), SHOP3),
    Case("b02-new-image-and-scale-down-six-nodes", cluster({"dc1": (2, THREE)}),
         cluster({"dc1": (1, THREE)}, cassandraImage=NEW_IMAGE), SHOP3),
    Case("b03-scale-down-while-rolling", cluster({"dc1": (2, THREE)}, cassandraImage=NEW_IMAGE),
         cluster({"dc1": (1, THREE)}, cassandraImage=NEW_IMAGE), SHOP3,
         earlier=cluster({"dc1": (2, THREE)}),
         on_earlier=["dc1/rack2/0", "dc1/rack3/0", "dc1/rack3/1"]),
    Case("b04-one-decommission-too-many", f1(5), f1(4), SHOP, {"dc1/rack1/4": GONE, "dc1/rack1/0": DOWN},
         {"dc1/rack1": 4}, left=["dc1/rack1/4"]),
    Case("b05-decommissioned-before-it-was-noted", cluster({"dc1": (2, THREE)}), cluster({"dc1": (1, THREE)}), SHOP3,
         {"dc1/rack1/1": DECOMMISSIONED}),
    Case("b09-remove-datacenter-named-dc1", cluster({"dc2": (1, THREE), "dc3": (1, ONE), "dc1": (2, ONE)}),
         cluster({"dc2": (1, THREE), "dc3": (1, ONE)}), {"shop": {"dc2": 3, "dc1": 2}}),
    Case("b10-second-datacenter-to-zero", f3(dc2=0), f3(dc2=0, dc3=0), {"shop": {"dc1": 2, "dc3": 1}}),
    Case("b14-new-image-while-decommissioning", cluster({"dc1": (2, THREE)}), cluster({"dc1": (1, THREE)}, cassandraImage=NEW_IMAGE), SHOP3,
         {"dc1/rack2/1": LEAVING}, started=[("decommission", "dc1/rack2/1")]),
    Case("b15-resources-while-decommissioning", cluster({"dc1": (2, THREE)}),
         cluster({"dc1": (1, THREE)}, resources=BIGGER), SHOP3, {"dc1/rack2/1": LEAVING}),
    Case("up-41-to-50", six(), six(NEW_RELEASE), SHOP3),
    Case("up-41-to-50-half-way", six(NEW_RELEASE), six(NEW_RELEASE), SHOP3, earlier=six(),
         on_earlier=["dc1/rack1/1", "dc1/rack2/0", "dc1/rack2/1", "dc1/rack3/0", "dc1/rack3/1"],
         ledger=remembered(owed=["dc1/rack1/0"], snapshots=["dc1/rack1/0", "dc1/rack1/1"])),
    Case("up-41-to-50-rolled", six(NEW_RELEASE), six(NEW_RELEASE), SHOP3,
         ledger=remembered(owed=SIX_SLOTS, snapshots=SIX_SLOTS)),
    Case("up-41-to-50-done", six(NEW_RELEASE), six(NEW_RELEASE), SHOP3, ledger=remembered(snapshots=SIX_SLOTS)),
    Case("up-41-to-50-keeps-way-back", six(), six(NEW_RELEASE, mode="CASSANDRA_4"), SHOP3),
    Case("up-311-to-50-refused", six("cassandra:3.11.17"), six(NEW_RELEASE, nodes=3), SHOP3),
    Case("up-downgrade-refused", six(NEW_RELEASE), six(), SHOP3),
    Case("up-back-half-way", six(NEW_RELEASE), six(), SHOP3, earlier=six(),
         on_earlier=["dc1/rack2/0", "dc1/rack2/1", "dc1/rack3/0", "dc1/rack3/1"],
         ledger=remembered(owed=["dc1/rack1/0", "dc1/rack1/1"], snapshots=["dc1/rack1/0", "dc1/rack1/1"])),
    Case("up-back-half-way-cassandra-4", six(NEW_RELEASE, mode="CASSANDRA_4"), six(), SHOP3, earlier=six(),
         on_earlier=["dc1/rack2/0", "dc1/rack2/1", "dc1/rack3/0", "dc1/rack3/1"]),
    Case("up-half-way-and-scale-up", six(NEW_RELEASE), six(NEW_RELEASE, nodes=3), SHOP3,
         {"dc1/rack2/1": DOWN}, earlier=six(),
         on_earlier=["dc1/rack2/0", "dc1/rack2/1", "dc1/rack3/0", "dc1/rack3/1"]),
    Case("up-owed-before-the-next", six("cassandra:4.0.17"), six(), SHOP3,
         ledger=remembered(owed=SIX_SLOTS, line="4.0")),
    Case("up-release-not-known", six(), six("registry.example.com/cassandra:prod", serverVersion=""), SHOP3),
    Case("up-storage-mode", six(NEW_RELEASE, mode="CASSANDRA_4"), six(NEW_RELEASE, mode="UPGRADING"), SHOP3),
    Case("up-storage-mode-refused", six(NEW_RELEASE, mode="CASSANDRA_4"), six(NEW_RELEASE, mode="NONE"), SHOP3),
    Case("s15-first-has-grown", f1(3), f1(3, dataCapacity="200Gi"), SHOP, claims={"dc1/rack1/0": "200Gi"}),
    Case("s15-all-have-grown", f1(3), f1(3, dataCapacity="200Gi"), SHOP,
         claims={f"dc1/rack1/{i}": "200Gi" for i in range(3)}),
    Case("s15-quota", f1(3), f1(3, dataCapacity="200Gi"), SHOP, quota=("500Gi", "300Gi")),
    Case("s15-cooldown", f1(3, dataCapacity="200Gi"), f1(3, dataCapacity="300Gi"), SHOP,
         ledger={"volumes_grown": [{"target": member_of(f"dc1/rack1/{i}"), "at_seconds": NOW - 3600}
                                   for i in range(3)]}),
    Case("s15-three-racks-and-new-nodes", six(), six(nodes=3, dataCapacity="200Gi"), SHOP3),
    Case("b06-capacity-of-one-datacenter", cluster(TWO_DCS), with_capacity(cluster(TWO_DCS), "dc2", "200Gi"), BOTH),
    Case("b06-capacity-of-one-datacenter-done", with_capacity(cluster(TWO_DCS), "dc2", "200Gi"),
         with_capacity(cluster(TWO_DCS), "dc2", "200Gi"), BOTH),
    Case("b07-new-datacenter-with-own-class", f1(3),
         with_capacity(cluster({"dc1": (3, ONE), "dc2": (3, ONE)}), "dc2", "50Gi", "slow"), SHOP),
    Case("b08-resources-and-new-datacenter", f1(3), cluster({"dc1": (3, ONE), "dc2": (3, ONE)}, resources=BIGGER),
         SHOP),
    Case("b11-capacity-of-datacenter-only", only_in_datacenter(f1(3), "dc1", "100Gi"),
         only_in_datacenter(f1(3), "dc1", "100Gi"), SHOP),
    Case("b11-claims-not-mounted", only_in_datacenter(f1(3), "dc1", "100Gi"),
         only_in_datacenter(f1(3), "dc1", "100Gi"), SHOP, edit=without_mount),
    Case("d68-another-disk", f1(3), f1(3, storageConfigs=ANOTHER_DISK), SHOP),
    Case("d69-decommission-does-not-fit", f1(6), f1(2), SHOP, load=30 << 30),
    Case("x15-other-labels", f1(3), {**f1(3), "metadata": {**f1(3)["metadata"], "labels": {"team": "blue"}}}, SHOP),
    Case("x16-class-cannot-grow", f1(3), f1(3, dataCapacity="200Gi"), SHOP, expandable=False),
    Case("op-cleanup-by-label", f1(3), f1(3), SHOP, labels={"dc1/rack1/1": asked("cleanup")}),
    Case("op-rebuild-without-argument", f3(), f3(), EVERYWHERE, labels={"dc2/rack1/0": asked("rebuild")}),
    Case("op-rebuild-from-dc1", f3(), f3(), EVERYWHERE, labels={"dc2/rack1/0": asked("rebuild", "dc1")}),
    Case("op-wrong-label", f1(3), f1(3, cassandraImage=NEW_IMAGE), SHOP, labels={"dc1/rack1/1": asked("Cleanup")}),
    Case("op-pod-deleted", f1(3), f1(3), SHOP, {"dc1/rack1/1": DOWN}, labels={"dc1/rack1/1": asked("cleanup")}),
    Case("op-paused", f1(3), f1(3), SHOP, labels={"dc1/rack1/1": asked("upgradesstables", status="Paused")}),
    Case("op-window-closed", SIX, cluster({"dc1": (2, THREE)}, cassandraImage=NEW_IMAGE), SHOP3),
    Case("op-unhealthy-node", SIX, cluster({"dc1": (2, THREE)}, cassandraImage=NEW_IMAGE), SHOP3,
         answers={"dc1/rack2/0": [(COMPACTIONS, "PendingTasks", 4711)]}),
    Case("op-approve-before", SIX, cluster({"dc1": (2, THREE)}, cassandraImage=NEW_IMAGE), SHOP3),
    Case("op-approve-after", SIX, cluster({"dc1": (2, THREE)}, cassandraImage=NEW_IMAGE), SHOP3),
    Case("f85-pause-one-kind", SIX, cluster({"dc1": (3, THREE)}, cassandraImage=NEW_IMAGE), SHOP3),
    Case("f87-decommission-while-cleanup-runs", SIX, cluster({"dc1": (1, THREE)}), SHOP3,
         started=[("cleanup", "dc1/rack1/0")], labels={"dc1/rack1/0": asked("cleanup")}, started_from={}),
    Case("f88-grow-and-new-image", SIX, cluster({"dc1": (3, THREE)}, cassandraImage=NEW_IMAGE), SHOP3),
    Case("e74-grow-while-cleanup-is-owed", f1(3), f1(5), SHOP, labels={"dc1/rack1/0": asked("cleanup")}),
]

REPLACE = {"dead_node": "replace"}
HOURS = 7200
OLD_CLUSTER = {"cassplan/cluster-uid": "7c6f1d1e-0000-4000-8000-00000000dead"}

# Rows of what users of operators lost or asked for (docs/asks.md).
ASKS = [
    Case("a01-stale-decommissioned-label", f1(4), f1(3), SHOP,
         labels={"dc1/rack1/3": {"operation-name": "decommission", "operation-status": "Done"}}),
    Case("a02-nobody-answers", f1(3), f1(2), SHOP, keep=[]),
    Case("a03-claim-of-an-older-cluster", f1(3), f1(3), SHOP, {"dc1/rack1/3": LEFTOVER}, {"dc1/rack1": 3},
         claim_marks={"dc1/rack1/3": OLD_CLUSTER}),
    Case("a06-claim-of-the-present-pod", f1(3), f1(3), SHOP, left=["dc1/rack1/2"],
         host_ids={"dc1/rack1/2": uid("host", "second life")}),
    Case("a11-cluster-made-anew-over-old-claims", SIX, SIX, SHOP3,
         {f"dc1/rack{r}/{o}": LEFTOVER for r in (1, 2, 3) for o in (0, 1)}, only_claims=True,
         claim_marks={f"dc1/rack{r}/{o}": OLD_CLUSTER for r in (1, 2, 3) for o in (0, 1)}),
    Case("a12-claim-in-use", f1(3), f1(3), SHOP, {"dc1/rack1/3": GONE}, left=["dc1/rack1/3"],
         mounted_by={"dc1/rack1/3": "rescue"}),
    Case("a15-scaled-before-the-decommission", f1(4), f1(3), SHOP, {"dc1/rack1/3": MISSING}, {"dc1/rack1": 3}, members=True),
    Case("a16-four-to-three", f1(4), f1(3), {"shop": {"dc1": 3}}),
    Case("a17-replace-the-only-replica", SIX, SIX, {"shop": {"dc1": 3}, "once": {"dc1": 1}},
         {"dc1/rack2/1": PENDING}, policy=REPLACE, down={"dc1/rack2/1": HOURS}, members=True),
    Case("c36-one-pod-stuck", SIX, cluster({"dc1": (2, THREE)}, cassandraImage=NEW_IMAGE), SHOP3, {"dc1/rack3/1": DOWN}),
    Case("c37-replace-a-node-stuck-starting", SIX, SIX, SHOP3, {"dc1/rack2/1": DOWN}, policy=REPLACE,
         down={"dc1/rack2/1": HOURS}, members=True),
    Case("c39-scaled-by-hand", f1(4), f1(3), SHOP),
    Case("c41-one-decision-for-a-broken-node", cluster({"dc1": (2, THREE)}, cassandraImage=NEW_IMAGE),
         cluster({"dc1": (2, THREE)}, cassandraImage=NEW_IMAGE), SHOP3, {"dc1/rack2/1": DOWN}, earlier=SIX,
         on_earlier=["dc1/rack2/1"], policy=REPLACE, down={"dc1/rack2/1": HOURS}, members=True),
    Case("c43-scale-down-that-cannot-go-on", f1(4), f1(3), SHOP, {"dc1/rack1/0": DOWN}),
    Case("c45-pending-pod-gets-less-memory", SIX, SIX, SHOP3, {"dc1/rack2/1": PENDING}, members=True,
         earlier=cluster({"dc1": (2, THREE)}, resources=BIGGER), on_earlier=["dc1/rack2/1"]),
    Case("c46-crash-in-a-scale-down", f1(3), f1(3, cassandraImage=NEW_IMAGE), SHOP, {"dc1/rack1/3": GONE}),
    Case("c52-up-again-while-leaving", f1(4), f1(4), SHOP, {"dc1/rack1/3": LEAVING},
         raw_started=[("decommission", "dc1/rack1/3", uid("host", "dc1/rack1/3"), "in_flight")]),
    Case("c53-old-intent-and-new-node", f1(3), f1(3), SHOP,
         raw_started=[("decommission", "dc1/rack1/2", uid("host", "first life"), "in_flight")]),
    Case("c54-decommissioned-and-wanted-again", f1(4), f1(4), SHOP, {"dc1/rack1/3": DECOMMISSIONED}),
    Case("c54-decommissioned-below-others", f1(4), f1(4), SHOP, {"dc1/rack1/1": DECOMMISSIONED}),
    Case("c48-decommission-that-hangs", f1(4), f1(3), SHOP, {"dc1/rack1/3": LEAVING},
         raw_started=[("decommission", "dc1/rack1/3", uid("host", "dc1/rack1/3"), "timed_out")]),
    Case("c57-ghost", SIX, SIX, SHOP3, {"dc1/rack2/2": GHOST}, {"dc1/rack2": 2}, policy=REPLACE,
         down={"dc1/rack2/2": HOURS}),
    Case("d58-rack-lost", SIX, SIX, SHOP3, {"dc1/rack2/0": PENDING, "dc1/rack2/1": PENDING}, policy=REPLACE,
         down={"dc1/rack2/0": HOURS, "dc1/rack2/1": HOURS}, members=True),
    Case("d59-machine-lost-with-its-disk", SIX, SIX, SHOP3, {"dc1/rack1/0": PENDING}, policy=REPLACE,
         down={"dc1/rack1/0": HOURS}, members=True),
    Case("d60-replaced-for-the-second-time", SIX, SIX, SHOP3, {"dc1/rack1/1": PENDING}, policy=REPLACE,
         down={"dc1/rack1/1": HOURS}, members=True, host_ids={"dc1/rack1/1": uid("host", "second life")},
         quarantined={"dc1/rack1/1": uid("host", "dc1/rack1/1")}),
    Case("d61-broken-node-and-no-policy", SIX, SIX, SHOP3, {"dc1/rack3/0": DOWN}, down={"dc1/rack3/0": HOURS},
         members=True),
    Case("d61-only-just-down", SIX, SIX, SHOP3, {"dc1/rack3/0": DOWN}, members=True),
    Case("d62-all-down", SIX, SIX, SHOP3, {f"dc1/rack{r}/{o}": DOWN for r in (1, 2, 3) for o in (0, 1)}, members=True),
    Case("d63-crossed-addresses", SIX, SIX, SHOP3, {"dc1/rack1/0": DOWN, "dc1/rack2/0": DOWN}, members=True,
         swapped={"dc1/rack1/0": "dc1/rack2/0", "dc1/rack2/0": "dc1/rack1/0"}),
    Case("d64-pod-that-does-not-come-back", SIX, SIX, SHOP3, {"dc1/rack2/1": PENDING}, policy=REPLACE,
         down={"dc1/rack2/1": 600}, members=True),
    Case("x17-all-pods-lost", SIX, SIX, SHOP3, {f"dc1/rack{r}/{o}": MISSING for r in (1, 2, 3) for o in (0, 1)},
         {"dc1/rack1": 0, "dc1/rack2": 0, "dc1/rack3": 0}, members=True),
]

# More of them: datacenters, racks and replication.
TOPOLOGY = [
    Case("a08-same-name-another-cluster", f1(3), f1(4), SHOP, edit=owned_by_another),
    Case("a10-datacenter-with-data-removed", f3(), f3(dc2=None), EVERYWHERE),
    Case("a13-volumes-are-kept", f1(4), f1(3), SHOP, policy={"on_remove": "retain"}),
    Case("b19-one-rack-after-the-other", SIX, cluster({"dc1": (2, THREE)}, resources=BIGGER), SHOP3),
    Case("b20-annotations-of-all-racks", SIX, with_annotations(cluster({"dc1": (2, THREE)}), team="blue"), SHOP3),
    Case("b23-not-seen-by-its-peers", cluster({"dc1": (2, THREE)}, cassandraImage=NEW_IMAGE),
         cluster({"dc1": (2, THREE)}, cassandraImage=NEW_IMAGE), SHOP3, {"dc1/rack1/0": UNSEEN}, earlier=SIX,
         on_earlier=["dc1/rack1/1", "dc1/rack2/0", "dc1/rack2/1", "dc1/rack3/0", "dc1/rack3/1"],
         raw_started=[("restart_node", "dc1/rack1/0", uid("host", "dc1/rack1/0"), "in_flight")]),
    Case("b24-three-changes-one-restart", SIX,
         with_annotations(cluster({"dc1": (2, THREE)}, resources=BIGGER, cassandraImage=NEW_IMAGE), team="blue"), SHOP3),
    Case("b30-one-datacenter-after-the-other", cluster({"dc1": (1, THREE), "dc2": (1, THREE)}),
         cluster({"dc1": (1, THREE), "dc2": (1, THREE)}, cassandraImage=NEW_IMAGE), {"shop": {"dc1": 3, "dc2": 3}}),
    Case("b32-datacenter-not-reachable", cluster({"dc1": (1, THREE), "dc2": (1, THREE)}),
         cluster({"dc1": (1, THREE), "dc2": (1, THREE)}), {"shop": {"dc1": 3, "dc2": 3}},
         {f"dc2/rack{r}/0": DOWN for r in (1, 2, 3)}, members=True,
         down={f"dc2/rack{r}/0": HOURS for r in (1, 2, 3)}),
    Case("b33-datacenter-of-somebody-else", f1(3), f1(4), {"shop": {"dc1": 3, "old": 2}},
         {f"old/rack1/{i}": OUTSIDE for i in range(2)}, replicas={}),
    Case("c38-down-to-the-last-node", f3(dc2=1), f3(dc2=0), NOT_DC2),
    Case("c47-system-keyspaces-are-left", f3(dc2=2), f3(dc2=0), NOT_DC2, auth={"dc1": 2, "dc2": 2, "dc3": 1}),
    Case("c50-new-cluster", cluster({"dc1": (2, THREE)}), cluster({"dc1": (2, THREE)}), {},
         {slot: GHOST for slot in SIX_SLOTS}, keep=[], edit=only_the_cluster),
    Case("g89-seeds-of-a-new-rack", cluster({"dc1": (2, TWO)}, autoUpdateSeedList=True),
         cluster({"dc1": (2, THREE)}, autoUpdateSeedList=True), {"shop": {"dc1": 2}}),
    Case("x03-scale-down-while-joining", f1(3), f1(2), SHOP, {"dc1/rack1/2": JOINING}),
    Case("x08-two-datacenters-to-zero", f3(), f3(dc2=0, dc3=0), {"shop": {"dc1": 2}}),
    Case("x11-fewer-nodes-than-replicas", f1(3), f1(2), SHOP3),
    Case("x12-dc1-and-dc10", cluster(TEN), cluster({"dc1": (2, ONE), "dc10": (0, ONE)}), SHOP),
    Case("x20-two-clusters-in-a-namespace", f1(3), f1(2), SHOP, edit=with_a_neighbour),
]

LOCAL = {"clients_are_dc_local": True}
TWO_SHAPES = {"dc1": (2, THREE), "dc2": (1, THREE)}
BOTH3 = {"shop": {"dc1": 3, "dc2": 3}}
AUTH3 = {"system_auth": {"dc1": 3, "dc2": 3}}

# spec.keyspaces: the CassandraCluster says how keyspaces replicate.
KEYSPACES = [
    Case("ks-add-datacenter", SIX, cluster(TWO_SHAPES, keyspaces={**BOTH3, **AUTH3}, policy=LOCAL), SHOP3),
    Case("ks-add-datacenter-clients-not-known", SIX, cluster(TWO_SHAPES, keyspaces=BOTH3), SHOP3),
    Case("ks-remove-datacenter", cluster(TWO_SHAPES), cluster({"dc1": (2, THREE)}, policy=LOCAL,
                                                              keyspaces={"shop": {"dc1": 3}, "system_auth": {"dc1": 3}}),
         BOTH3),
    Case("ks-remove-datacenter-repaired-before", cluster(TWO_SHAPES),
         cluster({"dc1": (2, THREE)}, keyspaces={"shop": {"dc1": 3}}, policy={**LOCAL, "repair": {"enabled": True}}),
         BOTH3),
    Case("ks-remove-datacenter-one-not-listed", cluster(TWO_SHAPES),
         cluster({"dc1": (2, THREE)}, keyspaces={"shop": {"dc1": 3}}, policy=LOCAL), {**BOTH3, "stock": {"dc1": 3, "dc2": 1}}),
    Case("ks-more-replicas-than-nodes", SIX, cluster(TWO_SHAPES, keyspaces={"shop": {"dc1": 3, "dc2": 4}}, policy=LOCAL),
         SHOP3),
    Case("ks-more-replicas", SIX, cluster({"dc1": (2, THREE)}, keyspaces={"shop": {"dc1": 3}},
                                          policy={"repair": {"enabled": True}}), {"shop": {"dc1": 1}}),
    Case("ks-fewer-replicas", SIX, cluster({"dc1": (2, THREE)}, keyspaces={"shop": {"dc1": 2}}), SHOP3),
]

def with_partition(cr, **racks):
    """rollingPartition of racks of the first datacenter: slots below it keep the template that they have."""
    for rack in cr["spec"]["topology"]["dc"][0]["rack"]:
        rack["rollingPartition"] = racks[rack["name"]]
    return cr


TWO_OF_50 = {"dc1": (1, THREE), "dc2": (1, THREE)}
THREE_EACH = cluster({"dc1": (3, THREE)})

# What was missing of the rows.
MORE = [
    Case("a18-cleanup-asked-while-a-node-joins", f1(3), f1(4), SHOP, {"dc1/rack1/3": JOINING}, {"dc1/rack1": 4},
         started=[("start_node", "dc1/rack1/3")], started_from={}, labels={"dc1/rack1/0": asked("cleanup")}),
    Case("b12-datacenter-without-racks", f1(3), cluster({"dc1": (3, ONE), "dc2": (1, [])}), SHOP),
    Case("b13-claims-of-nobody", SIX, SIX, SHOP3, {slot: LEFTOVER for slot in SIX_SLOTS}, only_claims=True),
    Case("e70-a-rack-at-once", THREE_EACH, cluster({"dc1": (3, THREE)}, cassandraImage=NEW_IMAGE), SHOP3,
         policy={"rack_width": 3}, edit=parallel),
    Case("f84-one-canary-node", SIX, with_partition(cluster({"dc1": (2, THREE)}, cassandraImage=NEW_IMAGE), rack1=1,
                                                    rack2=2, rack3=2), SHOP3),
    Case("g91-datacenter-leaves-50", cluster(TWO_OF_50, cassandraImage=NEW_RELEASE),
         cluster({"dc1": (1, THREE)}, cassandraImage=NEW_RELEASE, policy=LOCAL,
                 keyspaces={"shop": {"dc1": 3}, "system_auth": {"dc1": 3}}), BOTH3),
    Case("g92-repairs-and-a-scale-down", THREE_EACH, cluster({"dc1": (2, THREE)}), SHOP3,
         policy={"repair": {"enabled": True}}),
    Case("x13-six-cleanups-asked", SIX, SIX, SHOP3, labels={slot: asked("cleanup") for slot in SIX_SLOTS},
         policy={"operations_parallel": 2}),
]

# Changes of one thing in what CassKop left: folder, what stands in the source's cluster.yaml, what stands there instead.
SCALED_UP = "../../data/kubernetes/02-scaled-up"
ADOPTED = [
    ("adopt-01-created", "../../data/kubernetes/01-created", "", ""),
    ("adopt-02-scaled-up", SCALED_UP, "", ""),
    ("adopt-03-scaled-down", "../../data/kubernetes/03-scaled-down", "", ""),
    ("adopt-02-image", SCALED_UP, "cassandraImage: cassandra:3.11\n", "cassandraImage: cassandra:3.11.17\n"),
    ("adopt-02-grow", SCALED_UP, "nodesPerRacks: 2\n", "nodesPerRacks: 3\n"),
    ("adopt-02-shrink", SCALED_UP, "nodesPerRacks: 2\n", "nodesPerRacks: 1\n"),
    ("adopt-02-resources", SCALED_UP, "memory: 2Gi", "memory: 3Gi"),
    ("adopt-02-config", SCALED_UP, "    jvm-options:\n", "    cassandra-yaml:\n      concurrent_writes: 64\n    jvm-options:\n"),
    ("adopt-02-rolling-restart", SCALED_UP, "    - name: dc1\n      nodesPerRacks: 2\n      rack:\n      - name: rack1\n",
     "    - name: dc1\n      nodesPerRacks: 2\n      rack:\n      - name: rack1\n        rollingRestart: true\n"),
    ("adopt-02-max-pod-unavailable", SCALED_UP, "maxPodUnavailable: 1\n", "maxPodUnavailable: 2\n"),
    ("adopt-02-comment", SCALED_UP, "spec:\n", "spec:  # reviewed, and left as it is\n"),
]

NINE = cluster({"dc1": (3, THREE)})

# Stories below examples/clusters.
EXAMPLES = [
    Case("rolling-update", NINE, cluster({"dc1": (3, THREE)}, cassandraImage=NEW_IMAGE), SHOP3),
    Case("grow", SIX, NINE, SHOP3),
    Case("shrink-and-new-image", NINE, cluster({"dc1": (2, THREE)}, cassandraImage=NEW_IMAGE), SHOP3),
    Case("add-datacenter", SIX, cluster({"dc1": (2, THREE), "dc2": (2, THREE)}), SHOP3),
    Case("scale-to-zero-refused", cluster({"dc1": (2, THREE), "dc2": (1, THREE)}),
         cluster({"dc1": (2, THREE), "dc2": (0, THREE)}), {"shop": {"dc1": 3, "dc2": 3}, "logs": {"dc1": 3}}),
    Case("one-node-down", NINE, cluster({"dc1": (3, THREE)}, cassandraImage=NEW_IMAGE), SHOP3, {"dc1/rack2/1": DOWN}),
    Case("two-racks", cluster({"dc1": (4, TWO)}), cluster({"dc1": (4, TWO)}, cassandraImage=NEW_IMAGE), SHOP3),
    Case("new-cluster", None, NINE, {}),
]


def write_adopted(folder, source, old, new):
    write(f"{folder}/source", source + "\n")
    if not new:
        return
    with open(f"{folder}/{source}/cluster.yaml", encoding="utf-8") as file:
        text = file.read()
    if old not in text:
        raise SystemExit(f"{folder}: {source}/cluster.yaml has no {old!r}")
    write(f"{folder}/desired.yaml", text.replace(old, new))


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    command, wanted = os.path.abspath(sys.argv[1]), set(sys.argv[2:])
    for root, cases in ((here, GOLDEN + ASKS + TOPOLOGY + KEYSPACES + MORE), (f"{here}/../../examples/clusters", EXAMPLES)):
        for case in cases:
            if not wanted or case.folder in wanted:
                case.write_files(command, os.path.normpath(root))
    for name, source, old, new in ADOPTED:
        if not wanted or name in wanted:
            write_adopted(f"{here}/{name}", source, old, new)


if __name__ == "__main__":
    main()
