"""The messages of the schema. Made by generate_model.py from include/cassplan/v1/*.proto; do not edit."""
from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, Mapping

from cassplan._message import Field, Message
from cassplan._more import PlanResponseMore

__all__ = [
    "Action",
    "ActionKind",
    "ActionResult",
    "Approval",
    "Capabilities",
    "ChangedAction",
    "ChangedHeld",
    "CleanupOwed",
    "Condition",
    "ConsistencyLevel",
    "Cost",
    "DatacenterReplication",
    "DeadNodePolicy",
    "Desired",
    "DesiredChanged",
    "DesiredDatacenter",
    "DesiredEdit",
    "DesiredRack",
    "DiffRequest",
    "DiskPolicy",
    "Effect",
    "ErrorDetails",
    "ExplainRequest",
    "Explanation",
    "ExplanationItem",
    "ExplanationKind",
    "Finding",
    "FindingLevel",
    "FinishedOperation",
    "FirstSeenDown",
    "HealthPolicy",
    "Held",
    "HeldSince",
    "Horizon",
    "Impact",
    "InputProblem",
    "IntolerantPolicy",
    "InventoryFacts",
    "Keyspace",
    "KeyspacePolicy",
    "KnownMember",
    "LastRepair",
    "Ledger",
    "LedgerStored",
    "LeftMember",
    "LibraryInfo",
    "Location",
    "NodeFacts",
    "NodeMode",
    "ObjectFacts",
    "Observed",
    "OnRemove",
    "OperationState",
    "OperationStatus",
    "Outcome",
    "PausedKind",
    "Peer",
    "PeerMovement",
    "PeerState",
    "Permit",
    "PermitKind",
    "Plan",
    "PlanDifference",
    "PlanMode",
    "PlanRequest",
    "PlanResponse",
    "PlanViolation",
    "Policy",
    "Pool",
    "QuarantinedVolume",
    "RackFacts",
    "Reason",
    "RebuildOwed",
    "ReconcileCheckpoint",
    "ReconcileEffect",
    "ReconcileEvent",
    "ReconcilePhase",
    "ReconcilerConfig",
    "ReconcilerEffects",
    "ReconcilerStep",
    "Refusal",
    "RenderRequest",
    "RepairFacts",
    "RepairPolicy",
    "RepairedTable",
    "Report",
    "ReportStatus",
    "RequestedOperation",
    "ResultState",
    "Reversibility",
    "SchemaFacts",
    "Section",
    "SeedFacts",
    "SharedObject",
    "SimulatedPlanner",
    "SimulationBar",
    "SimulationDisk",
    "SimulationEvent",
    "SimulationRequest",
    "SimulationResult",
    "SimulationSample",
    "SimulationVerdict",
    "SimulationViolation",
    "SlotFacts",
    "SnapshotTaken",
    "SourceFile",
    "Sources",
    "SourcesRead",
    "StartAction",
    "StartedAction",
    "StartedState",
    "StateChange",
    "StoreLedger",
    "Target",
    "Template",
    "TemplateSection",
    "TimePolicy",
    "UpgradeOwed",
    "Validation",
    "VerifyCheckpoint",
    "VerifyRequest",
    "VerifyResponse",
    "ViewFacts",
    "Volume",
    "VolumeContents",
    "VolumeFacts",
    "VolumeGrown",
    "Waiver",
    "Window",
    "Withdrawn",
]

#: The closed set of things that a plan may contain. docs/actions/<name>.md has a page for each.
ActionKind = Literal[
    "unspecified",
    "create_cluster_objects",
    "update_cluster_objects",
    "create_rack",
    "update_rack",
    "set_seeds",
    "grant_start",
    "start_node",
    "drain",
    "restart_node",
    "decommission",
    "shrink_rack",
    "delete_volume",
    "quarantine_volume",
    "delete_rack",
    "recreate_rack",
    "grow_volume",
    "remove_node",
    "assassinate",
    "replace_node",
    "rebuild",
    "cleanup",
    "stop_compaction",
    "upgrade_sstables",
    "scrub",
    "compact",
    "flush",
    "garbage_collect",
    "alter_keyspace",
    "repair",
    "pause_repairs",
    "resume_repairs",
    "take_snapshot",
    "clear_snapshot",
    "backup",
    "delete_backup",
    "restore",
]

#: A consistency level that clients of a keyspace use. Only levels that a loss of replicas can break are listed.
# Source: org.apache.cassandra.db.ConsistencyLevel.
ConsistencyLevel = Literal[
    "unspecified",
    "one",
    "two",
    "three",
    "quorum",
    "all",
    "local_quorum",
    "each_quorum",
    "serial",
    "local_serial",
    "local_one",
]

DeadNodePolicy = Literal[
    "unspecified",
    "wait",
    "replace",
    "remove",
]

ExplanationKind = Literal[
    "unspecified",
    "what",
    "why",
    "why_not_now",
    "since",
    "waits_for",
    "needed_by",
    "finding",
]

FindingLevel = Literal[
    "unspecified",
    "note",
    "warning",
    "error",
]

Horizon = Literal[
    "unspecified",
    "ready",
    "complete",
]

IntolerantPolicy = Literal[
    "unspecified",
    "report",
    "hold",
]

#: OperationMode of org.apache.cassandra.db:type=StorageService, and what 5.0 adds.
NodeMode = Literal[
    "unspecified",
    "starting",
    "normal",
    "joining",
    "leaving",
    "decommissioned",
    "moving",
    "draining",
    "drained",
    "decommission_failed",
    "joining_failed",
]

OnRemove = Literal[
    "unspecified",
    "delete",
    "retain",
]

OperationState = Literal[
    "unspecified",
    "waiting",
    "ready",
    "running",
    "held",
    "paused",
    "refused",
    "done",
    "failed",
]

#: Will this finish without a person? Worst first.
Outcome = Literal[
    "unspecified",
    "invalid",
    "refused",
    "blocked",
    "planned",
    "in_progress",
    "converged",
]

PeerMovement = Literal[
    "unspecified",
    "joining",
    "leaving",
    "moving",
    "left",
    "removing",
]

#: State of a member as other nodes see it.
PeerState = Literal[
    "unspecified",
    "up",
    "down",
]

PermitKind = Literal[
    "unspecified",
    "bootstrap",
    "replace",
    "join_without_streaming",
]

PlanMode = Literal[
    "unspecified",
    "plan",
    "approve",
    "auto",
]

ReconcilePhase = Literal[
    "unspecified",
    "waiting",
    "observing",
    "storing",
    "checking",
    "withdrawing",
]

ReportStatus = Literal[
    "unspecified",
    "ok",
    "failed",
]

ResultState = Literal[
    "unspecified",
    "succeeded",
    "failed",
]

Reversibility = Literal[
    "unspecified",
    "reversible",
    "until_started",
    "irreversible",
]

SimulatedPlanner = Literal[
    "unspecified",
    "cassplan",
    "naive",
]

SimulationVerdict = Literal[
    "unspecified",
    "converged",
    "blocked",
    "refused",
    "unfinished",
    "violation",
]

StartedState = Literal[
    "unspecified",
    "in_flight",
    "failed",
    "timed_out",
    "succeeded",
]

VolumeContents = Literal[
    "unspecified",
    "empty",
    "member",
]


@dataclass(frozen=True)
class Action(Message):
    """Message Action of the schema."""
    #: hash(kind, slot or host id, goal): equal across re-plans. With attempt and start it is the idempotence key
    # (StartAction).
    id: str = ""
    kind: ActionKind = "unspecified"
    target: Target | None = None
    #: template revision | request uid | the ring that the plan ends with
    goal: str = ""
    reason: Reason | None = None
    #: Ids of actions and sections that must be done before the start. ("requires" is a word of C++20)
    requires_ids: tuple[str, ...] = ()
    #: Sections that it is a member of (COMPLETE only: what is ready is in section 0 of all it claims).
    sections: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()
    #: may start now
    ready: bool = False
    not_before_seconds: int = 0
    preconditions: tuple[Condition, ...] = ()
    done_when: tuple[Condition, ...] = ()
    abort_when: tuple[Condition, ...] = ()
    effects: tuple[Effect, ...] = ()
    #: nodes that it takes away while it runs
    disrupts: int = 0
    reversibility: Reversibility = "unspecified"
    cost: Cost | None = None
    #: what a person would run
    manual: str = ""
    #: how a person sees that it worked
    verify: str = ""
    way_back: str = ""
    timeout_seconds: int = 0
    #: actions of one unit are in the plan all or none
    unit: str = ""
    #: the node starts on another Cassandra release
    release_changes: bool = False
    #: rebuild: where data comes from; alter_keyspace: the same, where it brings the first replicas and rebuilds
    # follow.
    source_datacenter: str = ""
    #: alter_keyspace, rebuild: the new factor in target.datacenter
    replication_factor: int = 0
    #: 1, or more after failures
    attempt: int = 0
    #: what create_rack, update_rack and restart_node bring
    template_revision: str = ""
    restart_token: str = ""
    #: guards that a waiver let it pass
    waivers: tuple[str, ...] = ()
    #: decommission: Cassandra's own replication check is skipped; the reason says why
    force: bool = False
    #: from now, display only
    forecast_start_seconds: int = 0
    forecast_finish_seconds: int = 0
    #: the operation on request that it carries out
    request_uid: str = ""
    #: operations: only these; empty: all that apply
    keyspaces: tuple[str, ...] = ()
    #: grow_volume, recreate_rack: the new capacity
    capacity_bytes: int = 0
    #: recreate_rack
    storage_class: str = ""
    #: take_snapshot, clear_snapshot: its name
    snapshot: str = ""
    #: start_node, replace_node, grant_start: what the start is permitted to do.
    permit: PermitKind = "unspecified"
    #: replace_node, remove_node, assassinate
    replaced_host_id: str = ""
    replaced_address: str = ""
    #: delete_volume, quarantine_volume, grow_volume: the volume's name
    volume: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "id": Field(""),
        "kind": Field("unspecified"),
        "target": Field(None, message="Target"),
        "goal": Field(""),
        "reason": Field(None, message="Reason"),
        "requires_ids": Field("", repeated=True),
        "sections": Field("", repeated=True),
        "pools": Field("", repeated=True),
        "ready": Field(False),
        "not_before_seconds": Field(0),
        "preconditions": Field(None, message="Condition", repeated=True),
        "done_when": Field(None, message="Condition", repeated=True),
        "abort_when": Field(None, message="Condition", repeated=True),
        "effects": Field(None, message="Effect", repeated=True),
        "disrupts": Field(0),
        "reversibility": Field("unspecified"),
        "cost": Field(None, message="Cost"),
        "manual": Field(""),
        "verify": Field(""),
        "way_back": Field(""),
        "timeout_seconds": Field(0),
        "unit": Field(""),
        "release_changes": Field(False),
        "source_datacenter": Field(""),
        "replication_factor": Field(0),
        "attempt": Field(0),
        "template_revision": Field(""),
        "restart_token": Field(""),
        "waivers": Field("", repeated=True),
        "force": Field(False),
        "forecast_start_seconds": Field(0),
        "forecast_finish_seconds": Field(0),
        "request_uid": Field(""),
        "keyspaces": Field("", repeated=True),
        "capacity_bytes": Field(0),
        "storage_class": Field(""),
        "snapshot": Field(""),
        "permit": Field("unspecified"),
        "replaced_host_id": Field(""),
        "replaced_address": Field(""),
        "volume": Field(""),
    }


