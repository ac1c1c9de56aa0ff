"""Exceptions: only for calls that could not be done. That a plan is blocked or refused is a value, its outcome."""
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cassplan.model import InputProblem


class CassplanError(Exception):
    """A call could not be done. ``problems`` has path, line and column of each, where an input could not be read."""

    def __init__(self, message: str, problems: tuple[InputProblem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class InvalidInput(CassplanError, ValueError):
    """The input is not what it should be; the message says what to change."""


class LimitExceeded(CassplanError):
    """An input is larger than the library reads, or there is no memory."""


class VersionMismatch(CassplanError, ImportError):
    """The library that was found does not fit this package."""


class InternalError(CassplanError):
    """A defect of the library; report it with the request."""


class PlanBlocked(Exception):
    """Raised by ``PlanResponse.raise_if_blocked`` only."""
