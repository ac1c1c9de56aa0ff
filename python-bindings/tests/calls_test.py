"""Errors, outcomes, threads, memory, what is made for people."""
from __future__ import annotations

import dataclasses
import gc
import json
import pathlib
import resource
import subprocess
import sys
import threading
import time

import pytest

import cassplan
from cassplan import _native
from cassplan.testing import FakeCluster

GENERATOR = pathlib.Path(__file__).resolve().parents[1] / "generate_model.py"


def test_model_is_what_the_schema_gives() -> None:
    done = subprocess.run([sys.executable, str(GENERATOR), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_blocked_is_a_value() -> None:
    cluster = FakeCluster(racks=3, nodes_per_rack=2)
    cluster.nodes_per_rack = 0
    response = cassplan.plan(cluster.request())
    assert response.outcome in ("refused", "blocked")
    with pytest.raises(cassplan.PlanBlocked, match=response.outcome):
        response.raise_if_blocked()
    cassplan.plan(FakeCluster().request()).raise_if_blocked()


def test_bad_input_says_where() -> None:
    with pytest.raises(cassplan.InvalidInput) as caught:
        cassplan.plan('{"desired": {"clutser": "x"},\n "now_seconds": "soon"}')
    assert [p.location.path for p in caught.value.problems if p.location] == ["desired.clutser", "now_seconds"]
    assert [p.location.line for p in caught.value.problems if p.location] == [1, 2]
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("bad", [b"", b"\xff\xfe", b"[" * 100000, b'{"now_seconds": 1e400}', "\ud800", b"{}" * 3])
def test_garbage_raises(bad: bytes | str) -> None:
    for call in (cassplan.plan, cassplan.read, lambda text: cassplan.render(text, text),
                 lambda text: cassplan.verify(text, text)):
        with pytest.raises(cassplan.InvalidInput):
            call(bad)
    assert not cassplan.validate(bad).legal


def test_wrong_names_raise() -> None:
    with pytest.raises(cassplan.InvalidInput, match="Nothing"):
        cassplan.convert("Nothing", "{}")
    with pytest.raises(cassplan.InvalidInput, match="papyrus"):
        cassplan.render({}, {}, "papyrus")
    with pytest.raises(cassplan.InvalidInput, match="walks"):
        cassplan.verify({}, {}, walks=-1)


def test_proto_and_json_say_the_same() -> None:
    text = FakeCluster().request(revision="B").to_json().encode()
    proto = cassplan.convert("PlanRequest", text, "json", "proto")
    assert cassplan.convert("PlanRequest", proto, "proto", "json") == text


def test_threads_plan_at_the_same_time() -> None:
    """The interpreter's lock is not held while the library plans: eight threads are inside at once."""
    request = FakeCluster(racks=3, nodes_per_rack=30).request(revision="B").to_json().encode()
    expected = cassplan.plan_json(request)
    spans: list[tuple[float, float]] = []
    wrong: list[int] = []
    barrier = threading.Barrier(8)

    def work(number: int) -> None:
        barrier.wait()
        for _ in range(3):
            begin = time.monotonic()
            if cassplan.plan_json(request) != expected:
                wrong.append(number)
            spans.append((begin, time.monotonic()))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    most = max(sum(1 for begin, end in spans if begin <= at < end) for at, _ in spans)
    assert most > 1


def test_nothing_leaks() -> None:
    request = FakeCluster(racks=3, nodes_per_rack=10).request(revision="B").to_json().encode()

    def rounds(count: int) -> int:
        for _ in range(count):
            cassplan.plan_json(request)
            with pytest.raises(cassplan.InvalidInput):
                cassplan.plan_json(request[:-5])
        gc.collect()
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    first = rounds(30)
    assert rounds(150) - first < 8 * 1024  # KiB; one plan has hundreds


def test_a_dead_node_is_seen() -> None:
    cluster = FakeCluster(racks=3, nodes_per_rack=1)
    cluster.take_down("r1/0")
    cluster.revision = "B"
    request = cluster.request()
    response = cassplan.plan(request)
    # Nothing else may go down while it is.
    assert {a.target.rack for a in response.ready if a.kind in ("drain", "restart_node") and a.target} <= {"r1"}
    assert cassplan.verify(request, response).violations == ()
    whole = cassplan.verify(request, response)
    piece = cassplan.verify(request, response, max_states=1)
    states = piece.states
    while not piece.complete:
        piece = cassplan.verify(request, response, max_states=3, checkpoint=piece.checkpoint)
        states += piece.states
    assert whole.complete and states == whole.states > 1


def test_failed_restart_stops_the_roll() -> None:
    cluster = FakeCluster(racks=3, nodes_per_rack=1)
    cluster.revision = "B"
    cluster.fail("restart_node")
    response = cluster.converge()
    assert response.outcome == "blocked"
    assert [n.revision for n in cluster.nodes.values()].count("B") == 0
    cluster = FakeCluster(racks=3, nodes_per_rack=1)
    cluster.revision = "B"
    assert cluster.converge(cassplan.Policy(max_failed_restarts=5)).outcome == "converged"


def test_scale_out_and_in() -> None:
    cluster = FakeCluster(racks=3, nodes_per_rack=1)
    cluster.nodes_per_rack = 2
    assert cluster.converge().outcome == "converged"
    assert len(cluster.nodes) == 6
    cluster.nodes_per_rack = 1
    assert cluster.converge().outcome == "converged"
    assert len(cluster.nodes) == 3 and sum(1 for h in cluster.history if h.startswith("end decommission")) == 3


def test_html_is_harmless() -> None:
    response = cassplan.plan(FakeCluster().request(revision="B"))
    response = dataclasses.replace(response, summary="<script>alert(1)</script>")
    page = response._repr_html_()
    assert "<script>" not in page and "&lt;script&gt;" in page
    assert page.count("<tr>") == len(response.actions) + 1


def test_dataframe() -> None:
    pytest.importorskip("pandas")
    response = cassplan.plan(FakeCluster().request(revision="B"))
    frame = response.to_dataframe()
    assert list(frame["kind"]).count("restart_node") == 3 and bool(frame["ready"].any())


def test_explain_says_why() -> None:
    cluster = FakeCluster()
    cluster.take_down("r2/0")
    request = cluster.request(revision="B")
    response = cassplan.plan(request)
    explanation = cassplan.explain(request, response, "dc1/r1/0")
    assert explanation.items and "r1" in explanation.title
    with pytest.raises(cassplan.InvalidInput):
        cassplan.explain(request, response, "no such thing")


def test_diff() -> None:
    before, after = cassplan.plan(FakeCluster().request()), cassplan.plan(FakeCluster().request(revision="B"))
    difference = cassplan.diff(before, after)
    assert [a.id for a in difference.added] == [a.id for a in after.actions] and not difference.removed
    assert (difference.outcome_before, difference.outcome_after) == ("converged", "planned") and difference.text
    assert cassplan.diff(after, after).to_dict().keys() <= {"outcome_before", "outcome_after", "text"}


def test_simulate() -> None:
    start = FakeCluster().request(revision="B")
    result = cassplan.simulate(cassplan.model.SimulationRequest(start=start, seed=1))
    assert result.verdict == "converged" and result.violations == () and result.actions >= 6
    assert cassplan.simulate(cassplan.model.SimulationRequest(start=start, seed=1)).history == result.history
    request = cassplan.model.SimulationRequest(start=start, seed=1)
    assert cassplan.simulate(request, max_steps=3).to_dict() == result.to_dict()
    with pytest.raises(cassplan.InvalidInput):
        cassplan.simulate(request, max_steps=0)
    with pytest.raises(cassplan.InvalidInput):
        cassplan.simulate(cassplan.model.SimulationRequest(start=start, faults=("???",)))


def test_render_and_capabilities() -> None:
    request = FakeCluster().request(revision="B")
    response = cassplan.plan(request)
    assert "restart" in cassplan.render(request, response)
    assert json.loads(cassplan.render(request, response, "json")) == response.to_dict()
    info = cassplan.capabilities()
    assert info.version == cassplan.__version__ and "restart_node" in info.kinds
    for format_ in info.render_formats:
        assert cassplan.render(request, response, format_)


def test_a_library_of_another_abi_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_native, "_abi", 99)
    with pytest.raises(cassplan.VersionMismatch, match="ABI"):
        _native.check_version()