@dataclass(frozen=True)
class ActionResult(Message):
    """Message ActionResult of the schema."""
    id: str = ""
    attempt: int = 0
    state: ResultState = "unspecified"
    message: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "id": Field(""),
        "attempt": Field(0),
        "state": Field("unspecified"),
        "message": Field(""),
    }


@dataclass(frozen=True)
class Approval(Message):
    """A person read a plan and lets it start (policy.mode approve). It binds to the desired cluster without its
    operations, to the policy, and to the actions that the plan had: plan_fingerprint is made of them. With
    `action_ids`, the ids of all actions of that plan, it stays good while the plan is carried out: whatever of them
    is not done yet may start, and an action that is none of them waits for an approval of its own. Without, it is
    good only as long as the plan is the very same, so that the first action that is done ends it."""
    #: PlanResponse.plan_fingerprint
    plan_fingerprint: str = ""
    action_ids: tuple[str, ...] = ()
    by: str = ""
    at_seconds: int = 0

    _fields: ClassVar[Mapping[str, Field]] = {
        "plan_fingerprint": Field(""),
        "action_ids": Field("", repeated=True),
        "by": Field(""),
        "at_seconds": Field(0),
    }


@dataclass(frozen=True)
class Capabilities(Message):
    """What the executor can do. A plan that needs another kind is BLOCKED there, with the manual command as remedy."""
    #: Empty: every kind.
    kinds: tuple[ActionKind, ...] = ()

    _fields: ClassVar[Mapping[str, Field]] = {
        "kinds": Field("unspecified", repeated=True),
    }


@dataclass(frozen=True)
class ChangedAction(Message):
    """Message ChangedAction of the schema."""
    before: Action | None = None
    after: Action | None = None
    fields: tuple[str, ...] = ()

    _fields: ClassVar[Mapping[str, Field]] = {
        "before": Field(None, message="Action"),
        "after": Field(None, message="Action"),
        "fields": Field("", repeated=True),
    }


@dataclass(frozen=True)
class ChangedHeld(Message):
    """Message ChangedHeld of the schema."""
    before: Held | None = None
    after: Held | None = None

    _fields: ClassVar[Mapping[str, Field]] = {
        "before": Field(None, message="Held"),
        "after": Field(None, message="Held"),
    }


@dataclass(frozen=True)
class CleanupOwed(Message):
    """Message CleanupOwed of the schema."""
    #: slot and host id
    target: Target | None = None
    #: fingerprint of the ring (by slots) whose joins made it owe
    since_ring: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "target": Field(None, message="Target"),
        "since_ring": Field(""),
    }


@dataclass(frozen=True)
class Condition(Message):
    """What a fact must be. Re-checked by the executor on a fresh observation just before the start
    (`preconditions`), to see that an action is done (`done_when`, positive evidence only) or must be given up
    (`abort_when`)."""
    #: slot_uid, host_id, member_up, ring_complete, ...: docs/plan-format.md lists them
    fact: str = ""
    subject: Target | None = None
    value: str = ""
    #: older evidence does not count; 0: no limit
    max_age_seconds: int = 0
    #: what was seen when the plan was made
    evidence: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "fact": Field(""),
        "subject": Field(None, message="Target"),
        "value": Field(""),
        "max_age_seconds": Field(0),
        "evidence": Field(""),
    }


@dataclass(frozen=True)
class Cost(Message):
    """For display only."""
    seconds_low: int = 0
    seconds_high: int = 0
    bytes: int = 0

    _fields: ClassVar[Mapping[str, Field]] = {
        "seconds_low": Field(0),
        "seconds_high": Field(0),
        "bytes": Field(0),
    }


@dataclass(frozen=True)
class DatacenterReplication(Message):
    """Replicas of one keyspace in one datacenter. Transient replication ("3/1") is not supported."""
    datacenter: str = ""
    #: [0, 1000]
    replication_factor: int = 0

    _fields: ClassVar[Mapping[str, Field]] = {
        "datacenter": Field(""),
        "replication_factor": Field(0),
    }


@dataclass(frozen=True)
class Desired(Message):
    """Message Desired of the schema."""
    #: Cassandra's cluster name. Required, 1 to 253 bytes.
    cluster: str = ""
    #: Identity of the desired object (Kubernetes: uid of the CassandraCluster). Objects that name another owner are
    # never touched (guard `ownership`). Empty: not known, as for a file that was never applied.
    owner_id: str = ""
    #: Names are unique. Order carries no meaning.
    datacenters: tuple[DesiredDatacenter, ...] = ()
    #: Objects shared by all racks. Order carries no meaning.
    objects: tuple[SharedObject, ...] = ()
    #: Seeds by slot. Empty: whatever the template carries.
    seeds: tuple[Target, ...] = ()
    #: Replication that the user asks for. A keyspace that is not listed is left as it is.
    keyspaces: tuple[Keyspace, ...] = ()
    #: Nodes of one rack that may be disrupted at once when policy does not say (CassKop: spec.maxPodUnavailable).
    # [1, 10000]; 0: unset, means 1.
    max_unavailable: int = 0
    #: Run owed cleanups without asking a person (CassKop: spec.autoPilot). Unset: true.
    auto_cleanup: bool | None = None
    #: Threads for cleanup (CassKop: spec.keyspaceCleanupThreads); 0: Cassandra decides.
    cleanup_threads: int = 0
    #: Operations that a person asked for.
    operations: tuple[RequestedOperation, ...] = ()
    #: Where the user wrote what, so that findings can name file and line. Optional.
    locations: tuple[Location, ...] = ()
    #: Nodes start on an empty volume only with a permit: an init step of the template waits for one when it finds
    # an empty data directory (CassandraCluster: spec.startPermits). Actions that start a node then carry the permit
    # that their executor grants, to that one slot and for its first boot (Action.permit).
    start_permits: bool = False

    _fields: ClassVar[Mapping[str, Field]] = {
        "cluster": Field(""),
        "owner_id": Field(""),
        "datacenters": Field(None, message="DesiredDatacenter", repeated=True),
        "objects": Field(None, message="SharedObject", repeated=True),
        "seeds": Field(None, message="Target", repeated=True),
        "keyspaces": Field(None, message="Keyspace", repeated=True),
        "max_unavailable": Field(0),
        "auto_cleanup": Field(None),
        "cleanup_threads": Field(0),
        "operations": Field(None, message="RequestedOperation", repeated=True),
        "locations": Field(None, message="Location", repeated=True),
        "start_permits": Field(False),
    }


@dataclass(frozen=True)
class DesiredChanged(Message):
    """Also the first event after a start without a checkpoint."""
    desired: Desired | None = None
    policy: Policy | None = None
    capabilities: Capabilities | None = None
    #: The stored ledger; set on the first event, and ignored where the reconciler has one already.
    ledger: Ledger | None = None

    _fields: ClassVar[Mapping[str, Field]] = {
        "desired": Field(None, message="Desired"),
        "policy": Field(None, message="Policy"),
        "capabilities": Field(None, message="Capabilities"),
        "ledger": Field(None, message="Ledger"),
    }


@dataclass(frozen=True)
class DesiredDatacenter(Message):
    """Message DesiredDatacenter of the schema."""
    #: required
    name: str = ""
    racks: tuple[DesiredRack, ...] = ()

    _fields: ClassVar[Mapping[str, Field]] = {
        "name": Field(""),
        "racks": Field(None, message="DesiredRack", repeated=True),
    }


@dataclass(frozen=True)
class DesiredEdit(Message):
    """Message DesiredEdit of the schema."""
    at_seconds: int = 0
    desired: Desired | None = None

    _fields: ClassVar[Mapping[str, Field]] = {
        "at_seconds": Field(0),
        "desired": Field(None, message="Desired"),
    }


@dataclass(frozen=True)
class DesiredRack(Message):
    """Message DesiredRack of the schema."""
    #: required; unique in its datacenter
    name: str = ""
    #: [0, 10000]
    nodes: int = 0
    #: required when nodes > 0
    template: Template | None = None
    #: A person asked for a restart: every node of the rack that was not started with this token is restarted once.
    # Empty: none asked.
    restart_token: str = ""
    #: Canary: slots with an ordinal below this keep their template (CassKop: rollingPartition). >= 0.
    partition: int = 0
    #: the data volume; unset: nodes have no volume of their own
    volume: Volume | None = None
    #: Digest over what of the rack's workload is not in the template and cannot be changed in place; not over what
    # has fields of its own here. A difference needs recreate_rack.
    workload_revision: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "name": Field(""),
        "nodes": Field(0),
        "template": Field(None, message="Template"),
        "restart_token": Field(""),
        "partition": Field(0),
        "volume": Field(None, message="Volume"),
        "workload_revision": Field(""),
    }


@dataclass(frozen=True)
class DiffRequest(Message):
    """cassplan_diff."""
    before: PlanResponse | None = None
    after: PlanResponse | None = None

    _fields: ClassVar[Mapping[str, Field]] = {
        "before": Field(None, message="PlanResponse"),
        "after": Field(None, message="PlanResponse"),
    }


@dataclass(frozen=True)
class DiskPolicy(Message):
    """Message DiskPolicy of the schema."""
    #: Share of a disk that may be used at the end of a movement. [1, 100]; unset: 80.
    max_used_percent: int | None = None
    #: Room kept for compaction, as a share of the data on the node. [0, 100]; unset: 20.
    compaction_headroom_percent: int | None = None
    #: How much more than its even share a node that draws its own tokens may get. [0, 1000]; unset: 50.
    imbalance_percent: int | None = None

    _fields: ClassVar[Mapping[str, Field]] = {
        "max_used_percent": Field(None),
        "compaction_headroom_percent": Field(None),
        "imbalance_percent": Field(None),
    }


@dataclass(frozen=True)
class Effect(Message):
    """Message Effect of the schema."""
    fact: str = ""
    value: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "fact": Field(""),
        "value": Field(""),
    }


@dataclass(frozen=True)
class ErrorDetails(Message):
    """What is wrong with an input that could not be read: everything at once."""
    problems: tuple[InputProblem, ...] = ()

    _fields: ClassVar[Mapping[str, Field]] = {
        "problems": Field(None, message="InputProblem", repeated=True),
    }


@dataclass(frozen=True)
class ExplainRequest(Message):
    """cassplan_explain."""
    request: PlanRequest | None = None
    #: complete
    response: PlanResponse | None = None
    #: An action's id, a kind of action, a guard or rule, a place ("dc1/rack1/0"), a host id, a keyspace.
    what: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "request": Field(None, message="PlanRequest"),
        "response": Field(None, message="PlanResponse"),
        "what": Field(""),
    }


@dataclass(frozen=True)
class Explanation(Message):
    """Message Explanation of the schema."""
    query: str = ""
    #: what the query was understood as
    title: str = ""
    items: tuple[ExplanationItem, ...] = ()

    _fields: ClassVar[Mapping[str, Field]] = {
        "query": Field(""),
        "title": Field(""),
        "items": Field(None, message="ExplanationItem", repeated=True),
    }


