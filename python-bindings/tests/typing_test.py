"""Read by mypy --strict: what a host writes has types. Run by pytest as well."""
from __future__ import annotations

from typing import Optional

import cassplan
from cassplan.model import Action, ActionKind
from cassplan.testing import FakeCluster


def kinds(response: cassplan.PlanResponse) -> list[ActionKind]:
    return [action.kind for action in response.ready]


def first(response: cassplan.PlanResponse) -> Optional[Action]:
    return next(iter(response.ready), None)


def test_types() -> None:
    response = cassplan.plan(FakeCluster().request(revision="B"))
    action = first(response)
    assert action is not None and kinds(response)[0] == action.kind
    place: Optional[cassplan.Target] = action.target
    assert place is not None and place.rack == "r1"
