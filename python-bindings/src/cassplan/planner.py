"""The pure calls: plan, read, validate, verify, render, convert."""
from __future__ import annotations

import dataclasses
import json
import os
import pathlib
from typing import Any, Iterable, Mapping, TypeVar, Union

from cassplan import _native
from cassplan._message import Message
from cassplan.model import (Explanation, Horizon, LibraryInfo, PlanDifference, PlanRequest, PlanResponse,
                            SimulationResult, SourceFile, Sources, SourcesRead, Validation, VerifyResponse)

#: A message: as a dataclass, as what JSON has, or as JSON text.
Input = Union[Message, Mapping[str, Any], str, bytes]
Path = Union[str, "os.PathLike[str]"]
M = TypeVar("M", bound=Message)


def _as_json(value: Input) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")  # what is not UTF-8 is told by the library
    data = value.to_dict() if isinstance(value, Message) else value
    return json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _envelope(parts: Mapping[str, Input], more: Mapping[str, object]) -> bytes:
    """A message whose fields are messages that may be JSON text already."""
    fields = [json.dumps(name).encode() + b": " + _as_json(value) for name, value in parts.items()]
    fields += [json.dumps(name).encode() + b": " + json.dumps(value).encode() for name, value in more.items()]
    return b"{" + b", ".join(fields) + b"}"


def _made(cls: type[M], text: bytes) -> M:
    return cls.from_json(text)


def plan(request: Input) -> PlanResponse:
    """Plans. Pure: no clock, no IO; equal requests give equal responses. May be called from many threads.

    Blocked, refused and invalid are outcomes, not exceptions:

    >>> plan({}).outcome
    'invalid'
    """
    return _made(PlanResponse, plan_json(request))


def plan_json(request: Input) -> bytes:
    """As plan, but the canonical JSON as the library writes it."""
    return _native.ask("cassplan_plan", _native.JSON, _as_json(request))


def validate(request: Input) -> Validation:
    """Whether what is desired is legal, in itself and as a change of what is observed. What cannot be read is an answer.

    >>> validate('{"desried": {}}').findings[0].location.path
    'desried'
    """
    return _made(Validation, _native.ask("cassplan_validate", _native.JSON, _as_json(request)))


def verify(request: Input, response: Input, *, max_states: int = 0, max_actions_to_explore: int = 0, walks: int = 0,
           seed: int = 0, checkpoint: Input | None = None) -> VerifyResponse:
    """Proves a plan again, with code that shares nothing with the planner. No violations: it is safe.

    Where ``max_states`` was not enough the answer has a ``checkpoint``; give it to the next call, which goes on from there.
    """
    more = {"max_states": max_states, "max_actions_to_explore": max_actions_to_explore, "walks": walks, "seed": seed}
    parts = {"request": request, "response": response} | ({} if checkpoint is None else {"checkpoint": checkpoint})
    text = _native.ask("cassplan_verify", _native.JSON, _envelope(parts, more))
    return _made(VerifyResponse, text)


def explain(request: Input, response: Input, what: str) -> Explanation:
    """Why something is planned or held, and what would change it. ``what``: an action, a guard, a place, a keyspace."""
    text = _native.ask("cassplan_explain", _native.JSON,
                       _envelope({"request": request, "response": response}, {"what": what}))
    return _made(Explanation, text)


def diff(before: Input, after: Input) -> PlanDifference:
    """What differs between two plans."""
    return _made(PlanDifference,
                 _native.ask("cassplan_diff", _native.JSON, _envelope({"before": before, "after": after}, {})))


def simulate(request: Input, *, max_steps: int = 10_000) -> SimulationResult:
    """Runs the plan on a fake cluster in virtual time, with faults: a ``SimulationRequest``.

    It goes in pieces of ``max_steps`` events, between which Python may interrupt it (Ctrl-C); they change nothing.
    """
    simulation = _native.Simulation(_as_json(request))
    while (result := simulation.run(max_steps)) is None:
        pass
    return _made(SimulationResult, result)