@dataclass(frozen=True)
class ExplanationItem(Message):
    """Message ExplanationItem of the schema."""
    kind: ExplanationKind = "unspecified"
    text: str = ""
    remedy: str = ""
    #: in what the user wrote, where it is known
    location: Location | None = None
    #: the action that it speaks of; empty: none in particular
    action_id: str = ""
    #: guard, drift or rule
    rule: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "kind": Field("unspecified"),
        "text": Field(""),
        "remedy": Field(""),
        "location": Field(None, message="Location"),
        "action_id": Field(""),
        "rule": Field(""),
    }


@dataclass(frozen=True)
class Finding(Message):
    """Message Finding of the schema."""
    #: slug: a guard, or a rule of docs/findings.md
    rule: str = ""
    level: FindingLevel = "unspecified"
    message: str = ""
    remedy: str = ""
    location: Location | None = None
    subject: Target | None = None

    _fields: ClassVar[Mapping[str, Field]] = {
        "rule": Field(""),
        "level": Field("unspecified"),
        "message": Field(""),
        "remedy": Field(""),
        "location": Field(None, message="Location"),
        "subject": Field(None, message="Target"),
    }


@dataclass(frozen=True)
class FinishedOperation(Message):
    """Message FinishedOperation of the schema."""
    #: RequestedOperation.uid
    uid: str = ""
    kind: ActionKind = "unspecified"
    target: Target | None = None
    failed: bool = False
    message: str = ""
    at_seconds: int = 0

    _fields: ClassVar[Mapping[str, Field]] = {
        "uid": Field(""),
        "kind": Field("unspecified"),
        "target": Field(None, message="Target"),
        "failed": Field(False),
        "message": Field(""),
        "at_seconds": Field(0),
    }


@dataclass(frozen=True)
class FirstSeenDown(Message):
    """Message FirstSeenDown of the schema."""
    host_id: str = ""
    at_seconds: int = 0
    #: Seen up again, after it was down for longer than hints are kept: a repair is owed. 0: it is still down.
    back_at_seconds: int = 0

    _fields: ClassVar[Mapping[str, Field]] = {
        "host_id": Field(""),
        "at_seconds": Field(0),
        "back_at_seconds": Field(0),
    }


@dataclass(frozen=True)
class HealthPolicy(Message):
    """Stop values: nothing that disturbs a datacenter starts while one of its nodes is past one of them. Guard
    `healthy`. 0: do not look. One that is set here is relied on: while nobody tells the fact of a live node, what
    would disturb its datacenter is held. One that is left out is looked at where the fact is known.  Every node
    tells its pending compactions and dropped mutations. From 4.1 on it tells whether hints wait on it; how many
    bytes wait, how full its disk is and how far its clock is off, it does not tell. Who sets those stop values
    measures them, and writes them into `nodes.json` of the dump, or into NodeFacts of a native observation."""
    #: Unset: 1,000. Told by each node (CompactionManager).
    max_pending_compactions: int | None = None
    #: Bytes of hints that wait on a node for others. Unset: 1 GiB. No hints at all is told by nodes from 4.1 on
    # (PendingHints of HintsService); else `pending_hints_bytes` in nodes.json: what `du -sb` says of the hints
    # directory.
    max_hints_bytes: int | None = None
    #: In the last minute. Unset: 1,000. Told by each node (one-minute rate of the metric DroppedMessage, scope
    # MUTATION).
    max_dropped_mutations: int | None = None
    #: Unset: 500. `clock_skew_ms` in nodes.json: the offset that `chronyc tracking` or `ntpq -p` tells, without its
    # sign.
    max_clock_skew_ms: int | None = None
    #: Unset: 90. `disk_used_bytes` and `disk_capacity_bytes` in nodes.json: what `df -B1` says of the data
    # directory.
    max_disk_used_percent: int | None = None

    _fields: ClassVar[Mapping[str, Field]] = {
        "max_pending_compactions": Field(None),
        "max_hints_bytes": Field(None),
        "max_dropped_mutations": Field(None),
        "max_clock_skew_ms": Field(None),
        "max_disk_used_percent": Field(None),
    }


@dataclass(frozen=True)
class Held(Message):
    """A change that is wanted and may not be made yet."""
    action_id: str = ""
    kind: ActionKind = "unspecified"
    target: Target | None = None
    by: tuple[Refusal, ...] = ()
    #: why the action is wanted
    reason: Reason | None = None
    goal: str = ""
    #: held without a break since then, as far as the ledger tells; 0: not known
    since_seconds: int = 0

    _fields: ClassVar[Mapping[str, Field]] = {
        "action_id": Field(""),
        "kind": Field("unspecified"),
        "target": Field(None, message="Target"),
        "by": Field(None, message="Refusal", repeated=True),
        "reason": Field(None, message="Reason"),
        "goal": Field(""),
        "since_seconds": Field(0),
    }


@dataclass(frozen=True)
class HeldSince(Message):
    """Message HeldSince of the schema."""
    action_id: str = ""
    at_seconds: int = 0

    _fields: ClassVar[Mapping[str, Field]] = {
        "action_id": Field(""),
        "at_seconds": Field(0),
    }


@dataclass(frozen=True)
class Impact(Message):
    """The worst that clients see while the plan runs, per keyspace and datacenter."""
    keyspace: str = ""
    #: empty: over all datacenters (SimpleStrategy)
    datacenter: str = ""
    replication_factor: int = 0
    #: over all ranges and all times
    lowest_replicas_up: int = 0
    #: levels of the policy that fail meanwhile
    failing: tuple[ConsistencyLevel, ...] = ()

    _fields: ClassVar[Mapping[str, Field]] = {
        "keyspace": Field(""),
        "datacenter": Field(""),
        "replication_factor": Field(0),
        "lowest_replicas_up": Field(0),
        "failing": Field("unspecified", repeated=True),
    }


@dataclass(frozen=True)
class InputProblem(Message):
    """Message InputProblem of the schema."""
    location: Location | None = None
    message: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "location": Field(None, message="Location"),
        "message": Field(""),
    }


@dataclass(frozen=True)
class InventoryFacts(Message):
    """Says which lists of the same source are complete: what a complete list does not name is absent."""
    objects_complete: bool = False
    racks_complete: bool = False
    slots_complete: bool = False
    volumes_complete: bool = False

    _fields: ClassVar[Mapping[str, Field]] = {
        "objects_complete": Field(False),
        "racks_complete": Field(False),
        "slots_complete": Field(False),
        "volumes_complete": Field(False),
    }


@dataclass(frozen=True)
class Keyspace(Message):
    """How a keyspace replicates. `strategy` is the class's simple name: NetworkTopologyStrategy, SimpleStrategy,
    LocalStrategy; anything else makes the guard `supported` hold disruptive actions."""
    name: str = ""
    strategy: str = ""
    #: NetworkTopologyStrategy; each datacenter once
    datacenters: tuple[DatacenterReplication, ...] = ()
    #: SimpleStrategy
    replication_factor: int = 0
    #: some factor was written as "n/m": numbers above are then n
    transient_replication: bool = False
    #: smallest gc_grace_seconds of its tables, where known
    gc_grace_seconds: int | None = None

    _fields: ClassVar[Mapping[str, Field]] = {
        "name": Field(""),
        "strategy": Field(""),
        "datacenters": Field(None, message="DatacenterReplication", repeated=True),
        "replication_factor": Field(0),
        "transient_replication": Field(False),
        "gc_grace_seconds": Field(None),
    }


@dataclass(frozen=True)
class KeyspacePolicy(Message):
    """Message KeyspacePolicy of the schema."""
    #: the keyspace
    name: str = ""
    #: Levels that must stay available for it. Empty: Policy.levels.
    levels: tuple[ConsistencyLevel, ...] = ()
    #: Do not protect this keyspace's availability at all. A finding says so in every plan.
    ignore: bool = False

    _fields: ClassVar[Mapping[str, Field]] = {
        "name": Field(""),
        "levels": Field("unspecified", repeated=True),
        "ignore": Field(False),
    }


@dataclass(frozen=True)
class KnownMember(Message):
    """Message KnownMember of the schema."""
    host_id: str = ""
    slot: Target | None = None

    _fields: ClassVar[Mapping[str, Field]] = {
        "host_id": Field(""),
        "slot": Field(None, message="Target"),
    }


@dataclass(frozen=True)
class LastRepair(Message):
    """Message LastRepair of the schema."""
    keyspace: str = ""
    #: empty: all tables of the keyspace
    table: str = ""
    #: the node whose primary ranges were repaired; unset: the whole keyspace
    target: Target | None = None
    at_seconds: int = 0

    _fields: ClassVar[Mapping[str, Field]] = {
        "keyspace": Field(""),
        "table": Field(""),
        "target": Field(None, message="Target"),
        "at_seconds": Field(0),
    }


@dataclass(frozen=True)
class Ledger(Message):
    """Message Ledger of the schema."""
    #: Counts up with every change; the host compares and swaps on it.
    version: int = 0
    #: Largest `now` that was ever given; plan() refuses an earlier one as INVALID.
    now_seconds: int = 0
    started: tuple[StartedAction, ...] = ()
    cleanup_owed: tuple[CleanupOwed, ...] = ()
    last_repairs: tuple[LastRepair, ...] = ()
    first_seen_down: tuple[FirstSeenDown, ...] = ()
    permits: tuple[Permit, ...] = ()
    approvals: tuple[Approval, ...] = ()
    #: Members that were ever seen Up/Normal, so that "all known members" has a meaning when views disagree.
    members: tuple[KnownMember, ...] = ()
    #: Decommissions known to be done, by host id: evidence for volume-last after gossip has forgotten the member.
    left: tuple[LeftMember, ...] = ()
    rebuild_owed: tuple[RebuildOwed, ...] = ()
    #: Operations on request that are over, so that they are not done twice. Dropped once nobody asks any more.
    operations: tuple[FinishedOperation, ...] = ()
    #: Nodes that were started on another release and still have sstables of the one before.
    upgrade_owed: tuple[UpgradeOwed, ...] = ()
    #: Snapshots taken before an upgrade.
    snapshots: tuple[SnapshotTaken, ...] = ()
    #: When a volume was last grown.
    volumes_grown: tuple[VolumeGrown, ...] = ()
    #: Volumes moved out of the way of their slot.
    quarantined: tuple[QuarantinedVolume, ...] = ()
    #: Since when actions are held without a break, for people only: nothing is decided by it. Those held for the
    # longest, at most 1,000.
    held: tuple[HeldSince, ...] = ()

    _fields: ClassVar[Mapping[str, Field]] = {
        "version": Field(0),
        "now_seconds": Field(0),
        "started": Field(None, message="StartedAction", repeated=True),
        "cleanup_owed": Field(None, message="CleanupOwed", repeated=True),
        "last_repairs": Field(None, message="LastRepair", repeated=True),
        "first_seen_down": Field(None, message="FirstSeenDown", repeated=True),
        "permits": Field(None, message="Permit", repeated=True),
        "approvals": Field(None, message="Approval", repeated=True),
        "members": Field(None, message="KnownMember", repeated=True),
        "left": Field(None, message="LeftMember", repeated=True),
        "rebuild_owed": Field(None, message="RebuildOwed", repeated=True),
        "operations": Field(None, message="FinishedOperation", repeated=True),
        "upgrade_owed": Field(None, message="UpgradeOwed", repeated=True),
        "snapshots": Field(None, message="SnapshotTaken", repeated=True),
        "volumes_grown": Field(None, message="VolumeGrown", repeated=True),
        "quarantined": Field(None, message="QuarantinedVolume", repeated=True),
        "held": Field(None, message="HeldSince", repeated=True),
    }


