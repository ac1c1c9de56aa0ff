"""The Python examples do what they say; the notebook runs from its first cell to its last."""
from __future__ import annotations

import json
import pathlib
import subprocess
import sys

import pytest

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("name, code, text", [
    ("rolling-update", 0, "Changes planned"), ("scale-to-zero-refused", 5, "efused"), ("grow", 0, "planned")])
def test_plan_in_ci(name: str, code: int, text: str) -> None:
    folder = EXAMPLES / "clusters" / name
    done = run(EXAMPLES / "python" / "plan_in_ci.py", folder / "desired.yaml", folder / "observed")
    assert done.returncode == code, done.stdout + done.stderr
    assert text in done.stdout


def test_plan_in_ci_says_where_the_mistake_is(tmp_path: pathlib.Path) -> None:
    bad = tmp_path / "cluster.yaml"
    text = (EXAMPLES / "clusters/rolling-update/desired.yaml").read_text()
    bad.write_text(text.replace("nodesPerRacks", "nodesPerRakcs", 1))
    done = run(EXAMPLES / "python" / "plan_in_ci.py", bad, EXAMPLES / "clusters/rolling-update/observed")
    line = 1 + text[:text.index("nodesPerRacks")].count("\n")
    assert done.returncode == 3 and f"cluster.yaml:{line}:" in done.stderr and "nodesPerRacks" in done.stderr


def test_own_executor(tmp_path: pathlib.Path) -> None:
    ledger = tmp_path / "ledger.json"
    done = run(EXAMPLES / "python" / "own_executor.py", ledger)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("restart_node") == 6 and "converged" in done.stdout
    assert "started" not in json.loads(ledger.read_text())


def test_notebook() -> None:
    notebook = json.loads((EXAMPLES / "python" / "plan.ipynb").read_text())
    cells = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    assert len(cells) >= 4
    namespace: dict[str, object] = {"__name__": "__main__"}
    import os
    before = os.getcwd()
    os.chdir(EXAMPLES / "python")
    try:
        for number, cell in enumerate(cells, 1):
            exec(compile(cell, f"plan.ipynb cell {number}", "exec"), namespace)
    finally:
        os.chdir(before)
    from cassplan import PlanResponse
    response = namespace["response"]
    assert isinstance(response, PlanResponse) and "<table>" in response._repr_html_()
