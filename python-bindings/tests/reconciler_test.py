"""The reconciler from Python: its runner, its checkpoints, what executors may do wrong."""
from __future__ import annotations

import asyncio
import dataclasses

import pytest

import cassplan
from cassplan.model import Action, Ledger, Observed, Outcome, ReconcileEvent
from cassplan.reconciler import ActionFailed, LedgerConflict, Reconciler, run
from cassplan.testing import FakeCluster, FakeExecutor


def drive(executor: FakeExecutor, policy: cassplan.Policy | None = None) -> Outcome:
    return asyncio.run(asyncio.wait_for(run(
        executor, executor.cluster.desired(), policy=policy, clock=executor.clock, sleep=executor.sleep), 60))


def test_rolling_update() -> None:
    cluster = FakeCluster(racks=3, nodes_per_rack=2)
    cluster.revision = "B"
    executor = FakeExecutor(cluster)
    assert drive(executor) == "converged"
    assert {n.revision for n in cluster.nodes.values()} == {"B"}
    assert len(executor.starts) == len(set(executor.starts)) == 15  # 3 templates, 6 drains, 6 restarts
    assert executor.stored is not None and executor.stored.started == ()


def test_failed_restart_blocks() -> None:
    cluster = FakeCluster(racks=3, nodes_per_rack=1)
    cluster.revision = "B"
    cluster.fail("restart_node")
    assert drive(FakeExecutor(cluster)) == "blocked"
    cluster = FakeCluster(racks=3, nodes_per_rack=1)
    cluster.revision = "B"
    cluster.fail("restart_node")
    assert drive(FakeExecutor(cluster), cassplan.Policy(max_failed_restarts=3)) == "converged"


class Contested(FakeExecutor):
    """Somebody else stores the ledger in between, once."""

    contested = 0

    async def store_ledger(self, ledger: Ledger, expected_version: int) -> None:
        if self.contested == 0 and self.stored is not None:
            self.contested += 1
            self.stored = dataclasses.replace(self.stored, version=self.stored.version + 1)
            raise LedgerConflict(self.stored)
        await super().store_ledger(ledger, expected_version)


def test_ledger_conflict_is_survived() -> None:
    cluster = FakeCluster()
    cluster.revision = "B"
    executor = Contested(cluster)
    assert drive(executor) == "converged"
    assert executor.contested == 1


class Defect(FakeExecutor):
    async def start(self, action: Action, attempt: int) -> None:
        raise RuntimeError("not an ActionFailed")


class Deaf(FakeExecutor):
    async def observe(self) -> Observed:
        raise OSError("no route to host")


@pytest.mark.parametrize("kind, error", [(Defect, RuntimeError), (Deaf, OSError)])
def test_what_executors_raise_comes_out(kind: type[FakeExecutor], error: type[Exception]) -> None:
    cluster = FakeCluster()
    cluster.revision = "B"
    with pytest.raises(error):
        drive(kind(cluster))
    assert not issubclass(error, ActionFailed)


def test_a_crash_costs_an_observation_only() -> None:
    cluster = FakeCluster()
    cluster.revision = "B"
    first = ReconcileEvent(now_seconds=cluster.now_seconds, desired_changed=cassplan.model.DesiredChanged(
        desired=cluster.desired()))
    with Reconciler() as before:
        assert before.step(first).effects[0].observe
        saved = before.checkpoint()
    with pytest.raises(ValueError, match="closed"):
        before.step(first)
    with Reconciler(checkpoint=saved) as after:
        assert after.resume().effects[0].observe
        step = after.step(ReconcileEvent(now_seconds=cluster.now_seconds, observed=cluster.observe()),
                          with_response=True)
    assert step.response is not None and step.response.outcome == "planned"
    assert step.effects[0].store_ledger is not None


def test_bad_configuration() -> None:
    with pytest.raises(cassplan.InvalidInput, match="poll_seconds"):
        Reconciler(poll_seconds=-5)