@dataclass(frozen=True)
class LedgerStored(Message):
    """The answer to a `store_ledger` effect."""
    stored: bool = False
    #: Not stored since the stored version was another one: the stored ledger.
    current: Ledger | None = None

    _fields: ClassVar[Mapping[str, Field]] = {
        "stored": Field(False),
        "current": Field(None, message="Ledger"),
    }


@dataclass(frozen=True)
class LeftMember(Message):
    """Message LeftMember of the schema."""
    host_id: str = ""
    slot: Target | None = None
    at_seconds: int = 0

    _fields: ClassVar[Mapping[str, Field]] = {
        "host_id": Field(""),
        "slot": Field(None, message="Target"),
        "at_seconds": Field(0),
    }


@dataclass(frozen=True)
class LibraryInfo(Message):
    """cassplan_capabilities: what this library can do."""
    version: str = ""
    abi_version: int = 0
    #: Plan.format_version
    plan_format_version: str = ""
    #: that plans may contain
    kinds: tuple[ActionKind, ...] = ()
    #: of the C API
    functions: tuple[str, ...] = ()
    #: that cassplan_convert knows
    messages: tuple[str, ...] = ()
    render_formats: tuple[str, ...] = ()
    #: longer inputs are refused
    max_input_bytes: int = 0
    #: deeper nesting is refused
    max_depth: int = 0

    _fields: ClassVar[Mapping[str, Field]] = {
        "version": Field(""),
        "abi_version": Field(0),
        "plan_format_version": Field(""),
        "kinds": Field("unspecified", repeated=True),
        "functions": Field("", repeated=True),
        "messages": Field("", repeated=True),
        "render_formats": Field("", repeated=True),
        "max_input_bytes": Field(0),
        "max_depth": Field(0),
    }


@dataclass(frozen=True)
class Location(Message):
    """A place in what the user wrote. `line` and `column` count from 1; 0 where unknown."""
    file: str = ""
    line: int = 0
    column: int = 0
    #: field path, e.g. spec.topology.dc[0].nodesPerRacks
    path: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "file": Field(""),
        "line": Field(0),
        "column": Field(0),
        "path": Field(""),
    }


@dataclass(frozen=True)
class NodeFacts(Message):
    """What a node says of itself. Subject: datacenter, rack, ordinal of the slot that was asked, and host_id where
    known."""
    host_id: str = ""
    address: str = ""
    mode: NodeMode = "unspecified"
    #: ReleaseVersion
    release: str = ""
    schema_version: str = ""
    #: as its snitch says
    datacenter: str = ""
    rack: str = ""
    #: clients can connect
    native_transport: bool | None = None
    #: ClusterName
    cluster: str = ""
    #: simple class name
    partitioner: str = ""
    snitch: str = ""
    tokens: tuple[int, ...] = ()
    #: live data
    load_bytes: int | None = None
    snapshot_bytes: int | None = None
    disk_capacity_bytes: int | None = None
    disk_used_bytes: int | None = None
    pending_compactions: int | None = None
    running_cleanups: int | None = None
    #: streams in progress
    streams: int | None = None
    pending_hints_bytes: int | None = None
    uncleaned_keyspaces: tuple[str, ...] = ()
    gossip: bool | None = None
    #: in the last minute
    dropped_mutations: int | None = None
    #: against the others, absolute
    clock_skew_ms: int | None = None
    #: sstables of an older format than the node writes; 0: none. Known only where it was counted.
    old_sstables: int | None = None
    #: "CASSANDRA_4", "UPGRADING", "NONE"
    storage_compatibility_mode: str = ""
    #: upgradesstables in progress
    running_upgrades: int | None = None
    #: What the node was told to replace at its start; empty: nothing.
    replacing_host_id: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "host_id": Field(""),
        "address": Field(""),
        "mode": Field("unspecified"),
        "release": Field(""),
        "schema_version": Field(""),
        "datacenter": Field(""),
        "rack": Field(""),
        "native_transport": Field(None),
        "cluster": Field(""),
        "partitioner": Field(""),
        "snitch": Field(""),
        "tokens": Field(0, repeated=True),
        "load_bytes": Field(None),
        "snapshot_bytes": Field(None),
        "disk_capacity_bytes": Field(None),
        "disk_used_bytes": Field(None),
        "pending_compactions": Field(None),
        "running_cleanups": Field(None),
        "streams": Field(None),
        "pending_hints_bytes": Field(None),
        "uncleaned_keyspaces": Field("", repeated=True),
        "gossip": Field(None),
        "dropped_mutations": Field(None),
        "clock_skew_ms": Field(None),
        "old_sstables": Field(None),
        "storage_compatibility_mode": Field(""),
        "running_upgrades": Field(None),
        "replacing_host_id": Field(""),
    }


@dataclass(frozen=True)
class ObjectFacts(Message):
    """A shared object (Kubernetes: Service, PodDisruptionBudget). Subject: name."""
    kind: str = ""
    present: bool = False
    #: digest over the owned fields, made as for SharedObject.revision
    revision: str = ""
    #: who controls it; empty: nobody
    owner_id: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "kind": Field(""),
        "present": Field(False),
        "revision": Field(""),
        "owner_id": Field(""),
    }


@dataclass(frozen=True)
class Observed(Message):
    """Message Observed of the schema."""
    reports: tuple[Report, ...] = ()

    _fields: ClassVar[Mapping[str, Field]] = {
        "reports": Field(None, message="Report", repeated=True),
    }


@dataclass(frozen=True)
class OperationStatus(Message):
    """What becomes of an operation that a person asked for."""
    uid: str = ""
    kind: ActionKind = "unspecified"
    target: Target | None = None
    state: OperationState = "unspecified"
    #: empty: no action was made of it
    action_id: str = ""
    #: one sentence
    reason: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "uid": Field(""),
        "kind": Field("unspecified"),
        "target": Field(None, message="Target"),
        "state": Field("unspecified"),
        "action_id": Field(""),
        "reason": Field(""),
    }


@dataclass(frozen=True)
class PausedKind(Message):
    """Message PausedKind of the schema."""
    #: unspecified: every kind
    kind: ActionKind = "unspecified"
    #: told with what it holds
    reason: str = ""
    #: who paused it
    by: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "kind": Field("unspecified"),
        "reason": Field(""),
        "by": Field(""),
    }


@dataclass(frozen=True)
class Peer(Message):
    """Message Peer of the schema."""
    host_id: str = ""
    address: str = ""
    state: PeerState = "unspecified"
    movement: PeerMovement = "unspecified"
    datacenter: str = ""
    rack: str = ""
    tokens: tuple[int, ...] = ()
    load_bytes: int | None = None
    release: str = ""
    schema_version: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "host_id": Field(""),
        "address": Field(""),
        "state": Field("unspecified"),
        "movement": Field("unspecified"),
        "datacenter": Field(""),
        "rack": Field(""),
        "tokens": Field(0, repeated=True),
        "load_bytes": Field(None),
        "release": Field(""),
        "schema_version": Field(""),
    }


@dataclass(frozen=True)
class Permit(Message):
    """Message Permit of the schema."""
    #: slot and uid
    target: Target | None = None
    kind: PermitKind = "unspecified"
    replaced_host_id: str = ""
    replaced_address: str = ""
    at_seconds: int = 0

    _fields: ClassVar[Mapping[str, Field]] = {
        "target": Field(None, message="Target"),
        "kind": Field("unspecified"),
        "replaced_host_id": Field(""),
        "replaced_address": Field(""),
        "at_seconds": Field(0),
    }


@dataclass(frozen=True)
class Plan(Message):
    """Message Plan of the schema."""
    #: In an order that respects `requires_ids`. Ids are unique.
    actions: tuple[Action, ...] = ()
    sections: tuple[Section, ...] = ()
    pools: tuple[Pool, ...] = ()
    #: "1.0"; a reader refuses another major number and ignores fields that it does not know
    format_version: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "actions": Field(None, message="Action", repeated=True),
        "sections": Field(None, message="Section", repeated=True),
        "pools": Field(None, message="Pool", repeated=True),
        "format_version": Field(""),
    }


@dataclass(frozen=True)
class PlanDifference(Message):
    """Message PlanDifference of the schema."""
    outcome_before: Outcome = "unspecified"
    outcome_after: Outcome = "unspecified"
    added: tuple[Action, ...] = ()
    removed: tuple[Action, ...] = ()
    #: costs, forecasts and evidence do not count
    changed: tuple[ChangedAction, ...] = ()
    #: come at another place among the actions of both plans
    moved_ids: tuple[str, ...] = ()
    #: that were not
    held: tuple[Held, ...] = ()
    #: that were
    released: tuple[Held, ...] = ()
    held_otherwise: tuple[ChangedHeld, ...] = ()
    #: sentences
    impact: tuple[str, ...] = ()
    #: all of it for people
    text: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "outcome_before": Field("unspecified"),
        "outcome_after": Field("unspecified"),
        "added": Field(None, message="Action", repeated=True),
        "removed": Field(None, message="Action", repeated=True),
        "changed": Field(None, message="ChangedAction", repeated=True),
        "moved_ids": Field("", repeated=True),
        "held": Field(None, message="Held", repeated=True),
        "released": Field(None, message="Held", repeated=True),
        "held_otherwise": Field(None, message="ChangedHeld", repeated=True),
        "impact": Field("", repeated=True),
        "text": Field(""),
    }


@dataclass(frozen=True)
class PlanRequest(Message):
    """Bounds: 100,000 members, 10,000 nodes per rack, 1,000 racks, 100 datacenters, 10,000 keyspaces, 1,536 tokens
    per member. A request over a bound is INVALID and says which."""
    #: required
    desired: Desired | None = None
    #: empty: nothing is known
    observed: Observed | None = None
    #: empty: nothing is remembered
    ledger: Ledger | None = None
    #: empty: the default policy
    policy: Policy | None = None
    #: required, > 0
    now_seconds: int = 0
    capabilities: Capabilities | None = None
    horizon: Horizon = "unspecified"

    _fields: ClassVar[Mapping[str, Field]] = {
        "desired": Field(None, message="Desired"),
        "observed": Field(None, message="Observed"),
        "ledger": Field(None, message="Ledger"),
        "policy": Field(None, message="Policy"),
        "now_seconds": Field(0),
        "capabilities": Field(None, message="Capabilities"),
        "horizon": Field("unspecified"),
    }


@dataclass(frozen=True)
class PlanResponse(PlanResponseMore, Message):
    """Message PlanResponse of the schema."""
    outcome: Outcome = "unspecified"
    plan: Plan | None = None
    #: the ledger of the request, settled
    ledger: Ledger | None = None
    held: tuple[Held, ...] = ()
    findings: tuple[Finding, ...] = ()
    #: from now; 0: only when something changes
    next_check_seconds: int = 0
    #: over all input: for bug reports
    request_digest: str = ""
    #: desired + policy + sorted ids: an approval binds to it
    plan_fingerprint: str = ""
    impact: tuple[Impact, ...] = ()
    #: what settling found
    changes: tuple[StateChange, ...] = ()
    #: one sentence
    summary: str = ""
    #: One for each of Desired.operations, in the order of their uids.
    operations: tuple[OperationStatus, ...] = ()

    _fields: ClassVar[Mapping[str, Field]] = {
        "outcome": Field("unspecified"),
        "plan": Field(None, message="Plan"),
        "ledger": Field(None, message="Ledger"),
        "held": Field(None, message="Held", repeated=True),
        "findings": Field(None, message="Finding", repeated=True),
        "next_check_seconds": Field(0),
        "request_digest": Field(""),
        "plan_fingerprint": Field(""),
        "impact": Field(None, message="Impact", repeated=True),
        "changes": Field(None, message="StateChange", repeated=True),
        "summary": Field(""),
        "operations": Field(None, message="OperationStatus", repeated=True),
    }


