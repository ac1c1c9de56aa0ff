#!/usr/bin/env python3
"""Writes src/cassplan/model.py: a frozen dataclass for every message of the schema, a Literal for every enum.

usage: generate_model.py [--check]

--check writes nothing and fails when the file is not what the schema gives now.
"""
from __future__ import annotations

import keyword
import pathlib
import re
import sys
import textwrap

HERE = pathlib.Path(__file__).resolve().parent
PROTOS = HERE.parent / "include" / "cassplan" / "v1"
TARGET = HERE / "src" / "cassplan" / "model.py"
SCALARS = {"string": ("str", '""'), "bool": ("bool", "False"), "int32": ("int", "0"), "int64": ("int", "0"),
           "uint32": ("int", "0"), "uint64": ("int", "0"), "sfixed64": ("int", "0")}
# Messages that can do more than hold their fields: cassplan/_more.py.
MORE = {"PlanResponse": "PlanResponseMore"}

FIELD = re.compile(r"(?P<label>repeated |optional )?(?P<type>\w+) (?P<name>\w+) = \d+;$")
VALUE = re.compile(r"(?P<name>[A-Z0-9_]+) = \d+;$")
IGNORED = re.compile(r"(syntax|package|import) .*;$|reserved .*;$")


class Parser:
    """Reads the schema line by line; a line that it does not understand is an error, so that nothing is missed."""

    def __init__(self) -> None:
        self.messages: dict[str, tuple[list[str], list[tuple[str, str, str, list[str]]]]] = {}
        self.enums: dict[str, tuple[list[str], list[str]]] = {}

    def read(self, path: pathlib.Path) -> None:
        comment: list[str] = []
        message = enum = None
        in_oneof = False
        for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            code, _, trailing = (part.strip() for part in raw.partition("//"))
            if not code:
                comment = [*comment, trailing] if "//" in raw else []
                continue
            note = [*comment, trailing] if trailing else comment
            comment = []
            if IGNORED.match(code):
                continue
            if match := re.match(r"message (\w+) \{(\})?$", code):
                message = None if match.group(2) else match.group(1)
                self.messages[match.group(1)] = (note, [])
            elif match := re.match(r"enum (\w+) \{$", code):
                enum = match.group(1)
                self.enums[enum] = (note, [])
            elif message and re.match(r"oneof \w+ \{$", code):
                in_oneof = True
            elif code == "}":
                if in_oneof:
                    in_oneof = False
                else:
                    message = enum = None
            elif enum and (match := VALUE.match(code)):
                self.enums[enum][1].append(match.group("name"))
            elif message and (match := FIELD.match(code)):
                label = "optional" if in_oneof else (match.group("label") or "").strip()
                self.messages[message][1].append((label, match.group("type"), match.group("name"), note))
            else:
                raise SystemExit(f"{path.name}:{number}: not understood: {raw}")


def words(enum: str, values: list[str]) -> list[str]:
    prefix = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", enum).upper() + "_"
    assert all(v.startswith(prefix) for v in values), enum
    return [v[len(prefix):].lower() for v in values]


def field_lines(parser: Parser, label: str, kind: str, name: str) -> tuple[str, str]:
    """The field of the dataclass, and what the codec must know of it."""
    assert not keyword.iskeyword(name), name
    if kind in SCALARS:
        python, default = SCALARS[kind]
        form = f"Field({default})"
    elif kind in parser.enums:
        python, default = kind, '"unspecified"'
        form = f"Field({default})"
    else:
        assert kind in parser.messages, kind
        python, default = kind, "None"
        form = f'Field(None, message="{kind}")'
    if label == "repeated":
        return f"{name}: tuple[{python}, ...] = ()", form.replace("Field(", "Field(", 1)[:-1] + ", repeated=True)"
    if label == "optional" or default == "None":
        return f"{name}: {python} | None = None", re.sub(r"Field\([^,)]*", "Field(None", form)
    return f"{name}: {python} = {default}", form


def wrapped(text: str, indent: str, first: str) -> list[str]:
    return textwrap.wrap(text, 116, initial_indent=indent + first, subsequent_indent=indent + "# ", break_long_words=False)


def sentences(note: list[str]) -> str:
    return " ".join(note).replace("\\", "\\\\").replace('"""', "'''").strip()


def message_text(parser: Parser, name: str) -> list[str]:
    note, fields = parser.messages[name]
    bases = ", ".join([MORE[name], "Message"] if name in MORE else ["Message"])
    out = ["", "", "@dataclass(frozen=True)", f"class {name}({bases}):"]
    doc = sentences(note) or f"Message {name} of the schema."
    out += textwrap.wrap(f'"""{doc}', 116, initial_indent="    ", subsequent_indent="    ", break_long_words=False)
    out[-1:] = [out[-1] + '"""'] if not out[-1].endswith('"') else [out[-1] + " " + '"""']
    forms = []
    for label, kind, field, field_note in fields:
        if field_note:
            out += wrapped(sentences(field_note), "    ", "#: ")
        line, form = field_lines(parser, label, kind, field)
        out.append(f"    {line}")
        forms.append(f'        "{field}": {form},')
    out += ["", "    _fields: ClassVar[Mapping[str, Field]] = {", *forms, "    }"]
    return out


def model_text() -> str:
    parser = Parser()
    for path in sorted(PROTOS.glob("*.proto")):
        parser.read(path)
    out = ['"""The messages of the schema. Made by generate_model.py from include/cassplan/v1/*.proto; do not edit."""',
           "from __future__ import annotations", "", "from dataclasses import dataclass",
           "from typing import ClassVar, Literal, Mapping", "", "from cassplan._message import Field, Message",
           "from cassplan._more import PlanResponseMore", ""]
    names = sorted([*parser.enums, *parser.messages])
    out += ["__all__ = [", *(f'    "{n}",' for n in names), "]"]
    for name in sorted(parser.enums):
        note, values = parser.enums[name]
        out.append("")
        if note:
            out += wrapped(sentences(note), "", "#: ")
        out += [f"{name} = Literal[", *(f'    "{w}",' for w in words(name, values)), "]"]
    for name in sorted(parser.messages):
        out += message_text(parser, name)
    return "\n".join(out) + "\n"


def main() -> int:
    text = model_text()
    if sys.argv[1:] == ["--check"]:
        if TARGET.read_text(encoding="utf-8") == text:
            return 0
        print(f"{TARGET} is not what the schema gives; run {pathlib.Path(__file__).name}")
        return 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
