#!/usr/bin/env python3
"""An executor of one's own: the reconciler says what to do, this does it.

A real one asks Kubernetes and Cassandra; this one acts on a cluster in memory, and keeps the ledger in a file, so that it
goes on where it was when it is killed. Every method says what a real one would do.

    own_executor.py LEDGER.json
"""
from __future__ import annotations

import asyncio
import os
import pathlib
import sys

from cassplan.model import Action, Ledger, Observed
from cassplan.reconciler import ActionFailed, LedgerConflict, run
from cassplan.testing import FakeCluster


class MyExecutor:
    """Satisfies cassplan.reconciler.Executor; nothing has to be inherited."""

    def __init__(self, cluster: FakeCluster, ledger: pathlib.Path) -> None:
        self.cluster, self.path = cluster, ledger

    async def observe(self) -> Observed:
        # Real: list StatefulSets, Pods and PersistentVolumeClaims, and ask each node over Jolokia. What does not answer
        # becomes a report with status "failed": unknown, never absent.
        return self.cluster.observe()

    async def load_ledger(self) -> Ledger | None:
        return Ledger.from_json(self.path.read_text()) if self.path.exists() else None

    async def store_ledger(self, ledger: Ledger, expected_version: int) -> None:
        # Real: update a ConfigMap or the status of the object, with its resourceVersion as the condition.
        stored = await self.load_ledger() or Ledger()
        if stored.version != expected_version:
            raise LedgerConflict(stored)
        new = self.path.with_suffix(".new")
        new.write_text(ledger.to_json())
        os.replace(new, self.path)  # whole or not at all

    async def start(self, action: Action, attempt: int) -> None:
        # Real: the API request that the action names, with the uid in its preconditions; (action.id, attempt) makes it
        # happen once.
        where = "/".join(str(p) for p in (action.target.datacenter, action.target.rack, action.target.ordinal)
                         if p not in ("", None)) if action.target else ""
        print(f"{action.kind} {where}: {action.reason.text if action.reason else ''}")
        if action.kind not in ("update_rack", "drain", "restart_node"):
            raise ActionFailed(f"{action.kind} is not what this example can do")
        await self.pass_time(self.cluster.start(action))

    async def pass_time(self, seconds: float) -> None:
        until = self.cluster.now_seconds + int(seconds)
        while self.cluster.now_seconds < until:
            await asyncio.sleep(0)
            self.cluster.advance(1)


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    cluster = FakeCluster(racks=3, nodes_per_rack=2)
    cluster.revision = "new-image"
    executor = MyExecutor(cluster, pathlib.Path(sys.argv[1]))
    # A real host leaves out `clock` and `sleep`: time is the world's.
    outcome = asyncio.run(run(executor, cluster.desired(), clock=lambda: cluster.now_seconds, sleep=executor.pass_time))
    print(outcome, {slot: node.revision for slot, node in sorted(cluster.nodes.items())})
    return 0 if outcome == "converged" else 1


if __name__ == "__main__":
    sys.exit(main())