@dataclass(frozen=True)
class PlanViolation(Message):
    """Message PlanViolation of the schema."""
    #: docs/invariants.md
    invariant: str = ""
    text: str = ""
    #: actions in flight in the state that breaks it
    running: tuple[str, ...] = ()

    _fields: ClassVar[Mapping[str, Field]] = {
        "invariant": Field(""),
        "text": Field(""),
        "running": Field("", repeated=True),
    }


@dataclass(frozen=True)
class Policy(Message):
    """Message Policy of the schema."""
    #: Levels that must stay available for every counted keyspace. Empty: LOCAL_QUORUM and LOCAL_SERIAL.
    levels: tuple[ConsistencyLevel, ...] = ()
    #: Own levels of single keyspaces; names are unique.
    keyspaces: tuple[KeyspacePolicy, ...] = ()
    #: Keyspaces that tolerate no loss of a replica at their level (RF 1, RF 2 at QUORUM).
    intolerant: IntolerantPolicy = "unspecified"
    #: Nodes of one rack that may be disrupted at once. "Whole racks" is a large number: guards still prove every
    # step. [1, 10000]; unset: Desired.max_unavailable.
    rack_width: int | None = None
    #: As rack_width, while a node of another rack is down. Unset: no extra limit.
    degraded_width: int | None = None
    #: Datacenters that may be disrupted at once. [1, 100]; unset: 1.
    max_datacenters: int | None = None
    #: Datacenter whose restarts come first. Empty: by name.
    canary_datacenter: str = ""
    #: Pause between racks of a rolling update. [0, 86400]; unset: 0.
    settle_seconds: int | None = None
    #: A rolling update stops after this many failed restarts. [1, 10000]; unset: 1.
    max_failed_restarts: int | None = None
    #: What happens to the data volume of a node that left.
    on_remove: OnRemove = "unspecified"
    #: Facts older than this are unknown. [1, 86400 * 7]; unset: 300.
    max_evidence_age_seconds: int | None = None
    #: how full disks may get
    disk: DiskPolicy | None = None
    #: repairs that are planned
    repair: RepairPolicy | None = None
    #: Kinds of actions that are not started for now.
    paused: tuple[PausedKind, ...] = ()
    #: guards that one action may pass
    waivers: tuple[Waiver, ...] = ()
    #: how long things take
    times: TimePolicy | None = None
    #: Clients use only their own datacenter; required before a keyspace starts to replicate to a new one.
    clients_are_dc_local: bool | None = None
    #: Drain a node before it is restarted. Unset: true.
    drain: bool | None = None
    #: What happens with the plan. Guard `approval`.
    mode: PlanMode = "unspecified"
    #: Times in which disrupting and moving actions may start. Empty: always. Guard `window`.
    windows: tuple[Window, ...] = ()
    #: stop values of nodes that are not well
    health: HealthPolicy | None = None
    #: What to do about a node that is down and does not come back by itself.
    dead_node: DeadNodePolicy = "unspecified"
    #: How long a node, or a rack with two or more nodes down, is waited for before it is replaced or removed. [0,
    # 86400 * 30]; unset: 3,600. Guard `replace-window`.
    replace_after_seconds: int | None = None
    #: Cassandra's max_hint_window: a node that was down longer owes a repair. [0, 86400 * 30]; unset: 10,800.
    max_hint_window_seconds: int | None = None
    #: Take a snapshot of each node before it starts on another release. Unset: true.
    snapshot_before_upgrade: bool | None = None
    #: Operations on request that run at once, in the whole cluster. [1, 1000]; unset: 1.
    operations_parallel: int | None = None
    #: Volumes of a rack that grow at once after the first has been seen to grow. [1, 10000]; unset: the whole rack.
    grow_width: int | None = None
    #: Least time between two growths of the same volume (cloud disks refuse sooner). [0, 604800]; unset: 21,600.
    grow_cooldown_seconds: int | None = None

    _fields: ClassVar[Mapping[str, Field]] = {
        "levels": Field("unspecified", repeated=True),
        "keyspaces": Field(None, message="KeyspacePolicy", repeated=True),
        "intolerant": Field("unspecified"),
        "rack_width": Field(None),
        "degraded_width": Field(None),
        "max_datacenters": Field(None),
        "canary_datacenter": Field(""),
        "settle_seconds": Field(None),
        "max_failed_restarts": Field(None),
        "on_remove": Field("unspecified"),
        "max_evidence_age_seconds": Field(None),
        "disk": Field(None, message="DiskPolicy"),
        "repair": Field(None, message="RepairPolicy"),
        "paused": Field(None, message="PausedKind", repeated=True),
        "waivers": Field(None, message="Waiver", repeated=True),
        "times": Field(None, message="TimePolicy"),
        "clients_are_dc_local": Field(None),
        "drain": Field(None),
        "mode": Field("unspecified"),
        "windows": Field(None, message="Window", repeated=True),
        "health": Field(None, message="HealthPolicy"),
        "dead_node": Field("unspecified"),
        "replace_after_seconds": Field(None),
        "max_hint_window_seconds": Field(None),
        "snapshot_before_upgrade": Field(None),
        "operations_parallel": Field(None),
        "grow_width": Field(None),
        "grow_cooldown_seconds": Field(None),
    }


@dataclass(frozen=True)
class Pool(Message):
    """Message Pool of the schema."""
    id: str = ""
    #: >= 1
    capacity: int = 0
    #: by actions in flight
    used: int = 0

    _fields: ClassVar[Mapping[str, Field]] = {
        "id": Field(""),
        "capacity": Field(0),
        "used": Field(0),
    }


@dataclass(frozen=True)
class QuarantinedVolume(Message):
    """Message QuarantinedVolume of the schema."""
    #: the slot that it was taken from; name: the volume's name now
    target: Target | None = None
    #: whose data it holds; empty: not known
    host_id: str = ""
    at_seconds: int = 0

    _fields: ClassVar[Mapping[str, Field]] = {
        "target": Field(None, message="Target"),
        "host_id": Field(""),
        "at_seconds": Field(0),
    }


@dataclass(frozen=True)
class RackFacts(Message):
    """The workload of a rack (Kubernetes: StatefulSet). Subject: datacenter, rack, uid."""
    present: bool = False
    #: slots asked of the workload (spec.replicas)
    nodes: int | None = None
    template: Template | None = None
    #: token that the template carries now
    restart_token: str = ""
    workload_revision: str = ""
    owner_id: str = ""
    #: All slots of the rack may be stopped and started at once (podManagementPolicy Parallel). Unset: unknown.
    parallel: bool | None = None
    #: what its volume template asks for
    volume: Volume | None = None
    #: the workload's name
    name: str = ""
    #: Its nodes start on an empty volume only with a permit. Unset: unknown.
    start_permits: bool | None = None

    _fields: ClassVar[Mapping[str, Field]] = {
        "present": Field(False),
        "nodes": Field(None),
        "template": Field(None, message="Template"),
        "restart_token": Field(""),
        "workload_revision": Field(""),
        "owner_id": Field(""),
        "parallel": Field(None),
        "volume": Field(None, message="Volume"),
        "name": Field(""),
        "start_permits": Field(None),
    }


@dataclass(frozen=True)
class Reason(Message):
    """Message Reason of the schema."""
    #: drift or guard slug
    code: str = ""
    #: one sentence for a person
    text: str = ""
    #: field paths that caused it
    paths: tuple[str, ...] = ()

    _fields: ClassVar[Mapping[str, Field]] = {
        "code": Field(""),
        "text": Field(""),
        "paths": Field("", repeated=True),
    }


@dataclass(frozen=True)
class RebuildOwed(Message):
    """What a change of replication left to do on a node. With source_datacenter: its datacenter got its first
    replicas of the keyspace, and the node has not fetched its data yet (rebuild). Without: replicas were added, or
    fetched from another datacenter, and it has not been repaired since (repair)."""
    #: slot and host id
    target: Target | None = None
    keyspace: str = ""
    #: where the data comes from; empty: a repair is owed
    source_datacenter: str = ""
    #: that the ALTER gave the datacenter
    replication_factor: int = 0
    #: since when; 0: not known
    at_seconds: int = 0

    _fields: ClassVar[Mapping[str, Field]] = {
        "target": Field(None, message="Target"),
        "keyspace": Field(""),
        "source_datacenter": Field(""),
        "replication_factor": Field(0),
        "at_seconds": Field(0),
    }


@dataclass(frozen=True)
class ReconcileCheckpoint(Message):
    """All that the reconciler remembers. Losing it is safe; it costs an observation."""
    phase: ReconcilePhase = "unspecified"
    desired: Desired | None = None
    policy: Policy | None = None
    capabilities: Capabilities | None = None
    #: as stored
    ledger: Ledger | None = None
    #: as it shall be stored
    storing: Ledger | None = None
    #: chosen, not started yet
    starting: tuple[StartAction, ...] = ()
    #: not settled yet
    results: tuple[ActionResult, ...] = ()
    #: starts that were given to the host: id and attempt
    delivered: tuple[ActionResult, ...] = ()
    now_seconds: int = 0
    wait_until_seconds: int = 0
    #: something came meanwhile
    replan: bool = False
    outcome: Outcome = "unspecified"
    #: of the last round
    withdrawn: tuple[Withdrawn, ...] = ()

    _fields: ClassVar[Mapping[str, Field]] = {
        "phase": Field("unspecified"),
        "desired": Field(None, message="Desired"),
        "policy": Field(None, message="Policy"),
        "capabilities": Field(None, message="Capabilities"),
        "ledger": Field(None, message="Ledger"),
        "storing": Field(None, message="Ledger"),
        "starting": Field(None, message="StartAction", repeated=True),
        "results": Field(None, message="ActionResult", repeated=True),
        "delivered": Field(None, message="ActionResult", repeated=True),
        "now_seconds": Field(0),
        "wait_until_seconds": Field(0),
        "replan": Field(False),
        "outcome": Field("unspecified"),
        "withdrawn": Field(None, message="Withdrawn", repeated=True),
    }


@dataclass(frozen=True)
class ReconcileEffect(Message):
    """What the host has to do, in the order given. An effect is done at least once: one that was lost with a crash
    comes again, one that comes twice does no harm: (id, attempt, started_at_seconds) names a start."""
    #: observe anew, nothing older than this effect, and answer with `observed`
    observe: bool | None = None
    #: compare and swap, and answer with `ledger_stored`
    store_ledger: StoreLedger | None = None
    #: only ever for an action that the stored ledger has
    start_action: StartAction | None = None
    #: send `timer` then; any other event may come before
    wait_until_seconds: int | None = None

    _fields: ClassVar[Mapping[str, Field]] = {
        "observe": Field(None),
        "store_ledger": Field(None, message="StoreLedger"),
        "start_action": Field(None, message="StartAction"),
        "wait_until_seconds": Field(None),
    }