def render(request: Input, response: Input, format: str = "text", *, verbosity: int = 0, color: bool = False,
           width: int = 0, target: str = "") -> str:
    """The plan for people. ``capabilities().render_formats`` lists the formats."""
    more = {"format": format, "verbosity": verbosity, "color": color, "width": width, "target": target}
    text = _native.ask("cassplan_render", _native.JSON, _envelope({"request": request, "response": response}, more))
    return text.decode("utf-8")


def read(sources: Input) -> SourcesRead:
    """Texts that a person has, made into a request."""
    return _made(SourcesRead, _native.ask("cassplan_read", _native.JSON, _as_json(sources)))


def convert(message: str, data: str | bytes, source: str = "json", target: str = "json") -> bytes:
    """One message of the schema in another encoding: "json", "proto", or (as source) "yaml".

    >>> convert("Target", '{"rack":"r1","datacenter":"dc1"}')
    b'{\\n  "datacenter": "dc1",\\n  "rack": "r1"\\n}\\n'
    """
    encodings = {"proto": _native.PROTO, "json": _native.JSON, "yaml": _native.YAML}
    text = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    return _native.convert(message, encodings[source], text, encodings[target])


def capabilities() -> LibraryInfo:
    """What the library can do: kinds of actions, messages, formats, limits."""
    return _made(LibraryInfo, _native.call("cassplan_capabilities", _native.JSON))


def _file(path: Path, name: str | None = None) -> SourceFile:
    # Bytes that are not UTF-8 are the library's to refuse; here they become U+FFFD, which it refuses or reports, too.
    text = pathlib.Path(path).read_bytes().decode("utf-8", "replace")
    return SourceFile(name=os.fspath(path) if name is None else name, text=text)


def _dump_files(folder: pathlib.Path) -> Iterable[SourceFile]:
    for name in ("dump.json", "kubernetes.json", "schema.json"):
        if (folder / name).is_file():
            yield _file(folder / name, name)
    for path in sorted((folder / "jolokia").glob("*.json")):
        yield _file(path, f"jolokia/{path.name}")


def read_files(desired: Path, observed: Path | None = None, *, policy: Path | None = None, ledger: Path | None = None,
               new_cluster: bool = False, now_seconds: int = 0, horizon: Horizon = "unspecified") -> SourcesRead:
    """Reads files into a request, as the cassplan command does.

    ``desired``: a CassandraCluster or a Desired, YAML or JSON. ``observed``: the folder of a dump, or an Observed; or
    ``new_cluster=True`` when nothing of the cluster exists. ``now_seconds`` 0: the newest time that was observed.
    """
    sources = Sources(desired=_file(desired), policy=None if policy is None else _file(policy),
                      ledger=None if ledger is None else _file(ledger), new_cluster=new_cluster,
                      now_seconds=now_seconds, horizon=horizon)
    if observed is not None:
        folder = pathlib.Path(observed)
        if folder.is_dir():
            sources = dataclasses.replace(sources, dump=tuple(_dump_files(folder)), dump_folder=os.fspath(observed))
        else:
            sources = dataclasses.replace(sources, observed=_file(observed))
    return read(sources)


def plan_files(desired: Path, observed: Path | None = None, *, policy: Path | None = None, ledger: Path | None = None,
               new_cluster: bool = False, now_seconds: int = 0,
               horizon: Horizon = "unspecified") -> tuple[PlanRequest, PlanResponse]:
    """read_files and plan. What reading found is at the end of the response's findings."""
    got = read_files(desired, observed, policy=policy, ledger=ledger, new_cluster=new_cluster, now_seconds=now_seconds,
                     horizon=horizon)
    request = got.request if got.request is not None else PlanRequest()
    response = plan(request)
    return request, dataclasses.replace(response, findings=response.findings + got.findings)
