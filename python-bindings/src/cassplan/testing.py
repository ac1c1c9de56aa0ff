"""A cluster without machines, for tests of hosts and executors: it is observed, carries actions out in virtual time, and
shows what they did. Deterministic; no clock, no threads.

>>> import cassplan
>>> cluster = FakeCluster(racks=3, nodes_per_rack=2)
>>> cluster.revision = "B"
>>> cluster.converge().outcome
'converged'
>>> sorted(set(node.revision for node in cluster.nodes.values()))
['B']
"""
from __future__ import annotations

import asyncio
import dataclasses
import hashlib
from typing import Iterator

from cassplan.model import (Action, DatacenterReplication, Desired, DesiredDatacenter, DesiredRack, InventoryFacts,
                            Keyspace, Ledger, LeftMember, NodeFacts, NodeMode, Observed, Peer, PlanRequest, PlanResponse,
                            Policy, RackFacts, Report, SchemaFacts, SlotFacts, StartedAction, StartedState, Target, Template,
                            ViewFacts, Volume, VolumeFacts)
from cassplan.planner import plan
from cassplan.reconciler import ActionFailed, LedgerConflict

__all__ = ["ActionFailed", "FakeCluster", "FakeExecutor", "FakeNode"]

_GIB = 1 << 30
#: Virtual seconds that an action takes.
_SECONDS = {"drain": 30, "restart_node": 120, "start_node": 600, "decommission": 900, "cleanup": 300}
_OWNER = "owner"


@dataclasses.dataclass
class FakeNode:
    """A slot and the member that runs in it."""

    rack: str
    ordinal: int
    host_id: str
    tokens: tuple[int, ...]
    revision: str
    up: bool = True
    mode: NodeMode = "normal"
    member: bool = True  # in the ring
    slot: bool = True
    started: int = 0  # how often; a slot that is started anew has another uid