@dataclass(frozen=True)
class ReconcileEvent(Message):
    """What happened. `now_seconds` is the host's clock; where it runs backwards the reconciler waits until it has
    caught up."""
    now_seconds: int = 0
    desired_changed: DesiredChanged | None = None
    #: the answer to an `observe` effect
    observed: Observed | None = None
    ledger_stored: LedgerStored | None = None
    action_result: ActionResult | None = None
    #: the time of a `wait_until_seconds` effect has come, or somebody asks for a look
    timer: bool | None = None

    _fields: ClassVar[Mapping[str, Field]] = {
        "now_seconds": Field(0),
        "desired_changed": Field(None, message="DesiredChanged"),
        "observed": Field(None, message="Observed"),
        "ledger_stored": Field(None, message="LedgerStored"),
        "action_result": Field(None, message="ActionResult"),
        "timer": Field(None),
    }


@dataclass(frozen=True)
class ReconcilerConfig(Message):
    """cassplan_reconciler_new."""
    #: looks at least so often while something is to be done. [0, 86400]; 0: 10
    poll_seconds: int = 0
    #: and while nothing is. [0, 86400]; 0: 60
    idle_seconds: int = 0
    #: goes on from there; unset: knows nothing yet
    checkpoint: ReconcileCheckpoint | None = None

    _fields: ClassVar[Mapping[str, Field]] = {
        "poll_seconds": Field(0),
        "idle_seconds": Field(0),
        "checkpoint": Field(None, message="ReconcileCheckpoint"),
    }


@dataclass(frozen=True)
class ReconcilerEffects(Message):
    """Message ReconcilerEffects of the schema."""
    #: to be done in this order
    effects: tuple[ReconcileEffect, ...] = ()
    #: of the last plan
    outcome: Outcome = "unspecified"
    #: starts of the last round that did not happen, and why
    withdrawn: tuple[Withdrawn, ...] = ()
    #: fields of `observed` that are not known
    findings: tuple[Finding, ...] = ()
    response: PlanResponse | None = None

    _fields: ClassVar[Mapping[str, Field]] = {
        "effects": Field(None, message="ReconcileEffect", repeated=True),
        "outcome": Field("unspecified"),
        "withdrawn": Field(None, message="Withdrawn", repeated=True),
        "findings": Field(None, message="Finding", repeated=True),
        "response": Field(None, message="PlanResponse"),
    }


@dataclass(frozen=True)
class ReconcilerStep(Message):
    """cassplan_reconciler_step: exactly one of the two."""
    event: ReconcileEvent | None = None
    #: after a restart of the host: what may have been lost
    resume: bool = False
    #: also give the last plan
    with_response: bool = False

    _fields: ClassVar[Mapping[str, Field]] = {
        "event": Field(None, message="ReconcileEvent"),
        "resume": Field(False),
        "with_response": Field(False),
    }


@dataclass(frozen=True)
class Refusal(Message):
    """Message Refusal of the schema."""
    guard: str = ""
    #: what is in the way, with the fact
    text: str = ""
    #: what would release it
    remedy: str = ""
    resources: tuple[str, ...] = ()

    _fields: ClassVar[Mapping[str, Field]] = {
        "guard": Field(""),
        "text": Field(""),
        "remedy": Field(""),
        "resources": Field("", repeated=True),
    }


@dataclass(frozen=True)
class RenderRequest(Message):
    """cassplan_render."""
    request: PlanRequest | None = None
    response: PlanResponse | None = None
    #: one of LibraryInfo.render_formats; empty: text
    format: str = ""
    #: [0, 2]
    verbosity: int = 0
    #: ANSI colours; text only
    color: bool = False
    #: columns, [40, 1000]; 0: 100; text only
    width: int = 0
    #: only what concerns this dc, dc/rack or dc/rack/ordinal; empty: all
    target: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "request": Field(None, message="PlanRequest"),
        "response": Field(None, message="PlanResponse"),
        "format": Field(""),
        "verbosity": Field(0),
        "color": Field(False),
        "width": Field(0),
        "target": Field(""),
    }


@dataclass(frozen=True)
class RepairFacts(Message):
    """Message RepairFacts of the schema."""
    #: repairs in progress in the cluster
    running: int | None = None
    tables: tuple[RepairedTable, ...] = ()

    _fields: ClassVar[Mapping[str, Field]] = {
        "running": Field(None),
        "tables": Field(None, message="RepairedTable", repeated=True),
    }


@dataclass(frozen=True)
class RepairPolicy(Message):
    """Message RepairPolicy of the schema."""
    #: Plan repairs of primary ranges, node by node. Unset: false.
    enabled: bool | None = None
    #: A table is due when its last full repair is older than this. Unset: 7 days. Always capped by
    # gc_grace_seconds.
    interval_seconds: int | None = None
    #: Only these keyspaces; empty: all that replicate more than once.
    keyspaces: tuple[str, ...] = ()
    #: Nodes repairing at once. [1, 1000]; unset: 1.
    parallel: int | None = None

    _fields: ClassVar[Mapping[str, Field]] = {
        "enabled": Field(None),
        "interval_seconds": Field(None),
        "keyspaces": Field("", repeated=True),
        "parallel": Field(None),
    }


@dataclass(frozen=True)
class RepairedTable(Message):
    """Message RepairedTable of the schema."""
    keyspace: str = ""
    table: str = ""
    repaired_at_seconds: int = 0

    _fields: ClassVar[Mapping[str, Field]] = {
        "keyspace": Field(""),
        "table": Field(""),
        "repaired_at_seconds": Field(0),
    }


@dataclass(frozen=True)
class Report(Message):
    """Message Report of the schema."""
    #: "kubernetes", "jolokia", "schema", ...; required
    source: str = ""
    #: when the source said it
    observed_at_seconds: int = 0
    status: ReportStatus = "unspecified"
    #: with FAILED: what the source said
    error: str = ""
    #: what the facts are about
    subject: Target | None = None
    inventory: InventoryFacts | None = None
    object: ObjectFacts | None = None
    rack: RackFacts | None = None
    slot: SlotFacts | None = None
    volume: VolumeFacts | None = None
    node: NodeFacts | None = None
    view: ViewFacts | None = None
    schema: SchemaFacts | None = None
    repairs: RepairFacts | None = None
    seeds: SeedFacts | None = None

    _fields: ClassVar[Mapping[str, Field]] = {
        "source": Field(""),
        "observed_at_seconds": Field(0),
        "status": Field("unspecified"),
        "error": Field(""),
        "subject": Field(None, message="Target"),
        "inventory": Field(None, message="InventoryFacts"),
        "object": Field(None, message="ObjectFacts"),
        "rack": Field(None, message="RackFacts"),
        "slot": Field(None, message="SlotFacts"),
        "volume": Field(None, message="VolumeFacts"),
        "node": Field(None, message="NodeFacts"),
        "view": Field(None, message="ViewFacts"),
        "schema": Field(None, message="SchemaFacts"),
        "repairs": Field(None, message="RepairFacts"),
        "seeds": Field(None, message="SeedFacts"),
    }


@dataclass(frozen=True)
class RequestedOperation(Message):
    """An operation on nodes that a person asked for; `kind` is limited to those that a person may ask for."""
    #: required; the goal in the action's id, so that asking again is a new request
    uid: str = ""
    kind: ActionKind = "unspecified"
    target: Target | None = None
    #: rebuild
    source_datacenter: str = ""
    #: empty: all that apply
    keyspaces: tuple[str, ...] = ()
    requested_by: str = ""
    #: remove_node, assassinate, replace_node: the member by its last address
    address: str = ""
    #: Asked for, and not to be started now (CassKop: operation-status Paused).
    paused: bool = False
    #: 0: not known
    requested_at_seconds: int = 0

    _fields: ClassVar[Mapping[str, Field]] = {
        "uid": Field(""),
        "kind": Field("unspecified"),
        "target": Field(None, message="Target"),
        "source_datacenter": Field(""),
        "keyspaces": Field("", repeated=True),
        "requested_by": Field(""),
        "address": Field(""),
        "paused": Field(False),
        "requested_at_seconds": Field(0),
    }


@dataclass(frozen=True)
class SchemaFacts(Message):
    """The keyspaces of the cluster."""
    keyspaces: tuple[Keyspace, ...] = ()
    #: All keyspaces are listed, with their replication as the schema has it.
    complete: bool = False
    #: Replication was derived from ring ownership: where it equals the datacenter's node count it is only a lower
    # bound.
    derived: bool = False

    _fields: ClassVar[Mapping[str, Field]] = {
        "keyspaces": Field(None, message="Keyspace", repeated=True),
        "complete": Field(False),
        "derived": Field(False),
    }


@dataclass(frozen=True)
class Section(Message):
    """Actions that may run at once, as far as one resource is concerned. Its id stands for "all members are done"."""
    #: <resource>#<number>
    id: str = ""
    resource: str = ""
    #: 0: what is in flight already
    number: int = 0
    #: it has one member that tolerates no other
    alone: bool = False
    #: members; an action lists the sections that it is in
    size: int = 0
    #: number 0: ids of started actions, which are not in Plan.actions
    in_flight: tuple[str, ...] = ()

    _fields: ClassVar[Mapping[str, Field]] = {
        "id": Field(""),
        "resource": Field(""),
        "number": Field(0),
        "alone": Field(False),
        "size": Field(0),
        "in_flight": Field("", repeated=True),
    }


@dataclass(frozen=True)
class SeedFacts(Message):
    """The seed list that nodes are started with now, by slot; order as configured."""
    seeds: tuple[Target, ...] = ()

    _fields: ClassVar[Mapping[str, Field]] = {
        "seeds": Field(None, message="Target", repeated=True),
    }


@dataclass(frozen=True)
class SharedObject(Message):
    """Message SharedObject of the schema."""
    kind: str = ""
    name: str = ""
    #: digest over the owned fields
    revision: str = ""
    #: made when missing, never changed afterwards
    create_only: bool = False

    _fields: ClassVar[Mapping[str, Field]] = {
        "kind": Field(""),
        "name": Field(""),
        "revision": Field(""),
        "create_only": Field(False),
    }


@dataclass(frozen=True)
class SimulationBar(Message):
    """One action or state of a slot over time, for pictures."""
    #: dc/rack/ordinal; empty: the whole cluster
    slot: str = ""
    #: an action's kind, or down
    kind: str = ""
    from_seconds: int = 0
    to_seconds: int = 0
    reason: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "slot": Field(""),
        "kind": Field(""),
        "from_seconds": Field(0),
        "to_seconds": Field(0),
        "reason": Field(""),
    }


@dataclass(frozen=True)
class SimulationDisk(Message):
    """Message SimulationDisk of the schema."""
    at_seconds: int = 0
    slot: str = ""
    used_bytes: int = 0
    capacity_bytes: int = 0

    _fields: ClassVar[Mapping[str, Field]] = {
        "at_seconds": Field(0),
        "slot": Field(""),
        "used_bytes": Field(0),
        "capacity_bytes": Field(0),
    }


@dataclass(frozen=True)
class SimulationEvent(Message):
    """One line of the history."""
    at_seconds: int = 0
    #: start, done, failed, withdrawn, fault, cluster, edit, outcome, violation
    kind: str = ""
    text: str = ""
    subject: Target | None = None

    _fields: ClassVar[Mapping[str, Field]] = {
        "at_seconds": Field(0),
        "kind": Field(""),
        "text": Field(""),
        "subject": Field(None, message="Target"),
    }


