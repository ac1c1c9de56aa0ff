"""Python gives the same bytes as C++, for every golden case."""
from __future__ import annotations

import os
import pathlib

import cassplan
from cassplan import model


def test_plan_is_that_of_cpp(golden: pathlib.Path) -> None:
    expected = golden.with_name(golden.name.replace(".request.", ".plan.")).read_bytes()
    assert cassplan.plan_json(golden.read_bytes()) == expected
    # Through the dataclasses and back, nothing is lost and nothing is added.
    request = cassplan.PlanRequest.from_json(golden.read_bytes())
    assert request.to_json().encode() == golden.read_bytes()
    response = cassplan.plan(request)
    assert response.to_json().encode() == expected


def test_reading_is_that_of_the_command(golden: pathlib.Path, root: pathlib.Path) -> None:
    """read_files makes the same request of the same files, and the plan with what reading found is the stored one."""
    folder = root / "tests" / "golden" / golden.name.removesuffix(".request.json")
    desired, observed = "desired.yaml", "observed"
    if (folder / "source").exists():
        observed = (folder / "source").read_text().strip()
        if not (folder / desired).exists():
            desired = f"{observed}/cluster.yaml"
    before = os.getcwd()
    os.chdir(folder)
    try:
        request, response = cassplan.plan_files(
            desired, observed, policy="policy.yaml" if os.path.exists("policy.yaml") else None,
            ledger="ledger.json" if os.path.exists("ledger.json") else None)
    finally:
        os.chdir(before)
    assert request.to_json().encode() == golden.read_bytes()
    assert response.to_json().encode() == (folder / "plan.json").read_bytes()
    assert cassplan.render(request, response) == (folder / "plan.txt").read_text()


def test_verify_agrees(golden: pathlib.Path) -> None:
    request = golden.read_bytes()
    result = cassplan.verify(request, cassplan.plan_json(request), walks=5)
    assert result.violations == ()
    assert result.states > 0


def test_verify_sees_what_is_wrong(root: pathlib.Path) -> None:
    """A plan whose order was taken away is caught."""
    import dataclasses

    from cassplan.testing import FakeCluster
    request = FakeCluster(racks=3, nodes_per_rack=1).request(revision="B")
    response = cassplan.plan(request)
    assert response.plan is not None
    loose = tuple(dataclasses.replace(a, requires_ids=()) for a in response.actions)
    broken = dataclasses.replace(response, plan=dataclasses.replace(response.plan, actions=loose))
    assert cassplan.verify(request, response).violations == ()
    assert "quorum" in {v.invariant for v in cassplan.verify(request, broken).violations}


def test_model_has_every_message() -> None:
    named = {name for name in model.__all__ if isinstance(getattr(model, name), type)}
    assert named == set(cassplan.capabilities().messages)