class FakeCluster:
    """One datacenter. Change ``revision`` or ``nodes_per_rack`` to desire something, ``take_down`` nodes, make actions
    fail with ``fail``."""

    def __init__(self, racks: int = 3, nodes_per_rack: int = 1, *, replication_factor: int = 3,
                 now_seconds: int = 1_795_351_000) -> None:
        self.datacenter = "dc1"
        self.racks = [f"r{i + 1}" for i in range(racks)]
        self.replication_factor = min(replication_factor, racks * nodes_per_rack)
        self.now_seconds = now_seconds
        #: What is desired.
        self.revision = "A"
        self.nodes_per_rack = nodes_per_rack
        #: What is there, by slot: "r1/0".
        self.nodes: dict[str, FakeNode] = {}
        self.templates = {rack: "A" for rack in self.racks}
        self.replicas = {rack: nodes_per_rack for rack in self.racks}
        self.ledger = Ledger()
        #: How often the next actions of a kind fail.
        self.failures: dict[str, int] = {}
        self.history: list[str] = []
        self._running: list[tuple[int, Action]] = []
        for rack in self.racks:
            for ordinal in range(nodes_per_rack):
                self._add(rack, ordinal, "A")

    # ---- what a test changes

    def take_down(self, slot: str) -> None:
        self.nodes[slot].up = False

    def bring_up(self, slot: str) -> None:
        self.nodes[slot].up = True

    def fail(self, kind: str, times: int = 1) -> None:
        """The next `times` actions of this kind fail."""
        self.failures[kind] = self.failures.get(kind, 0) + times

    # ---- what a host asks

    def desired(self) -> Desired:
        racks = tuple(DesiredRack(name=rack, nodes=self.nodes_per_rack, volume=Volume(capacity_bytes=100 * _GIB),
                                  template=Template(revision=self.revision, release="4.1.3")) for rack in self.racks)
        return Desired(cluster="fake", owner_id=_OWNER,
                       datacenters=(DesiredDatacenter(name=self.datacenter, racks=racks),))

    def observe(self) -> Observed:
        """Everything there is to see now."""
        reports = [self._report("kubernetes", inventory=InventoryFacts(
            objects_complete=True, racks_complete=True, slots_complete=True, volumes_complete=True))]
        for rack in self.racks:
            reports.append(self._report(
                "kubernetes", Target(datacenter=self.datacenter, rack=rack, uid=f"uid-{rack}"),
                rack=RackFacts(present=True, nodes=self.replicas[rack], template=Template(revision=self.templates[rack]),
                               owner_id=_OWNER, parallel=True, volume=Volume(capacity_bytes=100 * _GIB))))
        for slot, node in sorted(self.nodes.items()):
            reports += self._node_reports(slot, node)
        viewers = tuple(n.host_id for _, n in sorted(self.nodes.items()) if n.up and n.member)
        if viewers:
            peers = tuple(self._peer(slot, node) for slot, node in sorted(self.nodes.items()) if node.member)
            reports.append(self._report("jolokia", view=ViewFacts(viewers=viewers, peers=peers, complete=True)))
        keyspace = Keyspace(name="app", strategy="NetworkTopologyStrategy", datacenters=(
            DatacenterReplication(datacenter=self.datacenter, replication_factor=self.replication_factor),))
        reports.append(self._report("schema", schema=SchemaFacts(keyspaces=(keyspace,), complete=True)))
        return Observed(reports=tuple(reports))

    def request(self, *, revision: str | None = None, nodes_per_rack: int | None = None,
                policy: Policy | None = None) -> PlanRequest:
        """What a host gives to the planner now. `revision` and `nodes_per_rack` change what is desired."""
        self.revision = self.revision if revision is None else revision
        self.nodes_per_rack = self.nodes_per_rack if nodes_per_rack is None else nodes_per_rack
        return PlanRequest(desired=self.desired(), observed=self.observe(), ledger=self.ledger, policy=policy,
                           now_seconds=self.now_seconds)

    # ---- what an executor does

    def start(self, action: Action) -> int:
        """Starts an action; returns how many virtual seconds it takes. What is seen meanwhile is seen at once."""
        if self.failures.get(action.kind, 0) > 0:
            self.failures[action.kind] -= 1
            raise ActionFailed(f"{action.kind} was told to fail")
        if action.kind in ("restart_node", "drain") and action.target is not None:
            self._node(action).up = False
        if action.kind == "decommission":
            self._node(action).mode = "leaving"
        seconds = _SECONDS.get(action.kind, 1)
        self._running.append((self.now_seconds + seconds, action))
        self.history.append(f"start {action.kind} {self._slot(action)}".rstrip())
        return seconds

    def advance(self, seconds: int) -> list[Action]:
        """Lets virtual time pass; returns the actions that ended."""
        self.now_seconds += seconds
        ended = [action for at, action in self._running if at <= self.now_seconds]
        self._running = [(at, action) for at, action in self._running if at > self.now_seconds]
        for action in ended:
            self._finish(action)
            self.history.append(f"end {action.kind} {self._slot(action)}".rstrip())
        return ended

    # ---- a host, in one thread

    def converge(self, policy: Policy | None = None, max_rounds: int = 1000) -> PlanResponse:
        """Plans, starts what is ready, lets time pass, plans again, until nothing more can be done. What a host does; the
        record of a start is kept before the start."""
        for _ in range(max_rounds):
            response = plan(self.request(policy=policy))
            self.ledger = response.ledger if response.ledger is not None else Ledger()
            for action in response.ready:
                self._record(action)
                try:
                    self.start(action)
                except ActionFailed as failure:
                    self._settle(action, "failed", str(failure))
            if self._running:
                for action in self.advance(max(1, min(at for at, _ in self._running) - self.now_seconds)):
                    self._settle(action, "succeeded", "")
            elif not response.ready:
                return response
            else:
                self.advance(1)
        raise AssertionError(f"not at rest after {max_rounds} rounds; history: {self.history[-10:]}")

    def _record(self, action: Action) -> None:
        started = StartedAction(
            id=action.id, kind=action.kind, target=action.target, attempt=action.attempt,
            started_at_seconds=self.now_seconds, deadline_seconds=self.now_seconds + max(action.timeout_seconds, 3600),
            state="in_flight", source_datacenter=action.source_datacenter, release_changes=action.release_changes,
            replication_factor=action.replication_factor, goal=action.goal, request_uid=action.request_uid,
            replaced_host_id=action.replaced_host_id)
        self.ledger = dataclasses.replace(self.ledger, version=self.ledger.version + 1, started=tuple(
            s for s in self.ledger.started if s.id != action.id) + (started,))

    def _settle(self, action: Action, state: StartedState, message: str) -> None:
        self.ledger = dataclasses.replace(self.ledger, version=self.ledger.version + 1, started=tuple(
            dataclasses.replace(s, state=state, message=message) if s.id == action.id else s
            for s in self.ledger.started))

    # ---- inside

    def _add(self, rack: str, ordinal: int, revision: str) -> FakeNode:
        digest = hashlib.sha256(f"{rack}/{ordinal}/{len(self.history)}".encode()).hexdigest()
        host_id = f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"
        tokens = tuple(int(digest[32 + 8 * i:40 + 8 * i], 16) * (1 << 32) - (1 << 63) + 1 for i in range(4))
        node = FakeNode(rack, ordinal, host_id, tokens, revision)
        self.nodes[f"{rack}/{ordinal}"] = node
        return node

    @staticmethod
    def _slot(action: Action) -> str:
        target = action.target
        if target is None or not target.rack:
            return ""
        return target.rack if target.ordinal is None else f"{target.rack}/{target.ordinal}"

    def _node(self, action: Action) -> FakeNode:
        return self.nodes[self._slot(action)]

    def _report(self, source: str, subject: Target | None = None, *, inventory: InventoryFacts | None = None,
                rack: RackFacts | None = None, slot: SlotFacts | None = None, volume: VolumeFacts | None = None,
                node: NodeFacts | None = None, view: ViewFacts | None = None,
                schema: SchemaFacts | None = None) -> Report:
        return Report(source=source, observed_at_seconds=self.now_seconds, status="ok", subject=subject,
                      inventory=inventory, rack=rack, slot=slot, volume=volume, node=node, view=view, schema=schema)

    def _address(self, slot: str) -> str:
        return f"10.0.0.{sorted(self.nodes).index(slot) + 1}"

    def _peer(self, slot: str, node: FakeNode) -> Peer:
        return Peer(host_id=node.host_id, address=self._address(slot), state="up" if node.up else "down",
                    movement="leaving" if node.mode == "leaving" else "unspecified", datacenter=self.datacenter,
                    rack=node.rack, tokens=node.tokens, load_bytes=_GIB, release="4.1.3")

    def _node_reports(self, slot: str, node: FakeNode) -> Iterator[Report]:
        place = Target(datacenter=self.datacenter, rack=node.rack, ordinal=node.ordinal)
        uid = f"uid-{slot}-{node.started}"
        if node.slot:
            yield self._report("kubernetes", dataclasses.replace(place, uid=uid), slot=SlotFacts(
                present=True, ready=node.up, address=self._address(slot), template_revision=node.revision,
                release="4.1.3"))
        yield self._report("kubernetes", dataclasses.replace(place, uid=f"uid-volume-{slot}", name=f"data-{slot}"),
                           volume=VolumeFacts(present=True, capacity_bytes=100 * _GIB, mounted=node.slot))
        if node.slot and (node.up or node.mode != "normal"):
            yield self._report("jolokia", place, node=NodeFacts(
                host_id=node.host_id, address=self._address(slot), mode=node.mode, release="4.1.3", schema_version="s1",
                datacenter=self.datacenter, rack=node.rack, native_transport=node.up, load_bytes=_GIB))

    def _finish(self, action: Action) -> None:
        rack = action.target.rack if action.target is not None else ""
        if action.kind in ("update_rack", "create_rack"):
            self.templates[rack] = self.revision
        elif action.kind == "drain":
            self._node(action).mode = "drained"
        elif action.kind == "restart_node":
            node = self._node(action)
            node.up, node.mode, node.revision, node.started = True, "normal", self.templates[rack], node.started + 1
        elif action.kind == "start_node":
            assert action.target is not None and action.target.ordinal is not None
            self._add(rack, action.target.ordinal, self.templates[rack])
            self.replicas[rack] = action.target.ordinal + 1
        elif action.kind == "decommission":
            node = self._node(action)
            node.member, node.mode = False, "decommissioned"
            left = LeftMember(host_id=node.host_id, slot=action.target, at_seconds=self.now_seconds)
            self.ledger = dataclasses.replace(self.ledger, left=self.ledger.left + (left,))
        elif action.kind == "shrink_rack":
            node = self._node(action)
            node.slot, node.up = False, False
            self.replicas[rack] = node.ordinal
        elif action.kind == "delete_volume":
            del self.nodes[self._slot(action)]