@dataclass(frozen=True)
class SimulationRequest(Message):
    """Message SimulationRequest of the schema."""
    #: Desired, observed, policy, ledger, now. The fake cluster starts as `observed` says; what is unknown is taken
    # to be healthy, and the result notes it.
    start: PlanRequest | None = None
    seed: int = 0
    #: Virtual time after which an unfinished run ends. [60, 31,536,000]; 0: three days.
    limit_seconds: int = 0
    #: As `cassplan simulate --fault` takes them; docs/simulate.md has the grammar.
    faults: tuple[str, ...] = ()
    #: So many faults of any kind are drawn from the seed, in the first hour. [0, 1000]
    random_faults: int = 0
    planner: SimulatedPlanner = "unspecified"
    edits: tuple[DesiredEdit, ...] = ()
    #: Virtual time that the cluster must stay converged before the run ends. 0: 300.
    stay_seconds: int = 0

    _fields: ClassVar[Mapping[str, Field]] = {
        "start": Field(None, message="PlanRequest"),
        "seed": Field(0),
        "limit_seconds": Field(0),
        "faults": Field("", repeated=True),
        "random_faults": Field(0),
        "planner": Field("unspecified"),
        "edits": Field(None, message="DesiredEdit", repeated=True),
        "stay_seconds": Field(0),
    }


@dataclass(frozen=True)
class SimulationResult(Message):
    """Message SimulationResult of the schema."""
    verdict: SimulationVerdict = "unspecified"
    summary: str = ""
    violations: tuple[SimulationViolation, ...] = ()
    events: tuple[SimulationEvent, ...] = ()
    bars: tuple[SimulationBar, ...] = ()
    samples: tuple[SimulationSample, ...] = ()
    disks: tuple[SimulationDisk, ...] = ()
    #: The lowest over the run, one for each keyspace and datacenter.
    lowest: tuple[SimulationSample, ...] = ()
    #: at the end
    held: tuple[Held, ...] = ()
    #: errors of the last plan, and what the start was assumed to be
    findings: tuple[Finding, ...] = ()
    #: virtual
    seconds: int = 0
    #: 0: not
    converged_at_seconds: int = 0
    streamed_bytes: int = 0
    #: observe, settle, plan, start, check
    rounds: int = 0
    #: states that were checked
    states: int = 0
    #: started
    actions: int = 0
    #: that took effect
    faults: int = 0
    #: digest of all events: equal seeds give equal ones
    history: str = ""
    #: of the last plan
    outcome: Outcome = "unspecified"
    planner: SimulatedPlanner = "unspecified"
    seed: int = 0
    cluster: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "verdict": Field("unspecified"),
        "summary": Field(""),
        "violations": Field(None, message="SimulationViolation", repeated=True),
        "events": Field(None, message="SimulationEvent", repeated=True),
        "bars": Field(None, message="SimulationBar", repeated=True),
        "samples": Field(None, message="SimulationSample", repeated=True),
        "disks": Field(None, message="SimulationDisk", repeated=True),
        "lowest": Field(None, message="SimulationSample", repeated=True),
        "held": Field(None, message="Held", repeated=True),
        "findings": Field(None, message="Finding", repeated=True),
        "seconds": Field(0),
        "converged_at_seconds": Field(0),
        "streamed_bytes": Field(0),
        "rounds": Field(0),
        "states": Field(0),
        "actions": Field(0),
        "faults": Field(0),
        "history": Field(""),
        "outcome": Field("unspecified"),
        "planner": Field("unspecified"),
        "seed": Field(0),
        "cluster": Field(""),
    }


@dataclass(frozen=True)
class SimulationSample(Message):
    """The fewest replicas up over all ranges of a keyspace in a datacenter, from this time on."""
    at_seconds: int = 0
    keyspace: str = ""
    datacenter: str = ""
    up: int = 0
    #: for its strictest level
    need: int = 0
    replication_factor: int = 0

    _fields: ClassVar[Mapping[str, Field]] = {
        "at_seconds": Field(0),
        "keyspace": Field(""),
        "datacenter": Field(""),
        "up": Field(0),
        "need": Field(0),
        "replication_factor": Field(0),
    }


@dataclass(frozen=True)
class SimulationViolation(Message):
    """Message SimulationViolation of the schema."""
    invariant: str = ""
    text: str = ""
    at_seconds: int = 0

    _fields: ClassVar[Mapping[str, Field]] = {
        "invariant": Field(""),
        "text": Field(""),
        "at_seconds": Field(0),
    }


@dataclass(frozen=True)
class SlotFacts(Message):
    """A slot (Kubernetes: Pod). Subject: datacenter, rack, ordinal, uid."""
    present: bool = False
    ready: bool | None = None
    #: the node's IP; empty: none yet
    address: str = ""
    #: revision that it was started with
    template_revision: str = ""
    restart_token: str = ""
    #: release of its image, where known
    release: str = ""
    being_deleted: bool | None = None
    #: false: waits for a machine
    schedulable: bool | None = None
    #: host it runs on
    machine: str = ""
    machine_cordoned: bool | None = None
    #: restarts of the Cassandra process since the slot was created
    restart_count: int = 0
    #: ImagePullBackOff, CrashLoopBackOff, ...
    waiting_reason: str = ""
    #: the workload that made it, by uid
    owner_id: str = ""
    name: str = ""
    zone: str = ""
    #: false: the machine does not answer; its node may still run
    machine_ready: bool | None = None
    #: Proven not to run any more: the machine is gone, or carries the taint node.kubernetes.io/out-of-service.
    machine_fenced: bool | None = None
    #: Its init step found an empty data directory just now, and waits for a permit (RackFacts.start_permits):
    # Cassandra does not run, and its volume is empty.
    awaits_permit: bool = False

    _fields: ClassVar[Mapping[str, Field]] = {
        "present": Field(False),
        "ready": Field(None),
        "address": Field(""),
        "template_revision": Field(""),
        "restart_token": Field(""),
        "release": Field(""),
        "being_deleted": Field(None),
        "schedulable": Field(None),
        "machine": Field(""),
        "machine_cordoned": Field(None),
        "restart_count": Field(0),
        "waiting_reason": Field(""),
        "owner_id": Field(""),
        "name": Field(""),
        "zone": Field(""),
        "machine_ready": Field(None),
        "machine_fenced": Field(None),
        "awaits_permit": Field(False),
    }


@dataclass(frozen=True)
class SnapshotTaken(Message):
    """Message SnapshotTaken of the schema."""
    target: Target | None = None
    name: str = ""
    #: line that the plan goes to
    release: str = ""
    at_seconds: int = 0

    _fields: ClassVar[Mapping[str, Field]] = {
        "target": Field(None, message="Target"),
        "name": Field(""),
        "release": Field(""),
        "at_seconds": Field(0),
    }


@dataclass(frozen=True)
class SourceFile(Message):
    """One text that somebody collected or wrote. The library opens no file: `name` is for locations and tells the
    parts of a dump apart."""
    name: str = ""
    #: YAML or JSON, recognised by what it holds
    text: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "name": Field(""),
        "text": Field(""),
    }


@dataclass(frozen=True)
class Sources(Message):
    """cassplan_read: what a person has, to be made into a PlanRequest."""
    #: A CassandraCluster (db.orange.com/v2), or a cassplan.v1.Desired. Required.
    desired: SourceFile | None = None
    #: a cassplan.v1.Policy; unset: that of the CassandraCluster, or the default
    policy: SourceFile | None = None
    #: a cassplan.v1.Ledger; unset: nothing is remembered
    ledger: SourceFile | None = None
    #: Exactly one of the three says what is there: an observation, a dump, or that nothing of the cluster exists. a
    # cassplan.v1.Observed
    observed: SourceFile | None = None
    #: Names are relative to the dump's folder: kubernetes.json, jolokia/<pod>.json, schema.json, dump.json.
    dump: tuple[SourceFile, ...] = ()
    new_cluster: bool = False
    #: put before the names of `dump` in locations
    dump_folder: str = ""
    #: When it is; 0: the newest time in what was observed or the ledger. Required where neither tells one.
    now_seconds: int = 0
    horizon: Horizon = "unspecified"

    _fields: ClassVar[Mapping[str, Field]] = {
        "desired": Field(None, message="SourceFile"),
        "policy": Field(None, message="SourceFile"),
        "ledger": Field(None, message="SourceFile"),
        "observed": Field(None, message="SourceFile"),
        "dump": Field(None, message="SourceFile", repeated=True),
        "new_cluster": Field(False),
        "dump_folder": Field(""),
        "now_seconds": Field(0),
        "horizon": Field("unspecified"),
    }


@dataclass(frozen=True)
class SourcesRead(Message):
    """Message SourcesRead of the schema."""
    request: PlanRequest | None = None
    #: What reading found worth telling. They belong to the findings of the plan, after those of the planner.
    findings: tuple[Finding, ...] = ()

    _fields: ClassVar[Mapping[str, Field]] = {
        "request": Field(None, message="PlanRequest"),
        "findings": Field(None, message="Finding", repeated=True),
    }


@dataclass(frozen=True)
class StartAction(Message):
    """Message StartAction of the schema."""
    action: Action | None = None
    attempt: int = 0
    #: When the ledger has it as started. The same action may be due again after it was done once (owed anew, or
    # wanted back and forth), so (id, attempt, started_at_seconds) is what a host does once.
    started_at_seconds: int = 0
    #: By the host's clock: not to be begun after it, since its record is then taken for failed. 0: none.
    deadline_seconds: int = 0

    _fields: ClassVar[Mapping[str, Field]] = {
        "action": Field(None, message="Action"),
        "attempt": Field(0),
        "started_at_seconds": Field(0),
        "deadline_seconds": Field(0),
    }


@dataclass(frozen=True)
class StartedAction(Message):
    """Message StartedAction of the schema."""
    id: str = ""
    kind: ActionKind = "unspecified"
    target: Target | None = None
    #: from 1; (id, attempt, started_at_seconds) is the idempotence key
    attempt: int = 0
    started_at_seconds: int = 0
    deadline_seconds: int = 0
    state: StartedState = "unspecified"
    #: what the executor said
    message: str = ""
    #: as in the action
    source_datacenter: str = ""
    #: the node starts on another release
    release_changes: bool = False
    #: as in the action
    replication_factor: int = 0
    #: as in the action
    goal: str = ""
    #: as in the action
    request_uid: str = ""
    #: as in the action
    replaced_host_id: str = ""
    #: as in the action
    keyspaces: tuple[str, ...] = ()

    _fields: ClassVar[Mapping[str, Field]] = {
        "id": Field(""),
        "kind": Field("unspecified"),
        "target": Field(None, message="Target"),
        "attempt": Field(0),
        "started_at_seconds": Field(0),
        "deadline_seconds": Field(0),
        "state": Field("unspecified"),
        "message": Field(""),
        "source_datacenter": Field(""),
        "release_changes": Field(False),
        "replication_factor": Field(0),
        "goal": Field(""),
        "request_uid": Field(""),
        "replaced_host_id": Field(""),
        "keyspaces": Field("", repeated=True),
    }


