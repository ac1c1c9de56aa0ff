"""The shared library, through its C header. The header that lies beside this file is the only declaration there is."""
from __future__ import annotations

import os
import pathlib
import re
from typing import Any

import cffi

from cassplan import errors

PROTO, JSON, YAML = 1, 2, 3

_HERE = pathlib.Path(__file__).resolve().parent
_ERRORS: dict[int, type[errors.CassplanError]] = {
    3: errors.InvalidInput, 8: errors.LimitExceeded, 9: errors.VersionMismatch, 13: errors.InternalError}


def _find(variable: str, *places: pathlib.Path) -> pathlib.Path:
    """A file that an environment variable names, or the first that exists."""
    if named := os.environ.get(variable):
        return pathlib.Path(named)
    for place in places:
        if place.exists():
            return place
    raise ImportError(f"cassplan: none of {', '.join(map(str, places))} exists; install the package, or set {variable}")


def _declarations(header: str) -> str:
    """What cffi reads: no comments, no preprocessor, no C++."""
    header = re.sub(r"/\*.*?\*/", "", header, flags=re.S)
    header = re.sub(r'#ifdef __cplusplus\n.*?#endif', "", header, flags=re.S)
    header = re.sub(r"^\s*#.*$", "", header, flags=re.M)
    return header.replace("CASSPLAN_API", "")


def _number(header: str, name: str) -> int:
    match = re.search(rf"#define {name} (\d+)", header)
    assert match is not None, name
    return int(match.group(1))


_header = _find("CASSPLAN_HEADER", _HERE / "cassplan.h",
                _HERE.parents[2] / "capi" / "include" / "cassplan" / "cassplan.h").read_text(encoding="utf-8")
_ffi: Any = cffi.FFI()
_ffi.cdef(_declarations(_header))
_abi = _number(_header, "CASSPLAN_ABI_VERSION")
_path = _find("CASSPLAN_LIBRARY", _HERE / f"libcassplan.so.{_abi}")
_lib: Any = _ffi.dlopen(str(_path))


def _take(buffer: Any) -> bytes:
    """The bytes of a buffer, which is freed at once: nothing of the library's memory is kept."""
    try:
        return bytes(_ffi.buffer(_lib.cassplan_buffer_data(buffer), _lib.cassplan_buffer_size(buffer)))
    finally:
        _lib.cassplan_buffer_free(buffer)


def _raise(status: int, error: Any) -> None:
    from cassplan.model import ErrorDetails, InputProblem

    try:
        message = _ffi.string(_lib.cassplan_error_message(error)).decode("utf-8", "replace")
        details = _ffi.new("cassplan_buffer **")
        problems: tuple[InputProblem, ...] = ()
        if _lib.cassplan_error_details(error, JSON, details) == 0:
            problems = ErrorDetails.from_json(_take(details[0])).problems
    finally:
        _lib.cassplan_error_free(error)
    raise _ERRORS.get(status, errors.CassplanError)(message, problems)


def call_maybe(function: str, *arguments: Any) -> bytes | None:
    """Calls one of the functions that give a buffer, or none. cffi releases the interpreter's lock meanwhile."""
    out = _ffi.new("cassplan_buffer **")
    error = _ffi.new("cassplan_error **")
    status = getattr(_lib, function)(*arguments, out, error)
    if status != 0:
        _raise(status, error[0])
    return _take(out[0]) if out[0] else None


def call(function: str, *arguments: Any) -> bytes:
    """Calls one of the functions that always give a buffer."""
    data = call_maybe(function, *arguments)
    assert data is not None, function
    return data


def ask(function: str, encoding: int, data: bytes) -> bytes:
    """Calls one of the pure functions: a message in, a message out."""
    return call(function, encoding, _ffi.from_buffer(data), len(data))


class Handle:
    """A reconciler of the library; freed with this object."""

    def __init__(self, config: bytes) -> None:
        out = _ffi.new("cassplan_reconciler **")
        error = _ffi.new("cassplan_error **")
        status = _lib.cassplan_reconciler_new(JSON, _ffi.from_buffer(config), len(config), out, error)
        if status != 0:
            _raise(status, error[0])
        self._native = _ffi.gc(out[0], _lib.cassplan_reconciler_free)

    def step(self, data: bytes) -> bytes:
        return call("cassplan_reconciler_step", self._native, JSON, _ffi.from_buffer(data), len(data))

    def checkpoint(self) -> bytes:
        return call("cassplan_reconciler_checkpoint", self._native, JSON)


class Simulation:
    """A simulation of the library; freed with this object."""

    def __init__(self, request: bytes) -> None:
        out = _ffi.new("cassplan_simulation **")
        error = _ffi.new("cassplan_error **")
        status = _lib.cassplan_simulation_new(JSON, _ffi.from_buffer(request), len(request), out, error)
        if status != 0:
            _raise(status, error[0])
        self._native = _ffi.gc(out[0], _lib.cassplan_simulation_free)

    def run(self, max_steps: int) -> bytes | None:
        return call_maybe("cassplan_simulation_run", self._native, max_steps, JSON)


def convert(message: str, source: int, data: bytes, target: int) -> bytes:
    return call("cassplan_convert", message.encode("utf-8"), source, _ffi.from_buffer(data), len(data), target)


def version() -> str:
    text: bytes = _ffi.string(_lib.cassplan_version_string())
    return text.decode("ascii")


def check_version() -> None:
    error = _ffi.new("cassplan_error **")
    status = _lib.cassplan_check_version(_abi, _number(_header, "CASSPLAN_VERSION_NUMBER"), error)
    if status != 0:
        _raise(status, error[0])


check_version()
