"""Hosts that act: the reconciler, the contract of executors, and a runner for asyncio.

The reconciler is a state machine without IO: it takes events (``ReconcileEvent``) and gives effects to be done in order
(``ReconcileEffect``). ``run`` does the effects with an ``Executor``.
"""
from __future__ import annotations

import asyncio
import time
from types import TracebackType
from typing import Awaitable, Callable, Coroutine, Protocol

from cassplan import _native
from cassplan.model import (Action, ActionResult, Capabilities, Desired, DesiredChanged, Ledger, LedgerStored, Observed,
                            Outcome, Policy, ReconcileCheckpoint, ReconcileEffect, ReconcileEvent, ReconcilerConfig,
                            ReconcilerEffects, ReconcilerStep)

__all__ = ["ActionFailed", "Executor", "LedgerConflict", "Reconciler", "run"]


class ActionFailed(Exception):
    """Raised by an executor: the action could not be carried out. The planner decides what comes of it."""


class LedgerConflict(Exception):
    """Raised by an executor: the stored ledger is not of the expected version. ``current`` is the stored one."""

    def __init__(self, current: Ledger) -> None:
        super().__init__("the stored ledger is of another version")
        self.current = current


class Executor(Protocol):
    """What a host can do to a cluster. Methods may be called again for the same thing after a crash."""

    async def observe(self) -> Observed:
        """Looks at the cluster now; nothing older."""

    async def load_ledger(self) -> Ledger | None:
        """The stored ledger; None when there is none yet."""

    async def store_ledger(self, ledger: Ledger, expected_version: int) -> None:
        """Compare and swap on the version; raises LedgerConflict."""

    async def start(self, action: Action, attempt: int) -> None:
        """Carries the action out and returns, or raises ActionFailed. (action.id, attempt) again must do no harm."""


class Reconciler:
    """Drives one cluster, one event at a time. A context manager; one thread at a time.

    >>> with Reconciler() as reconciler:
    ...     step = reconciler.step(ReconcileEvent(now_seconds=1, desired_changed=DesiredChanged()))
    >>> step.effects[0].observe
    True
    """

    def __init__(self, *, poll_seconds: int = 0, idle_seconds: int = 0,
                 checkpoint: ReconcileCheckpoint | None = None) -> None:
        config = ReconcilerConfig(poll_seconds=poll_seconds, idle_seconds=idle_seconds, checkpoint=checkpoint)
        self._handle: _native.Handle | None = _native.Handle(config.to_json().encode())

    def step(self, event: ReconcileEvent, *, with_response: bool = False) -> ReconcilerEffects:
        """What happened in, what to do next out."""
        return self._step(ReconcilerStep(event=event, with_response=with_response))

    def resume(self) -> ReconcilerEffects:
        """After a restart from a checkpoint: the effects that may have been lost."""
        return self._step(ReconcilerStep(resume=True))

    def checkpoint(self) -> ReconcileCheckpoint:
        return ReconcileCheckpoint.from_json(self._open().checkpoint())

    def close(self) -> None:
        self._handle = None

    def __enter__(self) -> Reconciler:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 traceback: TracebackType | None) -> None:
        self.close()

    def _open(self) -> _native.Handle:
        if self._handle is None:
            raise ValueError("the reconciler is closed")
        return self._handle

    def _step(self, step: ReconcilerStep) -> ReconcilerEffects:
        return ReconcilerEffects.from_json(self._open().step(step.to_json().encode()))


class _Runner:
    def __init__(self, reconciler: Reconciler, executor: Executor, clock: Callable[[], int],
                 sleep: Callable[[float], Awaitable[None]] | None) -> None:
        self.reconciler, self.executor, self.clock = reconciler, executor, clock
        self.sleep = sleep or asyncio.sleep
        # What happened; or what an executor raised that is no ActionFailed: a defect of it, which ends the run.
        self.events: asyncio.Queue[ReconcileEvent | Exception] = asyncio.Queue()
        self.tasks: set[asyncio.Task[None]] = set()
        self.timer: asyncio.Task[None] | None = None
        self.outcome: Outcome = "unspecified"

    async def start(self, action: Action, attempt: int) -> None:
        try:
            await self.executor.start(action, attempt)
            result = ActionResult(id=action.id, attempt=attempt, state="succeeded")
        except ActionFailed as failure:
            result = ActionResult(id=action.id, attempt=attempt, state="failed", message=str(failure))
        except Exception as error:
            await self.events.put(error)
            return
        await self.events.put(ReconcileEvent(now_seconds=self.clock(), action_result=result))

    async def ring_at(self, seconds: int) -> None:
        await self.sleep(max(0, seconds - self.clock()))
        await self.events.put(ReconcileEvent(now_seconds=self.clock(), timer=True))

    async def do(self, effect: ReconcileEffect) -> None:
        if effect.observe:
            observed = await self.executor.observe()
            await self.events.put(ReconcileEvent(now_seconds=self.clock(), observed=observed))
        elif effect.store_ledger is not None:
            stored = LedgerStored(stored=True)
            try:
                await self.executor.store_ledger(effect.store_ledger.ledger or Ledger(),
                                                 effect.store_ledger.expected_version)
            except LedgerConflict as conflict:
                stored = LedgerStored(stored=False, current=conflict.current)
            await self.events.put(ReconcileEvent(now_seconds=self.clock(), ledger_stored=stored))
        elif effect.start_action is not None and effect.start_action.action is not None:
            self._spawn(self.start(effect.start_action.action, effect.start_action.attempt))
        elif effect.wait_until_seconds is not None:
            if self.timer is not None:
                self.timer.cancel()
            self.timer = self._spawn(self.ring_at(effect.wait_until_seconds))

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    async def handle(self, event: ReconcileEvent) -> bool:
        """One event and the effects that follow; whether the cluster is as desired and nothing runs."""
        step = self.reconciler.step(event)
        self.outcome = step.outcome
        for effect in step.effects:
            await self.do(effect)
        busy = [t for t in self.tasks if t is not self.timer and not t.done()]
        return self.events.empty() and not busy

    async def stop(self) -> None:
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


_RESTING = ("converged", "blocked", "refused", "invalid")


async def run(executor: Executor, desired: Desired, *, policy: Policy | None = None,
              capabilities: Capabilities | None = None, until_rest: bool = True, poll_seconds: int = 0,
              idle_seconds: int = 0, clock: Callable[[], int] = lambda: int(time.time()),
              sleep: Callable[[float], Awaitable[None]] | None = None) -> Outcome:
    """Drives the cluster to what is desired. Returns the outcome once nothing more can be done without a person; with
    ``until_rest=False`` it goes on until it is cancelled. ``clock`` and ``sleep`` are for tests with a clock of their own.
    """
    with Reconciler(poll_seconds=poll_seconds, idle_seconds=idle_seconds) as reconciler:
        runner = _Runner(reconciler, executor, clock, sleep)
        ledger = await executor.load_ledger()
        first = DesiredChanged(desired=desired, policy=policy, capabilities=capabilities, ledger=ledger)
        event = ReconcileEvent(now_seconds=clock(), desired_changed=first)
        try:
            while True:
                quiet = await runner.handle(event)
                if until_rest and quiet and runner.outcome in _RESTING:
                    return runner.outcome
                got = await runner.events.get()
                if isinstance(got, Exception):
                    raise got
                event = got
        finally:
            await runner.stop()