@dataclass(frozen=True)
class StateChange(Message):
    """A started action that is over."""
    action_id: str = ""
    #: done | failed | timed_out
    state: str = ""
    text: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "action_id": Field(""),
        "state": Field(""),
        "text": Field(""),
    }


@dataclass(frozen=True)
class StoreLedger(Message):
    """Message StoreLedger of the schema."""
    ledger: Ledger | None = None
    #: of the ledger that is stored now; 0: none is
    expected_version: int = 0

    _fields: ClassVar[Mapping[str, Field]] = {
        "ledger": Field(None, message="Ledger"),
        "expected_version": Field(0),
    }


@dataclass(frozen=True)
class Target(Message):
    """What an action, a report, a finding or a ledger entry is about. Unset fields mean "not limited to one". A
    slot is a place where a node runs: datacenter + rack + ordinal. A member is a host id in the ring. They are kept
    apart on purpose: a slot without a member never joined, a member without a slot is a ghost."""
    datacenter: str = ""
    rack: str = ""
    #: >= 0; with datacenter and rack it names the slot
    ordinal: int | None = None
    #: the member, as Cassandra prints its UUID
    host_id: str = ""
    #: identity of the object that carries the slot (Kubernetes: the Pod's uid)
    uid: str = ""
    keyspace: str = ""
    #: an object's name where none of the above names it
    name: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "datacenter": Field(""),
        "rack": Field(""),
        "ordinal": Field(None),
        "host_id": Field(""),
        "uid": Field(""),
        "keyspace": Field(""),
        "name": Field(""),
    }


@dataclass(frozen=True)
class Template(Message):
    """How a node of a rack is started. The core does not look into it: two templates are the same when their
    revisions are."""
    #: required; digest over the owned fields only
    revision: str = ""
    #: Cassandra's release, e.g. "4.1.10" or "4.1"; empty: not known
    release: str = ""
    #: names are unique; say *what* changed when the revision did
    sections: tuple[TemplateSection, ...] = ()
    #: canonical JSON, opaque
    body: str = ""
    #: storage_compatibility_mode of Cassandra 5.0 and later as the configuration has it: "CASSANDRA_4",
    # "UPGRADING", "NONE"; empty: not known, or a release that does not have it.
    storage_compatibility_mode: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "revision": Field(""),
        "release": Field(""),
        "sections": Field(None, message="TemplateSection", repeated=True),
        "body": Field(""),
        "storage_compatibility_mode": Field(""),
    }


@dataclass(frozen=True)
class TemplateSection(Message):
    """Message TemplateSection of the schema."""
    #: image, config, resources, env, ...
    name: str = ""
    #: short text for people, or a digest
    value: str = ""
    #: field path in what the user wrote
    path: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "name": Field(""),
        "value": Field(""),
        "path": Field(""),
    }


@dataclass(frozen=True)
class TimePolicy(Message):
    """For display and time-outs only; no order ever depends on it."""
    #: 120
    restart_seconds_low: int | None = None
    #: 300
    restart_seconds_high: int | None = None
    #: 120, streaming not counted
    start_seconds: int | None = None
    #: 25,000,000 (200 Mbit/s, Cassandra's default throughput)
    stream_bytes_per_second: int | None = None
    #: 3,600, or twice the estimate where that is more: then an action without its effect has failed
    timeout_seconds: int | None = None

    _fields: ClassVar[Mapping[str, Field]] = {
        "restart_seconds_low": Field(None),
        "restart_seconds_high": Field(None),
        "start_seconds": Field(None),
        "stream_bytes_per_second": Field(None),
        "timeout_seconds": Field(None),
    }


@dataclass(frozen=True)
class UpgradeOwed(Message):
    """Message UpgradeOwed of the schema."""
    #: slot and host id
    target: Target | None = None
    #: line that it runs now, e.g. "5.0"
    release: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "target": Field(None, message="Target"),
        "release": Field(""),
    }


@dataclass(frozen=True)
class Validation(Message):
    """cassplan_validate."""
    #: a plan can be made; `outcome` is neither INVALID nor REFUSED
    legal: bool = False
    #: of planning it; INVALID also when it could not be read
    outcome: Outcome = "unspecified"
    #: errors first where it is not legal
    findings: tuple[Finding, ...] = ()

    _fields: ClassVar[Mapping[str, Field]] = {
        "legal": Field(False),
        "outcome": Field("unspecified"),
        "findings": Field(None, message="Finding", repeated=True),
    }


@dataclass(frozen=True)
class VerifyCheckpoint(Message):
    """What exploring a plan has seen. A state is two numbers: actions begun, actions done, as bits in the order of
    Plan.actions. It belongs to this version of the library: keep it for a pause, not for ever."""
    #: stands for the request, the response and the seed
    of: int = 0
    #: begun, done, begun, done ...
    seen: tuple[int, ...] = ()
    #: those of them that are still to be checked, as positions in `seen`
    open: tuple[int, ...] = ()

    _fields: ClassVar[Mapping[str, Field]] = {
        "of": Field(0),
        "seen": Field(0, repeated=True),
        "open": Field(0, repeated=True),
    }


@dataclass(frozen=True)
class VerifyRequest(Message):
    """cassplan_verify."""
    request: PlanRequest | None = None
    response: PlanResponse | None = None
    #: Bound of the work: states that this call may check. [0, 10000000]; 0: 20,000. When there are more, `complete`
    # is false: what was checked is still proven, and `checkpoint` of the response goes on from there.
    max_states: int = 0
    #: Above this many actions no states are explored; sections and unordered pairs are always checked. [0, 1000];
    # 0: 64.
    max_actions_to_explore: int = 0
    #: Walks with random durations, on top. [0, 10000]. Equal seeds give equal walks: a long check can be cut into
    # calls with different seeds.
    walks: int = 0
    #: 0: 1
    seed: int = 0
    #: Goes on where an earlier call with the same request, response and seed ended; it checks states only. Unset:
    # begins.
    checkpoint: VerifyCheckpoint | None = None

    _fields: ClassVar[Mapping[str, Field]] = {
        "request": Field(None, message="PlanRequest"),
        "response": Field(None, message="PlanResponse"),
        "max_states": Field(0),
        "max_actions_to_explore": Field(0),
        "walks": Field(0),
        "seed": Field(0),
        "checkpoint": Field(None, message="VerifyCheckpoint"),
    }


@dataclass(frozen=True)
class VerifyResponse(Message):
    """Message VerifyResponse of the schema."""
    #: found by this call; none: the plan is safe in every state that was checked
    violations: tuple[PlanViolation, ...] = ()
    #: how many this call checked
    states: int = 0
    #: every reachable state was, by this call and those that it goes on from
    complete: bool = False
    #: Where to go on. Unset when there is nothing to go on with: all was checked, or nothing can be explored (too
    # many actions, more than 2,000,000 states, or 100 violations).
    checkpoint: VerifyCheckpoint | None = None

    _fields: ClassVar[Mapping[str, Field]] = {
        "violations": Field(None, message="PlanViolation", repeated=True),
        "states": Field(0),
        "complete": Field(False),
        "checkpoint": Field(None, message="VerifyCheckpoint"),
    }


@dataclass(frozen=True)
class ViewFacts(Message):
    """The ring as one or more nodes see it. Nodes whose views are equal share one report, so that the size of an
    observation grows with the number of members, not with its square."""
    #: Who sees it so: host ids. At least one.
    viewers: tuple[str, ...] = ()
    #: Every member and remembered node in this view; host ids are unique.
    peers: tuple[Peer, ...] = ()
    #: The list of peers is whole: a host id that is not listed is absent in this view.
    complete: bool = False

    _fields: ClassVar[Mapping[str, Field]] = {
        "viewers": Field("", repeated=True),
        "peers": Field(None, message="Peer", repeated=True),
        "complete": Field(False),
    }


@dataclass(frozen=True)
class Volume(Message):
    """Message Volume of the schema."""
    #: > 0
    capacity_bytes: int = 0
    #: empty: the default class
    storage_class: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "capacity_bytes": Field(0),
        "storage_class": Field(""),
    }


@dataclass(frozen=True)
class VolumeFacts(Message):
    """The data volume of a slot (Kubernetes: PersistentVolumeClaim). Subject: datacenter, rack, ordinal, uid, name."""
    present: bool = False
    capacity_bytes: int | None = None
    requested_bytes: int | None = None
    storage_class: str = ""
    contents: VolumeContents = "unspecified"
    host_id: str = ""
    #: some slot uses it now
    mounted: bool | None = None
    #: the cluster that it was made for, by its owner id; empty: not recorded
    owner_id: str = ""
    being_deleted: bool | None = None
    #: its class allows growing
    expandable: bool | None = None
    created_at_seconds: int = 0
    #: The quota that it counts for leaves this many bytes. Unset: no quota is known, and none is waited for:
    # whoever keeps the quota refuses a growth that does not fit, and nothing is lost.
    quota_left_bytes: int | None = None

    _fields: ClassVar[Mapping[str, Field]] = {
        "present": Field(False),
        "capacity_bytes": Field(None),
        "requested_bytes": Field(None),
        "storage_class": Field(""),
        "contents": Field("unspecified"),
        "host_id": Field(""),
        "mounted": Field(None),
        "owner_id": Field(""),
        "being_deleted": Field(None),
        "expandable": Field(None),
        "created_at_seconds": Field(0),
        "quota_left_bytes": Field(None),
    }


@dataclass(frozen=True)
class VolumeGrown(Message):
    """Message VolumeGrown of the schema."""
    target: Target | None = None
    at_seconds: int = 0

    _fields: ClassVar[Mapping[str, Field]] = {
        "target": Field(None, message="Target"),
        "at_seconds": Field(0),
    }


@dataclass(frozen=True)
class Waiver(Message):
    """Lets one action pass one guard, once named by a person. It is copied into the plan."""
    #: as the plan tells it
    action_id: str = ""
    #: the one guard that it may pass
    guard: str = ""
    #: who allows it
    by: str = ""
    #: told in every plan
    why: str = ""
    #: afterwards it counts no more
    until_seconds: int = 0
    #: guard single-replica: the keyspaces whose only replica may be lost
    keyspaces: tuple[str, ...] = ()

    _fields: ClassVar[Mapping[str, Field]] = {
        "action_id": Field(""),
        "guard": Field(""),
        "by": Field(""),
        "why": Field(""),
        "until_seconds": Field(0),
        "keyspaces": Field("", repeated=True),
    }


@dataclass(frozen=True)
class Window(Message):
    """A window opens on each of the days at `start_seconds` after midnight UTC, for `duration_seconds`."""
    #: 1 Monday to 7 Sunday; empty: every day.
    days: tuple[int, ...] = ()
    #: [0, 86399]
    start_seconds: int = 0
    #: [60, 604800]
    duration_seconds: int = 0
    #: Kinds that it is about. Empty: all that disrupt a node or move ranges.
    kinds: tuple[ActionKind, ...] = ()

    _fields: ClassVar[Mapping[str, Field]] = {
        "days": Field(0, repeated=True),
        "start_seconds": Field(0),
        "duration_seconds": Field(0),
        "kinds": Field("unspecified", repeated=True),
    }


@dataclass(frozen=True)
class Withdrawn(Message):
    """A start that did not happen since its conditions no longer held, or not yet since it failed a moment ago."""
    id: str = ""
    text: str = ""

    _fields: ClassVar[Mapping[str, Field]] = {
        "id": Field(""),
        "text": Field(""),
    }
