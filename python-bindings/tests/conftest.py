"""Requests of the golden cases, as the C++ library made them (tests/capi/make_requests.py); the folder is in the
environment."""
from __future__ import annotations

import os
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def requests() -> list[pathlib.Path]:
    folder = os.environ.get("CASSPLAN_REQUESTS", "")
    return sorted(pathlib.Path(folder).glob("*.request.json")) if folder else []


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "golden" in metafunc.fixturenames:
        found = requests()
        assert found, "set CASSPLAN_REQUESTS to a folder that tests/capi/make_requests.py filled"
        metafunc.parametrize("golden", found, ids=[p.name.removesuffix(".request.json") for p in found])


@pytest.fixture
def root() -> pathlib.Path:
    return ROOT