class FakeExecutor:
    """An Executor (cassplan.reconciler) over a FakeCluster, in virtual time: give ``clock`` and ``sleep`` to ``run``.

    >>> import asyncio
    >>> from cassplan.reconciler import run
    >>> cluster = FakeCluster(racks=3, nodes_per_rack=1)
    >>> cluster.revision = "B"
    >>> executor = FakeExecutor(cluster)
    >>> asyncio.run(run(executor, cluster.desired(), clock=executor.clock, sleep=executor.sleep))
    'converged'
    """

    def __init__(self, cluster: FakeCluster) -> None:
        self.cluster = cluster
        self.stored: Ledger | None = None
        self.starts: list[tuple[str, int]] = []
        self.observations = 0

    def clock(self) -> int:
        return self.cluster.now_seconds

    async def observe(self) -> Observed:
        self.observations += 1
        return self.cluster.observe()

    async def load_ledger(self) -> Ledger | None:
        return self.stored

    async def store_ledger(self, ledger: Ledger, expected_version: int) -> None:
        stored = self.stored if self.stored is not None else Ledger()
        if stored.version != expected_version:
            raise LedgerConflict(stored)
        self.stored = ledger

    async def start(self, action: Action, attempt: int) -> None:
        if self.stored is None or not any(s.id == action.id for s in self.stored.started):
            raise AssertionError(f"{action.kind} starts, and the stored ledger does not have it")
        self.starts.append((action.id, attempt))
        await self.sleep(self.cluster.start(action))

    async def sleep(self, seconds: float) -> None:
        """Lets virtual time pass, for all who sleep at once."""
        until = self.cluster.now_seconds + int(seconds)
        while self.cluster.now_seconds < until:
            await asyncio.sleep(0)
            self.cluster.advance(1)
        await asyncio.sleep(0)
