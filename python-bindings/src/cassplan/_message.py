"""What all messages can do: to and from JSON."""
from __future__ import annotations

import json
import sys
from typing import Any, ClassVar, Mapping, NamedTuple, TypeVar

M = TypeVar("M", bound="Message")


class Field(NamedTuple):
    """How a field is written in JSON."""

    default: object
    message: str = ""  # name of the message that it holds
    repeated: bool = False


class Message:
    """Base of all messages. Frozen; make a changed copy with ``dataclasses.replace``."""

    _fields: ClassVar[Mapping[str, Field]] = {}

    def to_dict(self) -> dict[str, Any]:
        """The message as JSON has it: fields that are unset are left out."""
        out: dict[str, Any] = {}
        for name, field in self._fields.items():
            value = getattr(self, name)
            if field.repeated:
                if value:
                    out[name] = [v.to_dict() if field.message else v for v in value]
            elif field.message:
                if value is not None:
                    out[name] = value.to_dict()
            elif value != field.default or (value is not None and field.default is None):
                out[name] = value
        return out

    @classmethod
    def from_dict(cls: type[M], data: Mapping[str, Any]) -> M:
        """From what JSON has. Fields that this version does not know are left out, as newer libraries may write them."""
        values: dict[str, Any] = {}
        for name, value in data.items():
            field = cls._fields.get(name)
            if field is None:
                continue
            if not field.message:
                values[name] = tuple(value) if field.repeated else value
                continue
            made = getattr(sys.modules["cassplan.model"], field.message)
            values[name] = tuple(made.from_dict(v) for v in value) if field.repeated else made.from_dict(value)
        return cls(**values)

    def to_json(self) -> str:
        """Canonical JSON, as the library writes it: equal messages give equal text, to be compared and kept."""
        return json.dumps(self.to_dict(), sort_keys=True, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls: type[M], text: str | bytes) -> M:
        return cls.from_dict(json.loads(text))
